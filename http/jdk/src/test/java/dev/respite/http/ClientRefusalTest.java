package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.time.TimeSource;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule 14 for HTTP: every call ends, in time, whatever an executor, a scheduler or a carrier of the caller's does. */
class ClientRefusalTest {

    private static final HttpClient PLAIN = RecordingListener.plain();
    private static final Executor COMMON = TimeSource.system().executor();

    private final FaultyServer server = FaultyServer.start();
    private final ScheduledExecutorService scheduler = new ScheduledThreadPoolExecutor(1);
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        server.close();
        scheduler.shutdownNow();
    }

    private HttpRequest request() {
        return HttpRequest.newBuilder(server.uri()).build();
    }

    private HttpResponse<String> sendAsync(String policy, TimeSource time) {
        return sendAsync(listener.client(PLAIN, policy, time));
    }

    private HttpResponse<String> sendAsync(HttpClient client) {
        CompletableFuture<HttpResponse<String>> call = client.sendAsync(request(), BodyHandlers.ofString());
        assertThat(call).succeedsWithin(Duration.ofSeconds(30));
        return call.join();
    }

    /** An executor that takes so many tasks, and no more. */
    private static Executor takes(int most) {
        AtomicInteger requested = new AtomicInteger();
        return task -> {
            if (requested.incrementAndGet() > most) {
                throw new RejectedExecutionException("full");
            }
            COMMON.execute(task);
        };
    }

    @Test
    void sendAsync_executorThatRefusesAfterTheDrain_sendsTheAttemptThatItHasAdmitted() throws Exception {
        server.then(Reply.of(503).body("busy"));

        assertThat(sendAsync("total-timeout=off", TimeSource.on(takes(1))).body())
                .isEqualTo("ok");
        assertThat(listener.outcomes()).containsExactly("503", "ok");
    }

    @Test
    void sendAsync_executorThatRefusesAnAttempt_returnsTheLastAnswer() throws Exception {
        server.otherwise(Reply.of(503).body("busy"));

        assertThat(sendAsync("total-timeout=off", TimeSource.on(takes(0))).body())
                .isEqualTo("busy");
        assertThat(listener.reason()).isEqualTo(StopReason.EXECUTOR_REFUSED);
    }

    @Test
    void sendAsync_schedulerShutDownBeforeTheDrain_givesUpABodyThatStalls() throws Exception {
        server.then(ServerFault.hangInBody(503, "12345"));
        Executor shuttingDown = task -> {
            scheduler.shutdownNow();
            COMMON.execute(task);
        };

        assertThat(sendAsync("total-timeout=off", TimeSource.on(shuttingDown, scheduler))
                        .body())
                .isEqualTo("ok");
        await().until(() -> server.abandoned() == 1);
    }

    @Test
    void sendAsync_executorThatRefusesInTheDrain_givesUpABodyThatStalls() throws Exception {
        server.then(ServerFault.hangInBody(503, "12345"));

        assertThat(sendAsync("total-timeout=off", TimeSource.on(takes(1))).body())
                .isEqualTo("ok");
        await().until(() -> server.abandoned() == 1);
    }

    static Stream<Named<UnaryOperator<Runnable>>> carriers() {
        // The engine submits first, for its own steps.
        AtomicInteger requested = new AtomicInteger();
        AtomicInteger requestedToo = new AtomicInteger();
        return Stream.of(
                Named.of("carrier that throws", task -> {
                    if (requested.incrementAndGet() > 1) {
                        throw new IllegalStateException("carrier");
                    }
                    return task;
                }),
                Named.of(
                        "task that throws",
                        task -> requestedToo.incrementAndGet() == 1
                                ? task
                                : () -> {
                                    throw new IllegalStateException("task");
                                }));
    }

    @ParameterizedTest
    @MethodSource("carriers")
    void sendAsync_carrierThatFails_stopsNoCall(UnaryOperator<Runnable> carrier) throws Exception {
        server.then(Reply.of(503).body("busy"));
        RetryingHttpClient client = RetryingHttpClient.of(
                PLAIN, listener.retry("total-timeout=off", TimeSource.system()).withContext(carrier));

        assertThat(sendAsync(client).body()).isEqualTo("ok");
        assertThat(listener.outcomes()).containsExactly("503", "ok");
    }

    @ParameterizedTest
    @EnumSource
    void send_schedulerShutDownInTheAttempt_endsInTime(Sender sender) {
        LeapingTime time = new LeapingTime(TimeSource.on(COMMON, scheduler));
        server.otherwise(line -> {
            time.leap(Duration.ofMinutes(1));
            scheduler.shutdownNow();
            return ServerFault.hang().act(line);
        });
        HttpClient client = listener.client(PLAIN, "total-timeout=30s", time);

        assertThatExceptionOfType(HttpTimeoutException.class)
                .isThrownBy(() -> sender.by(client).send(request(), BodyHandlers.ofString()));
        assertThat(listener.reason()).isEqualTo(StopReason.TOTAL_TIMEOUT);
        await().until(() -> server.abandoned() == 1);
    }

    @ParameterizedTest
    @EnumSource
    void send_schedulerShutDownInTheAttempt_returnsTheAnswerThatComes(Sender sender) throws Exception {
        server.otherwise(line -> {
            scheduler.shutdownNow();
            // Long enough for the alarm to be missed.
            line.pause(500);
            return Reply.of(200).body("late").act(line);
        });
        HttpClient client = listener.client(PLAIN, "", TimeSource.on(COMMON, scheduler));

        assertThat(sender.by(client).send(request(), BodyHandlers.ofString()).body())
                .isEqualTo("late");
    }

    @ParameterizedTest
    @EnumSource
    void send_schedulerShutDownBefore_isSentAllTheSame(Sender sender) throws Exception {
        scheduler.shutdownNow();
        HttpClient client = listener.client(PLAIN, "", TimeSource.on(COMMON, scheduler));

        assertThat(sender.by(client).send(request(), BodyHandlers.ofString()).body())
                .isEqualTo("ok");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void sendAsync_schedulerShutDownInTheWait_returnsTheLastAnswer() throws Exception {
        server.otherwise(Reply.of(503).body("busy"));
        LeapingTime time = new LeapingTime(TimeSource.on(COMMON, scheduler));
        CompletableFuture<HttpResponse<String>> call = listener.client(
                        PLAIN,
                        "backoff=fixed base-delay=10m max-delay=10m jitter=none total-timeout=off"
                                + " attempt-timeout=20s",
                        time)
                .sendAsync(request(), BodyHandlers.ofString());
        await().until(() -> time.waits() == 1);
        // The wait takes longer than the attempt was allowed.
        time.leap(Duration.ofMinutes(1));
        scheduler.shutdownNow();

        assertThat(call.get(60, TimeUnit.SECONDS).body()).isEqualTo("busy");
        assertThat(listener.reason()).isEqualTo(StopReason.EXECUTOR_REFUSED);
    }

    @Test
    void sendAsync_waitLongerThanTheAttemptWasAllowed_leavesTimeForTheLastBody() throws Exception {
        server.otherwise(Reply.of(503).body("busy"));
        CompletableFuture<LeapingTime> bent = new CompletableFuture<>();
        List<Duration> delays = new CopyOnWriteArrayList<>();
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        // Scheduled are the attempt's time (20 s), perhaps that of the rejected body (100 ms), the delay, in which the
        // clock leaps, perhaps its rest, and the time of the last body (1 s).
        bent.complete(new LeapingTime(TimeSource.on(full), nanos -> {
            delays.add(Duration.ofNanos(nanos));
            if (nanos == Duration.ofMinutes(10).toNanos()) {
                bent.join().leap(Duration.ofMinutes(10));
                return 1;
            }
            return Duration.ofMinutes(1).toNanos();
        }));

        assertThat(sendAsync(
                                "backoff=fixed base-delay=10m max-delay=10m jitter=none total-timeout=off"
                                        + " attempt-timeout=20s",
                                bent.join())
                        .body())
                .isEqualTo("busy");
        assertThat(delays).anyMatch(delay -> delay.toMillis() > 500 && delay.compareTo(Duration.ofSeconds(1)) <= 0);
    }
}
