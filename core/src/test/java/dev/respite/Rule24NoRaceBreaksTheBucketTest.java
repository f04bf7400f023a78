package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No race makes the balance of a budget negative, or takes it above its cap, or loses a token. */
class Rule24NoRaceBreaksTheBucketTest {

    private static final int THREADS = 8;
    private static final int STEPS = 200_000;

    @FunctionalInterface
    private interface Work {
        /** Does its part and returns the number of granted retries. */
        long of(int thread);
    }

    @RepeatedTest(3)
    void withdrawalsOnly_grantExactlyWhatTheBucketHolds() throws Exception {
        RetryBudget budget = RetryBudgets.of(BudgetSpec.parse("success:0.5/1000000/10"));
        long granted = race(thread -> {
            long mine = 0;
            for (int i = 0; i < STEPS; i++) {
                mine += budget.tryAcquire(ErrorKind.OTHER) ? 1 : 0;
            }
            return mine;
        });
        assertThat(granted).isEqualTo(1_000_000);
        assertThat(budget.retriesLeft()).isZero();
    }

    @RepeatedTest(3)
    void depositsOnly_areAllCounted() throws Exception {
        RetryBudget budget = RetryBudgets.of(BudgetSpec.parse("success:0.5/1000000/1"));
        for (int i = 0; i < 1_000_000; i++) {
            budget.tryAcquire(ErrorKind.OTHER);
        }
        race(thread -> {
            for (int i = 0; i < STEPS; i++) {
                budget.succeeded();
            }
            return 0;
        });
        assertThat(budget.retriesLeft()).isEqualTo(THREADS * STEPS / 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"success:0.5/20/10", "10%", "aws-2.0", "aws-2.1", "grpc:10/0.1", "fleet"})
    void allAtOnce_keepTheBalanceWithinItsBounds(String text) throws Exception {
        RetryBudget budget = RetryBudgets.of(BudgetSpec.parse(text));
        double full = budget.retriesLeft();
        race(thread -> {
            for (int i = 0; i < STEPS / 10; i++) {
                switch ((i * 7 + thread) % 4) {
                    case 0 -> budget.succeeded();
                    case 1 -> budget.failed(new FailedAttempt(ErrorKind.TIMEOUT, 1, 0, 0));
                    case 2 -> budget.succeededAfter(2, ErrorKind.TIMEOUT, 0);
                    default -> budget.tryAcquire(i % 2 == 0 ? ErrorKind.TIMEOUT : ErrorKind.OTHER);
                }
                double left = budget.retriesLeft();
                if (!(left >= 0 && left <= full)) {
                    throw new AssertionError(text + ": " + left + " retries left, of " + full);
                }
            }
            return 0;
        });
    }

    private static long race(Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Long>> parts = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                parts.add(pool.submit(() -> {
                    start.await();
                    return work.of(number);
                }));
            }
            start.countDown();
            long sum = 0;
            for (Future<Long> share : parts) {
                sum += share.get();
            }
            return sum;
        } finally {
            pool.shutdownNow();
        }
    }
}
