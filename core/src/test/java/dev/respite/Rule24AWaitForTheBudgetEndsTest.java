package dev.respite;

import static dev.respite.BudgetWaitFixture.POLICY;
import static dev.respite.BudgetWaitFixture.failingFirst;
import static dev.respite.BudgetWaitFixture.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.BudgetWaitFixture.Empty;
import dev.respite.RetryEvent.BudgetWaitEnded;
import dev.respite.RetryEvent.BudgetWaitEnded.Result;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A call that is cancelled or interrupted, or whose scheduler is shut down, leaves the queue of its budget. */
class Rule24AWaitForTheBudgetEndsTest {

    private final BudgetWaitFixture fixture = new BudgetWaitFixture();
    private final VirtualTime time = fixture.time;
    private final Recorder recorder = fixture.recorder;

    @Test
    void moreCallsThanMayWait_endAtOnce() {
        Retry retry = fixture.retrying("budget-wait=20s/2");
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(failingFirst(retry, () -> {}));
        }
        assertThat(calls.get(2)).isCompletedExceptionally();
        assertThat(calls.get(0)).isNotDone();
        assertThat(calls.get(1)).isNotDone();
        calls.get(0).cancel(true);

        // A call that has left makes room for another.
        assertThat(failingFirst(retry, () -> {})).isNotDone();
    }

    @Test
    void cancelledCall_isSkipped() {
        Retry retry = fixture.recorded("");
        List<Integer> order = new ArrayList<>();
        CompletableFuture<Object> first = failingFirst(retry, () -> order.add(1));
        CompletableFuture<Object> second = failingFirst(retry, () -> order.add(2));
        time.advance(Duration.ofSeconds(1));
        first.cancel(true);
        assertThat(recorder.all(BudgetWaitEnded.class))
                .extracting(BudgetWaitEnded::result)
                .containsExactly(Result.CANCELLED);

        succeed(retry, 20);
        time.advance(Duration.ofSeconds(1));

        assertThat(order).containsExactly(2);
        assertThat(second).isCompletedWithValue("value");
        assertThat(retry.counts().budgetWaits().waiting()).isZero();
    }

    @Test
    void callCancelledInItsDelay_hasNotWaited() {
        Retry retry = fixture.recorded("");
        CompletableFuture<Object> call = failingFirst(retry, () -> {});
        call.cancel(true);
        assertThat(recorder.all(BudgetWaitEnded.class)).isEmpty();
        assertThat(retry.counts().budgetWaits().begun()).isZero();
        assertThat(RetryBudgets.queueOf(retry.budget()).orElseThrow().admitted())
                .isZero();
    }

    @Test
    void interruptedCall_leavesTheQueue() {
        Retry retry = fixture.recorded("");
        var unused = time.schedule(
                Thread.currentThread()::interrupt, Duration.ofSeconds(3).toNanos());
        try {
            assertThatThrownBy(() -> retry.call(Script.of(new ConnectException())))
                    .isInstanceOf(ConnectException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(recorder.all(BudgetWaitEnded.class).get(0).result()).isEqualTo(Result.CANCELLED);
        assertThat(RetryBudgets.queueOf(retry.budget()).orElseThrow().admitted())
                .isZero();
    }

    @Test
    void listenerThatThrowsAtTheEndOfTheWait_changesNothing() {
        Retry retry = fixture.retrying("").withListener(event -> {
            if (event instanceof BudgetWaitEnded) {
                throw new IllegalStateException("bug");
            }
        });
        CompletableFuture<Object> call = failingFirst(retry, () -> {});
        time.advance(Duration.ofSeconds(1));
        succeed(retry, 20);
        time.advance(Duration.ofSeconds(1));
        assertThat(call).isCompletedWithValue("value");
    }

    @Test
    void budgetThatThrows_isReported_andTheCallWaits() {
        Retry retry = Retry.withoutWarnings(RetryPolicy.parse(POLICY + "budget-wait=20s"), time)
                .withBudget(new RetryBudget() {
                    @Override
                    public boolean tryAcquire(ErrorKind kind) {
                        throw new IllegalStateException("bug");
                    }

                    @Override
                    public void succeeded() {}

                    @Override
                    public double retriesLeft() {
                        return 0;
                    }
                })
                .withListener(recorder);
        CompletableFuture<Object> call = failingFirst(retry, () -> {});
        time.advance(Duration.ofSeconds(1));
        succeed(retry, 20);
        time.advance(Duration.ofSeconds(1));
        assertThat(call).isCompletedWithValue("value");
        assertThat(recorder.all(RetryEvent.CallbackFailed.class)).hasSize(1);
    }

    @Test
    void schedulerThatIsShutDownInTheWait_endsTheCall() {
        ManualTime manual = new ManualTime();
        Retry retry = Retry.withoutWarnings(RetryPolicy.parse(POLICY + "budget-wait=20s"), manual)
                .withBudget(new Empty())
                .withListener(recorder);
        CompletableFuture<Object> call = failingFirst(retry, () -> {});
        manual.tasks.get(0).run(); // The delay is over; its limit and the next look at the queue are scheduled.
        assertThat(retry.counts().budgetWaits().waiting()).isEqualTo(1);

        manual.tasks.forEach(ManualTime.Entry::drop);
        manual.tasks.forEach(ManualTime.Entry::run);

        assertThat(call).failsWithin(Duration.ofSeconds(10));
        assertThat(retry.counts().ended(StopReason.EXECUTOR_REFUSED)).isEqualTo(1);
        assertThat(retry.counts().budgetWaits().waiting()).isZero();
        assertThat(RetryBudgets.queueOf(retry.budget()).orElseThrow().admitted())
                .isZero();
    }

    @Test
    void blockingCall_whoseTimeSourceSchedulesNothing_endsWithItsOwnFailure() {
        TimeSource ended = new ManualTime() {
            @Override
            public void sleep(long nanos) {}

            @Override
            public Future<?> schedule(Task task, long delayNanos) {
                throw new RejectedExecutionException("shut down");
            }
        };
        Retry retry = Retry.withoutWarnings(RetryPolicy.parse(POLICY + "budget-wait=20s"), ended)
                .withBudget(new Empty());
        assertThatThrownBy(() -> retry.call(Script.of(new ConnectException()))).isInstanceOf(ConnectException.class);
        assertThat(retry.counts().ended(StopReason.EXECUTOR_REFUSED)).isEqualTo(1);
        assertThat(RetryBudgets.queueOf(retry.budget()).orElseThrow().admitted())
                .isZero();
    }

    /** A wait that helps the pool would run the second call within the first. A future waits in that way. */
    @Test
    void wait_onAThreadOfAForkJoinPool_runsNoOtherTask() throws Exception {
        ForkJoinPool pool = new ForkJoinPool(1);
        try {
            CompletableFuture<Void> signal = new CompletableFuture<>();
            AtomicBoolean other = new AtomicBoolean();
            CountDownLatch begun = new CountDownLatch(1);
            ForkJoinTask<Boolean> waits = pool.submit(() -> {
                var unused = CompletableFuture.runAsync(() -> other.set(true), pool);
                begun.countDown();
                TimeSource.system().await(signal);
                return other.get();
            });
            begun.await();
            await().until(() -> pool.getQueuedTaskCount() == 1);
            signal.complete(null);
            assertThat(waits.get(10, TimeUnit.SECONDS)).isFalse();
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void blockingWait_inAVirtualTimeInWhichNothingIsScheduled_isRefused() {
        assertThatThrownBy(() -> time.await(new CompletableFuture<>()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing is scheduled");
    }
}
