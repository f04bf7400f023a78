package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.StopReason;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The responses of a call, signal by signal and without sockets. */
@ParameterizedClass
@EnumSource
class ClientScriptedResponseTest {

    private static final URI HOST = URI.create("http://localhost/orders");
    private static final HttpRequest GET = HttpRequest.newBuilder(HOST).build();
    private static final HttpRequest POST =
            HttpRequest.newBuilder(HOST).POST(BodyPublishers.ofString("x")).build();

    @Parameter
    Sender sender;

    private final VirtualTime time = new VirtualTime();
    private final ScriptedClient client = new ScriptedClient(time);
    private final RecordingListener listener = new RecordingListener();

    private CompletableFuture<HttpResponse<String>> send(HttpRequest request, String policy)
            throws InterruptedException {
        return send(request, BodyHandlers.ofString(), policy);
    }

    private <T> CompletableFuture<HttpResponse<T>> send(HttpRequest request, BodyHandler<T> handler, String policy)
            throws InterruptedException {
        return client.send(sender, listener.client(client, policy, time), request, handler);
    }

    private void later(long millis, Runnable act) {
        time.schedule(act::run, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static String body(CompletableFuture<HttpResponse<String>> call) {
        assertThat(call).isCompleted();
        return call.join().body();
    }

    private static Throwable failure(CompletableFuture<?> call) {
        assertThat(call).isCompletedExceptionally();
        return assertThatThrownBy(call::get).actual().getCause();
    }

    private static void ok(ScriptedClient.Exchange<?> exchange) {
        exchange.respond(200).body("ok");
    }

    @Test
    void send_rejectedResponse_isReleasedBeforeTheNextRequest() throws Exception {
        List<Boolean> released = new ArrayList<>();
        client.then(busy -> {
            busy.respond(503);
            assertThat(busy.isReleased()).isFalse();
            later(50, () -> busy.body("busy"));
        });
        client.then(next -> {
            released.add(client.exchanges.get(0).isReleased());
            ok(next);
        });

        assertThat(body(send(GET, ""))).isEqualTo("ok");
        assertThat(released).containsExactly(true);
        assertThat(client.exchanges.get(0).requested).isPositive();
    }

    /** The response to a HEAD has the length that the response to a GET would have. */
    @ParameterizedTest
    @CsvSource({"GET, true", "HEAD, false"})
    void send_rejectedResponseThatIsDeclaredTooLong_isCutUnread(String method, boolean cuts) throws Exception {
        client.then(busy -> {
            busy.onRequest = () -> busy.body("");
            busy.respond(503, "Content-Length", "100000");
        });
        client.then(ClientScriptedResponseTest::ok);
        HttpRequest request = HttpRequest.newBuilder(HOST)
                .method(method, BodyPublishers.noBody())
                .build();

        assertThat(body(send(request, ""))).isEqualTo("ok");
        assertThat(client.exchanges.get(0).cancelled).isEqualTo(cuts);
        assertThat(client.exchanges.get(0).requested).isEqualTo(cuts ? 0 : Long.MAX_VALUE);
    }

    @Test
    void send_lastResponse_isReadByTheHandler() throws Exception {
        client.then(busy -> {
            busy.onRequest = () -> busy.body("busy");
            busy.respond(503);
        });

        assertThat(body(send(GET, "max-attempts=1"))).isEqualTo("busy");
    }

    @Test
    void send_lastResponseWhoseBodyBreaksOff_fails() throws Exception {
        IOException broken = new IOException("broken");
        client.then(busy -> {
            busy.onRequest = () -> busy.breakOff(broken);
            busy.respond(503);
        });

        assertThat(failure(send(GET, "max-attempts=1"))).isSameAs(broken);
    }

    @Test
    void send_handlerThatThrowsOnTheLastResponse_cutsItsBody() throws Exception {
        IllegalStateException bug = new IllegalStateException("bug");
        client.then(busy -> busy.respond(503));

        CompletableFuture<?> call = send(
                GET,
                info -> {
                    throw bug;
                },
                "max-attempts=1");
        assertThat(failure(call)).isSameAs(bug);
        assertThat(client.exchanges.get(0).cancelled).isTrue();
    }

    /** The response may be there at the same moment. */
    static Stream<Exception> failures() {
        return Stream.of(new IOException("reset"), new IllegalStateException("client"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void send_attemptThatFailsAfterItsHead_givesUpTheBody(Exception failure) throws Exception {
        client.then(broken -> {
            broken.head(503);
            broken.fail(failure);
        });

        assertThat(failure(send(GET, "max-attempts=1"))).isSameAs(failure);
        ScriptedClient.Exchange<?> late = client.exchanges.get(0);
        late.reader.onSubscribe(late);
        assertThat(late.cancelled).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "attempt-timeout=1s, 60, 1000 ms (attempt-timeout)",
        "attempt-timeout=3s, 2, 2000 ms (timeout of the request)",
        "total-timeout=1s, 60, 1000 ms (total-timeout)"
    })
    void send_serverThatDoesNotRespond_timesOutAndNamesTheSetting(String policy, int seconds, String message)
            throws Exception {
        client.then(silent -> {});
        HttpRequest request = HttpRequest.newBuilder(HOST)
                .timeout(Duration.ofSeconds(seconds))
                .build();

        assertThat(failure(send(request, "max-attempts=1 " + policy)))
                .isInstanceOf(HttpTimeoutException.class)
                .hasMessage("no whole response within " + message);
    }

    @Test
    void send_subscriberThatCollectsInMemory_isThatOfTheClient() throws Exception {
        List<BodySubscriber<?>> made = new ArrayList<>();
        client.then(ClientScriptedResponseTest::ok).then(ClientScriptedResponseTest::ok);
        BodySubscriber<String> mapped = BodySubscribers.mapping(text(), text -> text + "!");
        send(
                GET,
                info -> {
                    BodySubscriber<String> subscriber = text();
                    made.add(subscriber);
                    return subscriber;
                },
                "");
        assertThat(body(send(GET, info -> mapped, ""))).isEqualTo("ok!");

        assertThat(client.exchanges.get(0).reader).isSameAs(made.get(0));
        assertThat(client.exchanges.get(1).reader).isNotSameAs(mapped);
    }

    private static BodySubscriber<String> text() {
        return BodySubscribers.ofString(StandardCharsets.UTF_8);
    }

    /** The caller's subscriber reads the whole body within the attempt. */
    @Test
    void send_bodyThatHangsForASubscriber_endsWithTheAttempt() throws Exception {
        client.then(hanging -> hanging.respond(200).bytes("half"));
        CompletableFuture<?> call =
                send(GET, info -> BodySubscribers.mapping(text(), String::length), "max-attempts=1 attempt-timeout=1s");

        assertThat(failure(call)).hasMessage("no whole response within 1000 ms (attempt-timeout)");
    }

    @Test
    void send_fileThatTakesLongerThanTheTimeout_isRead(@TempDir Path folder) throws Exception {
        client.then(slow -> {
            slow.respond(200);
            later(20_000, () -> slow.bytes("a"));
            later(40_000, () -> slow.bytes("b"));
            later(60_000, () -> slow.body("c"));
        });

        CompletableFuture<HttpResponse<Path>> call =
                send(GET, BodyHandlers.ofFile(folder.resolve("body")), "total-timeout=30s");
        assertThat(call).isCompleted();
        assertThat(call.join().body()).hasContent("abc");
    }

    @ParameterizedTest
    @CsvSource({"'', 30", "attempt-timeout=5s, 5"})
    void send_streamWhoseServerFallsSilent_endsItsBody(String policy, int seconds) throws Exception {
        List<Throwable> failures = new ArrayList<>();
        client.then(silent -> silent.respond(200));
        send(GET, BodyHandlers.ofPublisher(), policy).join().body().subscribe(new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            public void onNext(List<ByteBuffer> bytes) {}

            @Override
            public void onError(Throwable error) {
                failures.add(error);
            }

            @Override
            public void onComplete() {}
        });
        time.advance(Duration.ofSeconds(seconds).minusMillis(1));
        assertThat(failures).isEmpty();
        time.advance(Duration.ofMillis(1));

        assertThat(failures).singleElement().isInstanceOf(HttpTimeoutException.class);
        assertThat(client.exchanges.get(0).cancelled).isTrue();
    }

    /** Over HTTP/2 the failure of the handler cancels the stream, and the client reports the cancellation. */
    @Test
    void send_handlerThatThrows_failsWithItsFailureAndIsNotRetried() throws Exception {
        IllegalStateException bug = new IllegalStateException("bug");
        client.then(good -> good.respond(200));
        Throwable failure = failure(send(
                GET,
                info -> {
                    throw bug;
                },
                "retry-on=any"));

        assertThat(sender == Sender.LATER ? failure : failure.getCause()).isSameAs(bug);
        assertThat(failure).hasMessage("bug");
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
    }

    /** As over HTTP/1.1. */
    @Test
    void send_handlerWhoseFailureIsTheClientsCause_failsWithThatOfTheClient() throws Exception {
        IllegalStateException bug = new IllegalStateException("bug");
        IOException broken = new IOException("broken", bug);
        client.then(good -> {
            good.handlerFailure = broken;
            good.respond(200);
        });
        Throwable failure = failure(send(
                GET,
                info -> {
                    throw bug;
                },
                ""));

        assertThat(failure).isSameAs(sender == Sender.LATER ? bug : broken);
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
    }

    /** A client that was shut down fails so. */
    @Test
    void send_clientThatIsClosed_isNotRetried() throws Exception {
        client.then(closed -> closed.fail(new IOException("closed")));

        assertThat(failure(send(GET, ""))).hasMessage("closed");
        assertThat(client.exchanges).hasSize(1);
    }

    @Test
    void send_closedConnectionInABody_isRetriedUnlikeAClosedClient() throws Exception {
        client.then(half -> half.respond(200).breakOff(new IOException("closed")));
        client.then(closed -> closed.fail(new IOException("closed")));

        assertThat(failure(send(GET, ""))).hasMessage("closed");
        assertThat(client.exchanges).hasSize(2);
    }

    @Test
    void send_postThatCouldNotConnect_isSentAgain() throws Exception {
        client.then(refused -> refused.fail(new ConnectException())).then(ClientScriptedResponseTest::ok);
        assertThat(body(send(POST, ""))).isEqualTo("ok");
    }

    @Test
    void send_postThatCouldNotConnectPerhapsAfterARedirect_isNotSentAgain() throws Exception {
        client.redirect = Redirect.ALWAYS;
        client.then(refused -> refused.fail(new ConnectException()));
        assertThat(failure(send(POST, ""))).isInstanceOf(ConnectException.class);
    }

    @Test
    void send_postWhoseResponseHasBegun_isNotSentAgain() throws Exception {
        client.then(half -> half.respond(200).breakOff(new ConnectException()));
        assertThat(failure(send(POST, ""))).isInstanceOf(ConnectException.class);
    }
}
