package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a caller could see a difference to the JDK's client. */
class ClientBehavesAsTheJdksTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        server.close();
    }

    private record Ending(
            boolean cancelled, boolean returned, String get, String join, String dependent, String cause) {
        /** Of a future that its own cancellation has ended. */
        static final Ending RAW = new Ending(
                true,
                true,
                CancellationException.class.getName(),
                CancellationException.class.getName(),
                CancellationException.class.getName(),
                "");

        static Ending of(CompletableFuture<?> call, boolean mayInterrupt) throws Exception {
            CompletableFuture<String> dependent =
                    call.handle((value, error) -> error.getClass().getName());
            boolean returned = call.cancel(mayInterrupt);
            Throwable get = catchThrowable(() -> call.get(30, TimeUnit.SECONDS));
            Throwable join = catchThrowable(call::join);
            return new Ending(
                    call.isCancelled(),
                    returned,
                    get.getClass().getName(),
                    join.getClass().getName(),
                    dependent.get(30, TimeUnit.SECONDS),
                    get instanceof ExecutionException ? get.getCause().toString() : "");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancel_inFlight_endsTheFutureAsTheJdksDoes(boolean mayInterrupt) throws Exception {
        server.otherwise(ServerFault.hang());
        HttpRequest request = HttpRequest.newBuilder(server.uri()).build();
        CompletableFuture<?> bare = PLAIN.sendAsync(request, BodyHandlers.ofString());
        await().until(() -> server.requests().size() == 1);
        CompletableFuture<?> retrying = listener.client(PLAIN, "").sendAsync(request, BodyHandlers.ofString());
        await().until(() -> server.requests().size() == 2);

        // Of cancel(true) the JDK's future ends in one of two ways: its exchange and the future itself race for it.
        Ending ours = Ending.of(retrying, mayInterrupt);
        assertThat(Ending.of(bare, mayInterrupt)).isIn(ours, Ending.RAW);
        assertThat(ours.get())
                .isEqualTo((mayInterrupt ? ExecutionException.class : CancellationException.class).getName());
        server.closeForcibly(); // cancel(false) of the JDK's future leaves its exchange
    }

    @Test
    void failure_ofTheLastAttempt_endsTheFutureAsTheJdksDoes() {
        server.otherwise(ServerFault.close());
        HttpRequest put = HttpRequest.newBuilder(server.uri())
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();
        CompletableFuture<?> bare = PLAIN.sendAsync(put, BodyHandlers.ofString());
        CompletableFuture<?> retrying = listener.client(PLAIN, "").sendAsync(put, BodyHandlers.ofString());
        for (CompletableFuture<?> call : List.of(bare, retrying)) {
            CompletableFuture<Throwable> dependent = call.handle((value, error) -> error);
            assertThat(dependent)
                    .succeedsWithin(Duration.ofSeconds(30))
                    .isInstanceOf(java.util.concurrent.CompletionException.class);
            assertThat(catchThrowable(call::get))
                    .isInstanceOf(java.util.concurrent.ExecutionException.class)
                    .hasCauseInstanceOf(java.io.IOException.class);
        }
    }

    /** With one or two processors a future has threads of its own instead of the pool: there only the method shows it. */
    @Test
    void send_whileTheCommonPoolIsBlocked_needsNoThreadOfIt() throws Exception {
        AtomicInteger completedInThePool = new AtomicInteger();
        HttpClient watching = new PassingOn(PLAIN) {
            @Override
            public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                    HttpRequest request, HttpResponse.BodyHandler<T> handler) {
                completedInThePool.incrementAndGet();
                return super.sendAsync(request, handler);
            }
        };
        CountDownLatch blocked = new CountDownLatch(1);
        int threads = ForkJoinPool.getCommonPoolParallelism() + 2;
        List<CompletableFuture<?>> blockers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            blockers.add(CompletableFuture.runAsync(() -> {
                try {
                    blocked.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        try {
            server.then(Reply.of(503).body("busy"), ServerFault.half(200, "12345"));
            HttpRequest request = HttpRequest.newBuilder(server.uri()).build();
            FutureTask<String> call = new FutureTask<>(() -> listener.client(watching, "")
                    .send(request, BodyHandlers.ofString())
                    .body());
            Thread caller = new Thread(call, "caller");
            caller.setDaemon(true);
            caller.start();
            assertThat(call).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("ok");
            assertThat(listener.attempts()).isEqualTo(3);
            assertThat(completedInThePool).hasValue(0);
        } finally {
            blocked.countDown();
            for (CompletableFuture<?> blocker : blockers) {
                blocker.get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void request_ofAClassOfItsOwn_isSentAsItIsInEachAttempt() throws Exception {
        server.then(Reply.of(503), Reply.of(503));
        List<HttpRequest> seen = new ArrayList<>();
        Tagged tagged = new Tagged(HttpRequest.newBuilder(server.uri()).build());
        HttpClient watching = new PassingOn(PLAIN) {
            @Override
            public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
                    throws java.io.IOException, InterruptedException {
                seen.add(request);
                return super.send(request, handler);
            }
        };
        assertThat(listener.client(watching, "")
                        .send(tagged, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(seen).hasSize(3).allSatisfy(request -> assertThat(request).isSameAs(tagged));
    }

    /** The JDK's client changes the thread for a subscriber that it does not know. */
    @ParameterizedTest
    @MethodSource("handlersInMemory")
    void subscriber_ofTheJdkThatCollectsInMemory_isPassedToTheClientAsItIs(HttpResponse.BodyHandler<?> handler)
            throws Exception {
        List<Object> made = new ArrayList<>();
        List<Object> passed = new ArrayList<>();
        HttpClient watching = new PassingOn(PLAIN) {
            @Override
            public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> received)
                    throws java.io.IOException, InterruptedException {
                return super.send(request, info -> watched(received.apply(info), passed));
            }
        };
        HttpResponse<?> response = listener.client(watching, "")
                .send(HttpRequest.newBuilder(server.uri()).build(), info -> watched(handler.apply(info), made));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(passed).hasSize(1);
        assertThat(passed.get(0)).isSameAs(made.get(0));
    }

    static Stream<HttpResponse.BodyHandler<?>> handlersInMemory() {
        return Stream.of(
                BodyHandlers.ofString(),
                BodyHandlers.ofByteArray(),
                BodyHandlers.discarding(),
                BodyHandlers.replacing("instead"));
    }

    private static <T> HttpResponse.BodySubscriber<T> watched(
            HttpResponse.BodySubscriber<T> subscriber, List<Object> seen) {
        seen.add(subscriber);
        return subscriber;
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_25, disabledReason = "connectionLabel is there from JDK 25 on")
    void connectionLabel_isThatOfTheJdksResponse() throws Exception {
        HttpResponse<String> response = listener.client(PLAIN, "")
                .send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString());
        assertThat((Optional<?>) HttpResponse.class.getMethod("connectionLabel").invoke(response))
                .isPresent();
    }

    /** A request with a property that no copy has. */
    private static final class Tagged extends HttpRequest {
        private final HttpRequest request;

        Tagged(HttpRequest request) {
            this.request = request;
        }

        @Override
        public Optional<BodyPublisher> bodyPublisher() {
            return request.bodyPublisher();
        }

        @Override
        public String method() {
            return request.method();
        }

        @Override
        public Optional<Duration> timeout() {
            return request.timeout();
        }

        @Override
        public boolean expectContinue() {
            return request.expectContinue();
        }

        @Override
        public URI uri() {
            return request.uri();
        }

        @Override
        public Optional<HttpClient.Version> version() {
            return request.version();
        }

        @Override
        public HttpHeaders headers() {
            return request.headers();
        }
    }
}
