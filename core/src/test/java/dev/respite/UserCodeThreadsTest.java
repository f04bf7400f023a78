package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.hedge.Hedge;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A wait costs no thread, and the threads of timers run nothing of the user's. */
class UserCodeThreadsTest {

    private final Set<String> threads = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "timer-of-the-user");
        thread.setDaemon(true);
        return thread;
    });

    @AfterEach
    void shutDown() {
        scheduler.shutdownNow();
    }

    private void seen() {
        threads.add(Thread.currentThread().getName());
    }

    /** Everything of the user's notes its thread: carrier, operation, classifier, backoff, listener, stage, dependents. */
    private void call(TimeSource time, String policy, boolean hangs) throws Exception {
        RetryPolicy noting = RetryPolicy.parse(policy).toBuilder()
                .backoff((attempt, roll) -> {
                    seen();
                    return 1_000_000;
                })
                .build();
        Retry retry = Retry.of(noting, time).withListener(event -> seen()).withContext(task -> () -> {
            seen();
            task.run();
        });
        CompletableFuture<Object> call = retry.callAsync(() -> {
            seen();
            return hangs ? new Hanging() : CompletableFuture.failedFuture(new ConnectException());
        });
        BiFunction<Object, Throwable, Object> dependent = (value, error) -> {
            seen();
            return value;
        };
        call.handle(dependent).get(30, TimeUnit.SECONDS);
    }

    /** Notes on which thread it is cancelled. */
    private final class Hanging extends CompletableFuture<Object> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            seen();
            return super.cancel(mayInterruptIfRunning);
        }
    }

    private void assertNotOnTimers() {
        assertThat(threads).isNotEmpty().doesNotContain("respite-timer", "timer-of-the-user");
    }

    @Test
    void retries_runOnTheExecutorAndNotOnATimer() throws Exception {
        call(TimeSource.system(), "budget=off", false);
        call(TimeSource.on(ForkJoinPool.commonPool(), scheduler), "budget=off", false);
        assertNotOnTimers();
    }

    @Test
    void retriesWithoutAWait_useNoTimer_andRunOnTheExecutor() throws Exception {
        scheduler.shutdownNow();
        Set<String> attempts = ConcurrentHashMap.newKeySet();
        Retry retry = Retry.of(
                RetryPolicy.parse("backoff=immediate jitter=none budget=off"),
                TimeSource.on(task -> new Thread(task, "of the executor").start(), scheduler));
        CompletableFuture<Object> call = retry.callAsyncWithAttempt(attempt -> {
            attempts.add(attempt.number() + " " + Thread.currentThread().getName());
            return CompletableFuture.failedFuture(new ConnectException());
        });
        assertThat(call.handle((value, error) -> error).get(30, TimeUnit.SECONDS))
                .isInstanceOf(ConnectException.class);
        assertThat(attempts)
                .containsExactlyInAnyOrder(
                        "1 " + Thread.currentThread().getName(), "2 of the executor", "3 of the executor");
    }

    @Test
    void attemptTimeouts_runOnTheExecutorAndNotOnATimer() throws Exception {
        call(TimeSource.system(), "budget=off attempt-timeout=1ms", true);
        call(TimeSource.on(ForkJoinPool.commonPool(), scheduler), "budget=off attempt-timeout=1ms", true);
        assertNotOnTimers();
    }

    @Test
    void refusals_runNotOnATimerEither() throws Exception {
        Executor full = task -> {
            throw new RejectedExecutionException("full");
        };
        call(TimeSource.on(full), "budget=off", false);
        call(TimeSource.on(full), "budget=off max-attempts=1 attempt-timeout=1ms", true);
        call(TimeSource.on(full, scheduler), "budget=off", false);
        assertNotOnTimers();
    }

    /** One thread that is busy, a queue of one that is full: the thread that submits a task runs it. */
    private static final class Saturated implements AutoCloseable {
        private final CountDownLatch busy = new CountDownLatch(1);
        private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), new ThreadPoolExecutor.CallerRunsPolicy());

        Saturated() {
            pool.execute(() -> {
                try {
                    busy.await();
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            });
            pool.execute(() -> {});
        }

        @Override
        public void close() {
            busy.countDown();
            pool.shutdown();
        }
    }

    @Test
    void executorThatRunsTasksOnTheirCaller_runsNoneOnATimer() throws Exception {
        try (Saturated saturated = new Saturated()) {
            for (Executor caller : new Executor[] {saturated.pool, Runnable::run}) {
                for (TimeSource time : new TimeSource[] {TimeSource.on(caller), TimeSource.on(caller, scheduler)}) {
                    call(time, "budget=off", false);
                    call(time, "budget=off attempt-timeout=1ms", true);
                    hedge(time);
                }
            }
        }
        assertNotOnTimers();
        assertThat(threads).anyMatch(name -> name.equals("respite-spare"));
    }

    @Test
    void executorThatIsTheSchedulerToo_runsTasksOnItsOwnThreads() throws Exception {
        call(TimeSource.on(scheduler, scheduler), "budget=off", false);
        assertThat(threads).contains("timer-of-the-user").doesNotContain("respite-spare", "respite-timer");
    }

    private void hedge(TimeSource time) throws Exception {
        Hedge hedge = Hedge.of(
                Retry.of(RetryPolicy.parse("budget=off"), time).withListener(event -> seen()), Duration.ofMillis(1));
        CompletableFuture<Object> call = hedge.callIdempotentWithAttempt(attempt -> {
            seen();
            return attempt.number() == 1 ? new Hanging() : CompletableFuture.completedFuture("value");
        });
        call.thenRun(this::seen).get(30, TimeUnit.SECONDS);
    }

    @Test
    void droppedWaits_runNotOnATimerEither() throws Exception {
        TimeSource time = TimeSource.on(ForkJoinPool.commonPool(), scheduler);
        ForkJoinPool.commonPool().execute(scheduler::shutdownNow);
        call(time, "budget=off max-attempts=1 attempt-timeout=1h total-timeout=off", true);
        assertNotOnTimers();
    }

    @Test
    void tenThousandWaits_holdNoThread() {
        Retry retry = Retry.of(RetryPolicy.parse(
                "backoff=fixed base-delay=1h max-delay=1h jitter=none total-timeout=off budget=off max-attempts=2"));
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        calls.add(retry.callAsync(() -> CompletableFuture.failedFuture(new ConnectException())));
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        for (int i = 0; i < 10_000; i++) {
            calls.add(retry.callAsync(() -> CompletableFuture.failedFuture(new ConnectException())));
        }
        assertThat(calls).noneMatch(CompletableFuture::isDone);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - before)
                .isLessThan(20);
        calls.forEach(call -> call.cancel(true));
    }
}
