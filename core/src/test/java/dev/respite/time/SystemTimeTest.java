package dev.respite.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The world's own time. Waits here are for other threads, with a limit. */
class SystemTimeTest {

    private final TimeSource time = TimeSource.system();

    @Test
    void schedule_runsTheTaskOnADaemonThreadAfterTheDelay() throws Exception {
        CompletableFuture<Long> ran = new CompletableFuture<>();
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        long start = time.nanoTime();
        time.schedule(
                () -> {
                    thread.complete(Thread.currentThread());
                    ran.complete(System.nanoTime());
                },
                2_000_000);
        assertThat(ran.get(10, TimeUnit.SECONDS) - start).isGreaterThanOrEqualTo(2_000_000);
        assertThat(thread.get(10, TimeUnit.SECONDS).isDaemon()).isTrue();
        assertThat(thread.get().getName()).isEqualTo("respite-timer");
    }

    @Test
    void schedule_cancelled_doesNotRun() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        java.util.concurrent.Future<?> task = time.schedule(() -> ran.set(true), 20_000_000);
        task.cancel(false);
        CompletableFuture<Void> later = new CompletableFuture<>();
        time.schedule(() -> later.complete(null), 40_000_000);
        later.get(10, TimeUnit.SECONDS);
        assertThat(ran).isFalse();
    }

    @Test
    void wallTime_isTheClockOfTheDay() {
        assertThat(Duration.between(time.wallTime(), Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void nanoTime_neverGoesBack() {
        long first = time.nanoTime();
        await().until(() -> time.nanoTime() > first);
    }
}
