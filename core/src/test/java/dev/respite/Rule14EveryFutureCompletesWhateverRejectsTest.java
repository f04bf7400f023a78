package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The returned future always completes, also where what waits or runs for it is shut down, is full, or refuses. Waits here
 * are for other threads, with a limit.
 */
class Rule14EveryFutureCompletesWhateverRejectsTest {

    private final ConnectException real = new ConnectException("real");
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);

    private static final RetryPolicy LONG_WAITS =
            RetryPolicy.parse("backoff=fixed base-delay=1h max-delay=1h jitter=none budget=off total-timeout=off");

    @AfterEach
    void shutDown() {
        scheduler.shutdownNow();
    }

    private static Throwable failureOf(CompletableFuture<?> call) {
        CompletableFuture<Throwable> failure = call.handle((value, error) -> error);
        assertThat(failure).succeedsWithin(Duration.ofSeconds(30));
        return failure.join();
    }

    private Retry waitingInScheduler(RetryPolicy policy) {
        return Retry.of(policy, TimeSource.on(ForkJoinPool.commonPool(), scheduler));
    }

    /** What a scheduler's owner may do while a call waits in it. */
    static Stream<Consumer<ScheduledThreadPoolExecutor>> endings() {
        return Stream.of(ScheduledThreadPoolExecutor::shutdownNow, scheduler -> {
            scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            scheduler.shutdown();
        });
    }

    @ParameterizedTest
    @MethodSource("endings")
    void wait_whoseSchedulerIsShutDown_endsWithTheRealFailure(Consumer<ScheduledThreadPoolExecutor> ending)
            throws Exception {
        AsyncScript script = AsyncScript.of(real);
        Retry retry = waitingInScheduler(LONG_WAITS);
        CompletableFuture<Object> call = retry.callAsync(script);
        assertThat(call).isNotDone();
        ending.accept(scheduler);
        assertThat(failureOf(call)).isSameAs(real);
        assertThat(script.ran()).isEqualTo(1);
        assertThat(retry.counts().ended(StopReason.EXECUTOR_REFUSED)).isEqualTo(1);
    }

    @Test
    void waits_whoseSchedulerIsShutDown_allEnd() throws Exception {
        Retry retry = waitingInScheduler(LONG_WAITS);
        CompletableFuture<?>[] calls = Stream.generate(() -> retry.callAsync(AsyncScript.of(real)))
                .limit(1_000)
                .toArray(CompletableFuture<?>[]::new);
        scheduler.shutdownNow();
        assertThat(failureOf(CompletableFuture.allOf(calls))).hasCause(real);
        assertThat(retry.counts().ended(StopReason.EXECUTOR_REFUSED)).isEqualTo(1_000);
    }

    @Test
    void wait_besideATaskThatThrowsWhenItIsDropped_endsAllTheSame() throws Exception {
        TimeSource time = TimeSource.on(ForkJoinPool.commonPool(), scheduler);
        TimeSource.Task broken = new TimeSource.Task() {
            @Override
            public void run() {}

            @Override
            public void rejected() {
                throw new IllegalStateException("bug");
            }
        };
        AsyncScript script = AsyncScript.of(real);
        Retry retry = Retry.of(LONG_WAITS, time);
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            time.schedule(broken, Long.MAX_VALUE / 4);
            calls.add(retry.callAsync(script));
        }
        scheduler.shutdownNow();
        for (CompletableFuture<Object> call : calls) {
            assertThat(failureOf(call)).isSameAs(real);
        }
    }

    @Test
    void wait_whoseSchedulerIsShutDownButKeepsIt_goesOn() throws Exception {
        Retry retry = waitingInScheduler(RetryPolicy.parse("backoff=fixed base-delay=200ms jitter=none budget=off"));
        CompletableFuture<Object> call = retry.callAsync(AsyncScript.of(real, "value"));
        scheduler.shutdown();
        assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("value");
    }

    @Test
    void wait_whoseSchedulerIsShutDownAndBusyForEver_endsWhenItIsOverdue() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        scheduler.execute(() -> {
            try {
                never.await();
            } catch (InterruptedException stillBusy) {
                awaitInSpite(never);
            }
        });
        Retry retry = waitingInScheduler(RetryPolicy.parse("backoff=fixed base-delay=1ms jitter=none budget=off"));
        CompletableFuture<Object> call = retry.callAsync(AsyncScript.of(real));
        scheduler.shutdownNow();
        assertThat(failureOf(call)).isSameAs(real);
        never.countDown();
    }

    private static void awaitInSpite(CountDownLatch latch) {
        boolean interrupted = true;
        while (interrupted) {
            try {
                latch.await();
                interrupted = false;
            } catch (InterruptedException again) {
                // Some tasks do not listen.
            }
        }
    }

    @Test
    void wait_thatTheSchedulerRefuses_isNotBegun() throws Exception {
        scheduler.shutdown();
        Retry retry = waitingInScheduler(LONG_WAITS);
        assertThat(failureOf(retry.callAsync(AsyncScript.of(real)))).isSameAs(real);
        assertThat(retry.counts().ended(StopReason.EXECUTOR_REFUSED)).isEqualTo(1);
    }

    @Test
    void attempt_whoseTimeoutTheSchedulerRefuses_failsRatherThanHangs() throws Exception {
        scheduler.shutdown();
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING);
        CompletableFuture<Object> call =
                waitingInScheduler(RetryPolicy.parse("attempt-timeout=1s")).callAsync(script);
        assertThat(failureOf(call)).isInstanceOf(RejectedExecutionException.class);
        assertThat(script.pending(1)).isCancelled();
    }

    @Test
    void attempt_whoseTimeoutIsDroppedByAShutdown_failsRatherThanHangs() throws Exception {
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING);
        CompletableFuture<Object> call = waitingInScheduler(RetryPolicy.parse("attempt-timeout=1h total-timeout=off"))
                .callAsync(script);
        scheduler.shutdownNow();
        assertThat(failureOf(call))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("shut down");
        assertThat(script.pending(1)).isCancelled();
    }

    /** Executors that will not take the next attempt. */
    static Stream<Executor> refusing() {
        ThreadPoolExecutor gone = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new SynchronousQueue<>());
        gone.shutdown();
        return Stream.of(
                gone,
                task -> {
                    throw new RejectedExecutionException("full");
                },
                task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                });
    }

    @ParameterizedTest
    @MethodSource("refusing")
    void attempt_thatTheExecutorRefuses_isNotMade(Executor executor) throws Exception {
        AsyncScript script = AsyncScript.of(real);
        Retry retry = Retry.of(RetryPolicy.parse("base-delay=1ms budget=off"), TimeSource.on(executor));
        assertThat(failureOf(retry.callAsync(script))).isSameAs(real);
        assertThat(script.ran()).isEqualTo(1);
        assertThat(retry.counts().ended(StopReason.EXECUTOR_REFUSED)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("refusing")
    void attempt_whoseTimeoutTheExecutorRefuses_isTimedOutElsewhere(Executor executor) throws Exception {
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING);
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=1 attempt-timeout=1ms"), TimeSource.on(executor));
        assertThat(failureOf(retry.callAsync(script))).hasMessage("no result within 1ms");
        assertThat(script.pending(1)).isCancelled();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void retry_thatWasPaidAndRefused_isGivenBack(int refusedAt) throws Exception {
        int[] requested = {0};
        ManualTime time = new ManualTime(task -> {
            if (++requested[0] == refusedAt) {
                throw new RejectedExecutionException("full");
            }
            task.run();
        });
        Retry retry = Retry.of(RetryPolicy.parse("budget=10%"), time);
        double full = retry.budget().retriesLeft();
        CompletableFuture<Object> call = retry.callAsync(AsyncScript.of(real));
        for (int i = 0; i < refusedAt; i++) {
            time.tasks.get(i).run();
        }
        assertThat(failureOf(call)).isSameAs(real);
        assertThat(retry.budget().retriesLeft()).isEqualTo(full - (refusedAt - 1));
    }
}
