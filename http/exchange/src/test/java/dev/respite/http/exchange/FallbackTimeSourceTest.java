package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    private static final Duration LIMIT = Duration.ofSeconds(6);
    private static final Executor COMMON = TimeSource.system().executor();

    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    private final TimeSource time = FallbackTimeSource.of(TimeSource.on(COMMON, scheduler));
    private final CountDownLatch ran = new CountDownLatch(1);

    @AfterEach
    void shutDown() {
        scheduler.shutdownNow();
    }

    private void awaitRun() {
        await().until(() -> ran.getCount() == 0);
    }

    @Test
    void execute_executorThatRefuses_runsInThatOfTheSystem() {
        FallbackTimeSource.of(TimeSource.on(task -> {
                    throw new RejectedExecutionException("full");
                }))
                .executor()
                .execute(ran::countDown);
        awaitRun();
    }

    @Test
    void execute_executor_runsThere() {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        FallbackTimeSource.of(TimeSource.on(task -> new Thread(task, "given").start()))
                .executor()
                .execute(() -> thread.complete(Thread.currentThread()));
        assertThat(thread).succeedsWithin(LIMIT).extracting(Thread::getName).isEqualTo("given");
    }

    @Test
    void schedule_scheduler_isUsed() {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        Future<?> unused = time.schedule(() -> thread.complete(Thread.currentThread()), 1);
        assertThat(thread).succeedsWithin(LIMIT).extracting(Thread::getName).isNotEqualTo("respite-timer");
    }

    @Test
    void schedule_schedulerThatRefuses_runsInTimeAnyway() throws Exception {
        scheduler.shutdownNow();
        Future<?> set = time.schedule(ran::countDown, 1);
        awaitRun();
        set.get(30, TimeUnit.SECONDS);
    }

    @Test
    void schedule_schedulerThatDropsItWhenItIsDue_runsAtOnce() {
        VirtualTime virtual = new VirtualTime();
        List<TimeSource.Task> dropped = new ArrayList<>();
        TimeSource keeping = new TimeSource.Forwarding() {
            @Override
            public TimeSource delegate() {
                return virtual;
            }

            @Override
            public Future<?> schedule(Task task, long delayNanos) {
                dropped.add(task);
                return new CompletableFuture<>();
            }
        };
        Future<?> unused = FallbackTimeSource.of(keeping).schedule(ran::countDown, HOUR);
        virtual.advance(Duration.ofHours(1));
        dropped.get(0).rejected();
        awaitRun();
    }

    @Test
    void schedule_schedulerThatDropsIt_runsInTimeAnyway() {
        Future<?> unused = time.schedule(ran::countDown, Duration.ofSeconds(1).toNanos());
        scheduler.shutdownNow();
        awaitRun();
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
