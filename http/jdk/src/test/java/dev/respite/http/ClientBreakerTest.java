package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.respite.Breaker;
import dev.respite.Retry;
import dev.respite.http.exchange.ErrorStatusException;
import dev.respite.http.exchange.OriginBreakers;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ReservedPort;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 22 for HTTP: a breaker for each origin, which receives what each attempt shows of the server. */
@ParameterizedClass
@EnumSource
class ClientBreakerTest {

    private static final HttpClient PLAIN = RecordingListener.plain();
    private static final Duration OPEN = Duration.ofSeconds(7);

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final Strikes breaker = new Strikes(3);

    ClientBreakerTest(Sender sender) {
        this.sender = sender;
    }

    /** Refuses one attempt after a number of failures, and remembers all that it receives. */
    private static final class Strikes implements Breaker {
        private final int most;
        private final List<String> reported = new CopyOnWriteArrayList<>();
        private final AtomicInteger strikes = new AtomicInteger();

        Strikes(int most) {
            this.most = most;
        }

        private static final class Refusal extends RuntimeException {
            private static final long serialVersionUID = 1;
        }

        @Override
        public long acquire() {
            if (strikes.get() >= most) {
                strikes.set(0);
                reported.add("refused");
                throw new Refusal();
            }
            return 42;
        }

        @Override
        public void succeeded(long entered, @Nullable Object value) {
            assertThat(entered).isEqualTo(42);
            reported.add("ok " + ((HttpResponse<?>) value).statusCode());
        }

        @Override
        public void failed(long entered, Throwable error) {
            assertThat(entered).isEqualTo(42);
            strikes.incrementAndGet();
            reported.add(
                    error instanceof ErrorStatusException response
                            ? "failed " + response.status()
                            : "failed " + error.getClass().getSimpleName());
        }

        @Override
        public void release() {
            reported.add("abandoned");
        }

        @Override
        public boolean isRejection(Throwable failure) {
            return failure instanceof Refusal;
        }

        @Override
        public Optional<Duration> remainingOpenTime() {
            return Optional.of(OPEN);
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    private OriginBreakers breakers() {
        return OriginBreakers.of(origin -> breaker);
    }

    private <T> HttpResponse<T> send(String policy, String method, BodyHandler<T> handler) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri())
                .method(method, BodyPublishers.ofString("x"))
                .build();
        return sender.by(listener.client(PLAIN, policy).withBreakers(breakers()))
                .send(request, handler);
    }

    @Test
    void refused_endsTheCall_andIsNotSent() {
        server.otherwise(Reply.of(503));

        assertThatExceptionOfType(Strikes.Refusal.class)
                .isThrownBy(() -> send("max-attempts=9", "PUT", BodyHandlers.ofString()));
        assertThat(breaker.reported).containsExactly("failed 503", "failed 503", "failed 503", "refused");
        assertThat(server.requests()).hasSize(3);
        assertThat(listener.reason()).isEqualTo(StopReason.CIRCUIT_OPEN);
        assertThat(listener.outcomes()).containsExactly("503", "503", "503", "rejected");
    }

    @Test
    void waitingWhileRefused_waitsAsLongAsTheBreakerSays() throws Exception {
        server.then(Reply.of(503), Reply.of(503), Reply.of(503));
        ShortDelayTime time = new ShortDelayTime();
        HttpRequest request = HttpRequest.newBuilder(server.uri()).build();
        RetryingHttpClient client = RetryingHttpClient.of(
                PLAIN,
                Retry.of(RetryPolicy.parse("max-attempts=9 base-delay=1ms max-delay=1ms jitter=none budget=off"), time)
                        .withListener(listener));

        HttpResponse<String> response =
                client.withBreakers(breakers().waitingWhileOpen()).send(request, BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(breaker.reported).containsExactly("failed 503", "failed 503", "failed 503", "refused", "ok 200");
        assertThat(time.sleeps()).last().isEqualTo(OPEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504, 599})
    void answerThatIsWorthAnotherTry_isAFailure_evenIfItCannotBeSentAgain(int status) throws Exception {
        server.then(Reply.of(status));

        send("", "POST", BodyHandlers.ofString());

        assertThat(breaker.reported).containsExactly("failed " + status);
        assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 400, 401, 404, 409, 501, 505, 511})
    void anyOtherAnswer_isAValue(int status) throws Exception {
        server.then(Reply.of(status));

        send("", "GET", BodyHandlers.ofString());

        assertThat(breaker.reported).containsExactly("ok " + status);
    }

    @Test
    void answerThatThePolicyWouldRetry_isAValueAllTheSame() throws Exception {
        server.then(Reply.of(404));

        send("retry-on=404", "GET", BodyHandlers.ofString());

        assertThat(breaker.reported).containsExactly("ok 404", "ok 200");
    }

    @Test
    void failuresOfTheExchange_areFailures() throws Exception {
        server.then(ServerFault.half(200, "half of"), ServerFault.hang());

        send("attempt-timeout=200ms", "PUT", BodyHandlers.ofString());

        assertThat(breaker.reported).containsExactly("failed IOException", "failed HttpTimeoutException", "ok 200");
    }

    @Test
    void serverThatIsNotThere_isAFailure() throws Exception {
        try (ReservedPort port = new ReservedPort()) {
            HttpRequest request = HttpRequest.newBuilder(port.uri()).build();

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> sender.by(
                                    listener.client(PLAIN, "max-attempts=2").withBreakers(breakers()))
                            .send(request, BodyHandlers.ofString()));
        }
        assertThat(breaker.reported).containsExactly("failed ConnectException", "failed ConnectException");
    }

    @Test
    void handlerThatThrows_saysNothingOfTheServer() {
        BodyHandler<String> broken = info -> {
            throw new IllegalStateException("a bug");
        };

        assertThatExceptionOfType(Exception.class).isThrownBy(() -> send("max-attempts=1", "GET", broken));
        assertThat(breaker.reported).containsExactly("abandoned");
    }

    @Test
    void localFileThatCannotBeWritten_saysNothingOfTheServer() {
        Path nowhere = Path.of("target", "no-such-folder", "file");

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> send("", "GET", BodyHandlers.ofFile(nowhere)));
        assertThat(breaker.reported).containsExactly("abandoned");
    }

    @Test
    void cancelled_givesItsPlaceBack() throws Exception {
        CountDownLatch requested = new CountDownLatch(1);
        server.then(line -> {
            requested.countDown();
            line.awaitGone();
            return false;
        });
        CompletableFuture<HttpResponse<String>> call = listener.client(PLAIN, "")
                .withBreakers(breakers())
                .sendAsync(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString());
        assertThat(requested.await(20, TimeUnit.SECONDS)).isTrue();

        call.cancel(true);

        assertThat(breaker.reported).containsExactly("abandoned");
    }

    @Test
    void breakers_areOneForEachOrigin_andShared() throws Exception {
        List<String> made = new CopyOnWriteArrayList<>();
        OriginBreakers breakers = OriginBreakers.of(origin -> {
            made.add(origin);
            return new Strikes(1);
        });
        server.otherwise(Reply.of(503));
        try (FaultyServer good = FaultyServer.start()) {
            HttpRequest bad = HttpRequest.newBuilder(server.uri()).build();
            RetryingHttpClient client = listener.client(PLAIN, "max-attempts=1").withBreakers(breakers);

            sender.by(client).send(bad, BodyHandlers.ofString());

            assertThat(sender.by(client)
                            .send(HttpRequest.newBuilder(good.uri()).build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            assertThatExceptionOfType(Strikes.Refusal.class)
                    .as("another client that was given the same breakers")
                    .isThrownBy(() -> sender.by(listener.client(PLAIN, "").withBreakers(breakers))
                            .send(bad, BodyHandlers.ofString()));
            assertThat(made)
                    .containsExactly(
                            "http://127.0.0.1:" + server.uri().getPort(),
                            "http://127.0.0.1:" + good.uri().getPort());
        }
    }

    @Test
    void breakerThatIsNotMade_isSaid_andNothingIsSent() {
        OriginBreakers none = OriginBreakers.of(origin -> nothing());
        HttpRequest request = HttpRequest.newBuilder(server.uri()).build();

        assertThatNullPointerException()
                .isThrownBy(() ->
                        sender.by(listener.client(PLAIN, "").withBreakers(none)).send(request, BodyHandlers.ofString()))
                .withMessageContaining("there is no breaker for http://127.0.0.1:");
        assertThat(server.requests()).isEmpty();
    }

    @SuppressWarnings("NullAway") // what a caller in another language may do
    private static Breaker nothing() {
        return null;
    }
}
