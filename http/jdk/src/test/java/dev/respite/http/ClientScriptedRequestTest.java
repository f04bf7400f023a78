package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.outcome.StopReason;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscriber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests of a call and their bodies, signal by signal and without sockets. */
@ParameterizedClass
@EnumSource
class ClientScriptedRequestTest {

    private static final URI HOST = URI.create("http://localhost/orders");

    @Parameter
    Sender sender;

    private final VirtualTime time = new VirtualTime();
    private final ScriptedClient client = new ScriptedClient(time);
    private final RecordingListener listener = new RecordingListener();
    private final EmittedBody source = new EmittedBody(-1);

    private static HttpRequest put(BodyPublisher body) {
        return HttpRequest.newBuilder(HOST).header("X-Id", "7").PUT(body).build();
    }

    private RetryingHttpClient retrying() {
        return listener.client(client, "", time).withMaxRecordedBody(3);
    }

    private CompletableFuture<HttpResponse<String>> send(HttpRequest request) throws InterruptedException {
        return send(retrying(), request);
    }

    private CompletableFuture<HttpResponse<String>> send(RetryingHttpClient by, HttpRequest request)
            throws InterruptedException {
        return client.send(sender, by, request, BodyHandlers.ofString());
    }

    private static int status(CompletableFuture<HttpResponse<String>> call) {
        assertThat(call).isCompleted();
        return call.join().statusCode();
    }

    private static Throwable failure(CompletableFuture<?> call) {
        assertThat(call).isCompletedExceptionally();
        return assertThatThrownBy(call::get).actual().getCause();
    }

    @Test
    void send_recordedBody_isSentAgainWithItsHeaders() throws Exception {
        client.then(first -> {
            first.upload(9);
            source.emit("a");
            source.emit("b");
            source.complete();
            first.respond(503).body("busy");
        });
        client.then(second -> second.upload(9).respond(200).body("ok"));

        assertThat(status(send(put(source)))).isEqualTo(200);
        assertThat(client.exchanges)
                .allSatisfy(exchange -> assertThat(exchange.uploaded).hasToString("ab."))
                .allSatisfy(exchange -> assertThat(exchange.request.headers().firstValue("X-Id"))
                        .contains("7"));
        assertThat(source.subscribers).hasSize(1);
    }

    /** The item would be too much for the record, but the next attempt needs it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void send_itemOfTheBodyInTheDelay_isSentByTheNextAttempt(boolean hasResponse) throws Exception {
        client.then(first -> {
            first.upload(9);
            source.emit("ab");
            time.schedule(() -> source.emit("cd"), 0);
            if (hasResponse) {
                first.respond(503).body("busy");
            } else {
                first.fail(new IOException("reset"));
            }
        });
        client.then(second -> {
            second.upload(9);
            source.complete();
            second.respond(200).body("ok");
        });

        assertThat(status(send(put(source)))).isEqualTo(200);
        assertThat(client.exchanges.get(0).uploaded).hasToString("ab");
        assertThat(client.exchanges.get(1).uploaded).hasToString("abcd.");
    }

    @Test
    void send_bodyThatIsLongerThanIsRecorded_isNotSentAgain() throws Exception {
        client.then(first -> {
            first.upload(9);
            source.emit("abcd");
            source.complete();
            first.respond(503).body("busy");
        });

        assertThat(status(send(put(source)))).isEqualTo(503);
        assertThat(listener.reason()).isEqualTo(StopReason.INPUT_CONSUMED);
    }

    @Test
    void send_bodyThatIsNotReadToItsEnd_isCancelledWithTheCall() throws Exception {
        client.then(early -> {
            early.upload(1);
            source.emit("a");
            early.upload.cancel();
            early.respond(200).body("ok");
        });

        assertThat(status(send(put(source)))).isEqualTo(200);
        assertThat(source.cancelled).isTrue();
    }

    /** The client need not cancel the subscription of an exchange that has failed. */
    @Test
    void send_bodyOfAnAttemptThatFails_isCancelledWithTheCall() throws Exception {
        client.then(broken -> {
            broken.upload(9);
            source.emit("a");
            broken.fail(new IOException("reset"));
        });
        HttpRequest post = HttpRequest.newBuilder(HOST).POST(source).build();

        assertThat(failure(send(post))).hasMessage("reset");
        assertThat(source.cancelled).isTrue();
    }

    @Test
    void send_bodyThatFails_isNotRetried() throws Exception {
        IllegalStateException bug = new IllegalStateException("bug");
        client.then(first -> {
            first.upload(9);
            source.fail(bug);
        });

        assertThat(failure(send(put(source)))).isSameAs(bug);
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4})
    void send_fileThatChangesInTheDelay_returnsTheFirstResponse(int length, @TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("body"), new byte[3]);
        client.then(first -> {
            first.upload(9).respond(503).body("busy");
            assertThat(file).satisfies(path -> Files.write(path, new byte[length]));
        });
        client.then(second -> second.upload(9));

        assertThat(status(send(put(BodyPublishers.ofFile(file))))).isEqualTo(503);
        assertThat(listener.reason()).isEqualTo(StopReason.INPUT_CONSUMED);
        assertThat(client.exchanges.get(1).uploaded.toString()).endsWith("!");
    }

    /** A copy would lose the properties of a request of another class. */
    @Test
    void send_bodyThatCanBeReadAgain_isThatOfTheCaller() throws Exception {
        BodyPublisher marked = RetryingHttpClient.replayable(source);
        for (BodyPublisher body : List.of(BodyPublishers.ofString("x"), BodyPublishers.noBody(), marked)) {
            HttpRequest request = put(body);
            client.then(first -> first.respond(200).body("ok"));
            send(request);

            assertThat(client.exchanges)
                    .last()
                    .satisfies(last -> assertThat(last.request).isSameAs(request));
        }
    }

    @Test
    void send_markedBody_isSubscribedToInEachAttempt() throws Exception {
        List<String> sent = new ArrayList<>();
        BodyPublisher marked = RetryingHttpClient.replayable(new BodyPublisher() {
            private final BodyPublisher each = BodyPublishers.ofString("abcd");

            @Override
            public long contentLength() {
                return each.contentLength();
            }

            @Override
            public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
                sent.add("subscribed");
                each.subscribe(subscriber);
            }
        });
        client.then(first -> first.upload(9).respond(503).body("busy"));
        client.then(second -> second.upload(9).respond(200).body("ok"));

        assertThat(marked.contentLength()).isEqualTo(4);
        assertThat(status(send(put(marked)))).isEqualTo(200);
        assertThat(client.exchanges)
                .allSatisfy(exchange -> assertThat(exchange.uploaded).hasToString("abcd."));
        assertThat(sent).hasSize(2);
    }

    @Test
    void send_keyOfTheCaller_isSentInEachAttempt() throws Exception {
        client.then(first -> first.respond(503).body("busy"))
                .then(second -> second.respond(200).body("ok"));
        HttpRequest post = HttpRequest.newBuilder(HOST)
                .header("Idempotency-Key", "mine")
                .POST(BodyPublishers.ofString("x"))
                .build();

        assertThat(status(send(retrying().withIdempotencyKeys(IdempotencyKeys.supportedBy(HOST)), post)))
                .isEqualTo(200);
        assertThat(client.exchanges)
                .hasSize(2)
                .allSatisfy(exchange -> assertThat(exchange.request.headers().allValues("Idempotency-Key"))
                        .containsExactly("mine"));
    }

    @Test
    void sendAsync_hedgedRequestOfARecordedBody_isSentOnce() throws Exception {
        client.then(slow -> time.schedule(() -> slow.respond(200).body("ok"), 10_000_000_000L));
        HttpRequest request = HttpRequest.newBuilder(HOST).method("GET", source).build();

        assertThat(status(send(retrying().withHedging(Duration.ofMillis(10)), request)))
                .isEqualTo(200);
        assertThat(client.exchanges).hasSize(1);
    }
}
