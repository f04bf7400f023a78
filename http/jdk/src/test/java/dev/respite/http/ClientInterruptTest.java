package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.testsupport.RealTime;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules 11 and 12 over the wire: an interrupt ends an attempt or a wait, and nothing is lost. */
class ClientInterruptTest {

    private static final HttpClient PLAIN = RecordingListener.plain();
    /** The waits of this policy do not end within a test. */
    private static final String LONG_WAITS = "base-delay=10m max-delay=10m jitter=none total-timeout=off ";

    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final AtomicBoolean flag = new AtomicBoolean();

    @AfterEach
    void close() {
        server.close();
    }

    /** Sends on another thread, which can be interrupted. */
    private final class Call {
        private final FutureTask<HttpResponse<byte[]>> task;
        private final Thread thread;

        Call(String policy) {
            HttpRequest put = HttpRequest.newBuilder(server.uri())
                    .PUT(BodyPublishers.ofString("x"))
                    .build();
            RetryingHttpClient client = listener.client(PLAIN, policy);
            task = new FutureTask<>(noting(() -> client.send(put, BodyHandlers.ofByteArray())));
            thread = new Thread(task, "caller");
            thread.setDaemon(true);
            thread.start();
        }

        private <T> Callable<T> noting(Callable<T> work) {
            return () -> {
                try {
                    return work.call();
                } finally {
                    flag.set(Thread.currentThread().isInterrupted());
                }
            };
        }

        void awaitWait() {
            await().until(() -> !listener.failures().isEmpty());
            await().until(() ->
                    thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.WAITING);
        }

        void interrupt() {
            thread.interrupt();
        }

        HttpResponse<byte[]> response() throws Exception {
            return task.get(RealTime.patience().toSeconds(), TimeUnit.SECONDS);
        }
    }

    static Stream<Named<Supplier<ServerFault>>> hangs() {
        return Stream.of(
                Named.of("hang", ServerFault::hang),
                Named.of("hang in body", () -> ServerFault.hangInBody(200, "12345")),
                Named.of("drip", () -> ServerFault.drip(200, "x".repeat(2_000), 10)));
    }

    @Test
    void send_byAThreadThatIsInterruptedAlready_sendsNothing() throws Exception {
        RetryingHttpClient client = listener.client(PLAIN, "");
        HttpRequest put = HttpRequest.newBuilder(server.uri())
                .PUT(BodyPublishers.ofString("x"))
                .build();
        for (int i = 0; i < 20; i++) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> client.send(put, BodyHandlers.ofString()))
                    .isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(client.send(put, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    @SuppressWarnings("NullAway")
    void send_withoutAHandler_sendsNothing() {
        RetryingHttpClient client = listener.client(PLAIN, "");
        HttpRequest put = HttpRequest.newBuilder(server.uri())
                .PUT(BodyPublishers.ofString("x"))
                .build();
        assertThatThrownBy(() -> client.send(put, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> client.sendAsync(put, null)).isInstanceOf(NullPointerException.class);
        assertThat(server.requests()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("hangs")
    void send_interruptedInAnAttempt_cancelsIt(Supplier<ServerFault> hang) {
        server.then(hang.get());
        Call call = new Call("");
        await().until(() -> !server.requests().isEmpty());

        call.interrupt();

        assertThatThrownBy(call::response)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(flag).as("the flag").isTrue();
        assertThat(listener.reason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(server.requests()).hasSize(1);
        await().untilAsserted(() ->
                assertThat(server.abandoned()).as("its connection is closed").isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 60_000})
    void send_interruptedInAWait_returnsTheLastAnswerWithItsBody(int length) throws Exception {
        byte[] body = new byte[length];
        new Random(length).nextBytes(body);
        server.otherwise(Reply.of(503).body(body));
        Call call = new Call(LONG_WAITS);
        call.awaitWait();

        call.interrupt();

        assertThat(call.response().statusCode()).isEqualTo(503);
        assertThat(call.response().body()).isEqualTo(body);
        assertThat(flag).as("the flag").isTrue();
        assertThat(listener.reason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void send_interruptedInAWaitAfterTheAttemptsTime_returnsTheLastAnswerWithItsBody() throws Exception {
        server.otherwise(Reply.of(503).body("busy"));
        Call call = new Call(LONG_WAITS + "attempt-timeout=400ms");
        call.awaitWait();
        await().pollDelay(Duration.ofMillis(500)).until(() -> true);

        call.interrupt();

        assertThat(call.response().body()).asString().isEqualTo("busy");
        assertThat(flag).isTrue();
    }

    static Stream<Named<Supplier<ServerFault>>> cut() {
        return Stream.of(
                Named.of("long", () -> Reply.of(503).body(new byte[70_000])),
                Named.of("drip", () -> ServerFault.drip(503, "x".repeat(2_000), 10)),
                Named.of("hang", () -> ServerFault.hangInBody(503, "12345")),
                Named.of("half", () -> ServerFault.half(503, "12345")));
    }

    @ParameterizedTest
    @MethodSource("cut")
    void send_interruptedInADelayAfterABodyThatWasCut_returnsStatusAndHeaders(Supplier<ServerFault> fault)
            throws Exception {
        server.otherwise(fault.get());
        Call call = new Call(LONG_WAITS);
        call.awaitWait();
        await().until(() -> server.openConnections() == 0);

        call.interrupt();

        assertThat(call.response().statusCode()).isEqualTo(503);
        assertThat(call.response().headers().firstValue("Content-Length")).isPresent();
        assertThatThrownBy(() -> call.response().body())
                .isInstanceOf(java.io.UncheckedIOException.class)
                .hasMessageContaining("IOException");
        assertThat(flag).isTrue();
    }

    @Test
    void send_interruptedWhileTheLastBodyIsRead_setsTheFlag() {
        server.otherwise(ServerFault.hangInBody(503, "12345"));
        Call call = new Call("max-attempts=1");
        call.awaitWait();

        call.interrupt();

        assertThatThrownBy(call::response)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(flag).as("the flag").isTrue();
        await().until(() -> server.abandoned() == 1);
    }

    @Test
    void send_interruptedInAWaitAfterAFailure_throwsTheFailure() {
        server.then(ServerFault.close());
        Call call = new Call(LONG_WAITS);
        call.awaitWait();

        call.interrupt();

        assertThatThrownBy(call::response)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(java.io.IOException.class);
        assertThat(flag).isTrue();
        assertThat(listener.reason()).isEqualTo(StopReason.INTERRUPTED);
    }

    @Test
    void send_interruptedBefore_sendsNothingMore() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> listener.client(PLAIN, "")
                            .send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString()))
                    .isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }
}
