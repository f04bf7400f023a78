package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.RetryEvent.BudgetWaitEnded.Result;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;

/** Releases, limits, cancellations and interrupts of many calls on real threads: each wait ends once, and none is left. */
class BudgetQueueRaceTest {

    private static final int CALLS = 2_000;

    private final Retry retry = Retry.withoutWarnings(
                    RetryPolicy.parse("max-attempts=2 backoff=fixed base-delay=1ms jitter=none budget-wait=40ms"),
                    TimeSource.system())
            .withBudget(new RetryBudget() {
                @Override
                public boolean tryAcquire(ErrorKind kind) {
                    return false;
                }

                @Override
                public void succeeded() {}

                @Override
                public double retriesLeft() {
                    return 0;
                }
            });

    @RepeatedTest(5)
    void waits_endOnce_andLeaveNothingBehind() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<?>> successes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            successes.add(threads.submit(() -> {
                while (!over.get()) {
                    retry.call(() -> "value");
                }
            }));
        }
        Random random = new Random(5);
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        List<Future<?>> blocking = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            calls.add(retry.callAsyncWithAttempt(attempt -> attempt.number() == 1
                    ? CompletableFuture.failedFuture(new ConnectException())
                    : CompletableFuture.completedFuture("value")));
            if (i % 20 == 0) {
                blocking.add(threads.submit(() -> retry.call(Script.of(new ConnectException(), "value"))));
            }
            if (random.nextInt(4) == 0) {
                calls.get(random.nextInt(calls.size())).cancel(true);
            }
            if (random.nextInt(40) == 0) {
                blocking.get(random.nextInt(blocking.size())).cancel(true);
            }
        }
        for (CompletableFuture<Object> call : calls) {
            var unused = call.handle((value, failure) -> value).get(30, TimeUnit.SECONDS);
        }
        over.set(true);
        for (Future<?> success : successes) {
            success.get(30, TimeUnit.SECONDS);
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        RetryCounts.BudgetWaits waits = retry.counts().budgetWaits();
        assertThat(waits.waiting()).isZero();
        assertThat(RetryBudgets.queueOf(retry.budget()).orElseThrow().admitted())
                .isZero();
        assertThat(waits.ended(Result.RELEASED) + waits.ended(Result.EXPIRED) + waits.ended(Result.CANCELLED))
                .isEqualTo(waits.begun())
                .isPositive();
        assertThat(retry.counts().attempts() - retry.counts().calls()).isEqualTo(waits.ended(Result.RELEASED));
    }
}
