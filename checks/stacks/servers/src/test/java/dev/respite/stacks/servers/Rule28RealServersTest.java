package dev.respite.stacks.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule 28: a failure of the caller's own code is not retried and not attributed to the server. */
class Rule28RealServersTest {

    private static final String BUG = "a bug of the caller";

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger readers = new AtomicInteger();
    private final RecordingBreaker breaker = new RecordingBreaker();

    private final Page page = (attempt, response) -> {
        requests.incrementAndGet();
        response.send(200, Page.body(10_000), Map.of());
    };

    /** A reader that reads nothing. */
    private abstract static class Reader implements BodySubscriber<String> {

        final CompletableFuture<String> body = new CompletableFuture<>();

        @Override
        public CompletionStage<String> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onError(Throwable error) {
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            body.complete("whole");
        }
    }

    /** Its first bytes are its last. */
    private static final class Throwing extends Reader {

        private final RuntimeException bug;

        Throwing(RuntimeException bug) {
            this.bug = bug;
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {
            throw bug;
        }
    }

    /** As a reader that limits the length of a body. */
    private static final class Limiting extends Reader {

        private Subscription subscription;

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            subscription.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {
            subscription.cancel();
            body.completeExceptionally(new IOException(BUG));
        }
    }

    private void expectTheBugOnce(TestServer.Kind kind, Way way, BodyHandler<String> handler) throws Exception {
        try (TestServer server = kind.start(page)) {
            HttpRequest get = HttpRequest.newBuilder(server.uri()).build();
            CompletableFuture<?> call =
                    way.start(way.client(kind.client(), "base-delay=1ms", TimeSource.system(), breaker), get, info -> {
                        readers.incrementAndGet();
                        return handler.apply(info);
                    });

            Throwable failure = Assertions.catchThrowable(() -> call.get(30, TimeUnit.SECONDS));

            assertThat(failure).hasStackTraceContaining(BUG);
            assertThat(readers).hasValue(1);
            assertThat(requests).hasValue(1);
            assertThat(breaker.failures()).isEmpty();
        }
    }

    static Stream<Arguments> serversAndWays() {
        return Rule26RealServersTest.serversAndWays();
    }

    @ParameterizedTest
    @MethodSource("serversAndWays")
    void send_subscriberThrows_isCalledOnceAndTheCallerGetsIt(TestServer.Kind kind, Way way) throws Exception {
        expectTheBugOnce(kind, way, info -> new Throwing(new IllegalStateException(BUG)));
    }

    @ParameterizedTest
    @MethodSource("serversAndWays")
    void send_subscriberThrowsAnIoFailure_isCalledOnceAndTheCallerGetsIt(TestServer.Kind kind, Way way)
            throws Exception {
        expectTheBugOnce(kind, way, info -> new Throwing(new UncheckedIOException(new IOException(BUG))));
    }

    @ParameterizedTest
    @MethodSource("serversAndWays")
    void send_readerFailsWithAnIoFailure_isCalledOnceAndTheCallerGetsIt(TestServer.Kind kind, Way way)
            throws Exception {
        expectTheBugOnce(kind, way, info -> new Limiting());
    }

    @ParameterizedTest
    @MethodSource("serversAndWays")
    void send_mapperThrowsAnIoFailure_isCalledOnceAndTheCallerGetsIt(TestServer.Kind kind, Way way) throws Exception {
        BodyHandler<String> mapped =
                info -> BodySubscribers.mapping(BodySubscribers.ofString(StandardCharsets.UTF_8), body -> {
                    throw new UncheckedIOException(new IOException(BUG));
                });
        expectTheBugOnce(kind, way, mapped);
    }
}
