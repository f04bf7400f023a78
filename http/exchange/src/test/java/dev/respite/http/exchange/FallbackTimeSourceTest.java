package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FallbackTimeSourceTest {

    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final Executor COMMON = TimeSource.system().executor();

    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    private final TimeSource time = FallbackTimeSource.of(TimeSource.on(COMMON, scheduler));
    private final CountDownLatch ran = new CountDownLatch(1);

    @AfterEach
    void shutDown() {
        scheduler.shutdownNow();
    }

    @Test
    void execute_executorThatRefuses_runsInThatOfTheSystem() throws Exception {
        FallbackTimeSource.of(TimeSource.on(task -> {
                    throw new RejectedExecutionException("full");
                }))
                .executor()
                .execute(ran::countDown);
        ran.await();
    }

    @Test
    void execute_executor_runsThere() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        FallbackTimeSource.of(TimeSource.on(task -> new Thread(task, "given").start()))
                .executor()
                .execute(() -> thread.complete(Thread.currentThread()));
        assertThat(thread.get().getName()).isEqualTo("given");
    }

    @Test
    void schedule_scheduler_isUsed() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        Future<?> unused = time.schedule(() -> thread.complete(Thread.currentThread()), 1);
        assertThat(thread.get().getName()).isNotEqualTo("respite-timer");
    }

    @Test
    void schedule_schedulerThatRefuses_runsInTimeAnyway() throws Exception {
        scheduler.shutdownNow();
        Future<?> set = time.schedule(ran::countDown, 1);
        ran.await();
        set.get(30, TimeUnit.SECONDS);
    }

    @Test
    void schedule_schedulerThatDropsIt_runsInTimeAnyway() throws Exception {
        Future<?> unused = time.schedule(ran::countDown, Duration.ofSeconds(1).toNanos());
        scheduler.shutdownNow();
        ran.await();
    }

    @Test
    void cancel_takesItBackFromTheScheduler() {
        scheduler.setRemoveOnCancelPolicy(true);
        Future<?> set = time.schedule(ran::countDown, HOUR);
        assertThat(scheduler.getQueue()).hasSize(1);
        assertThat(set.cancel(false)).isTrue();
        assertThat(scheduler.getQueue()).isEmpty();
        assertThat(set.isCancelled()).isTrue();
    }

    @Test
    void cancel_afterARefusal_takesItBackToo() {
        scheduler.shutdownNow();
        Future<?> set = time.schedule(ran::countDown, HOUR);
        assertThat(set.cancel(false)).isTrue();
        assertThat(set.isCancelled()).isTrue();
    }
}
