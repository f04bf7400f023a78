package dev.respite.budget;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.FleetSpec;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The default budget under many threads, and what a success costs it. */
class FleetBudgetTest {

    private static final long MILLI = 1_000_000L;
    private static final int THREADS = 8;
    private static final int STEPS = 50_000;

    /** One client, whose credit is the most that an account may have, and which has more tokens than credit. */
    private static final FleetTerms LARGE =
            new FleetTerms(new FleetTerms.Funding(1, 1_000_000), account(1), account(1), FleetTerms.DEFAULT.fresh(), 8);

    private static FleetTerms.Account account(double perSuccess) {
        return new FleetTerms.Account(1_000, 1_000, perSuccess, Duration.ofHours(1));
    }

    private static FleetBudget budget(FleetTerms terms, double filled) {
        return new FleetBudget(new FleetAccounts(FleetSpec.DEFAULT.withClients(1), terms, filled));
    }

    @FunctionalInterface
    private interface Work {
        /** Runs the work of a thread and returns the number of granted retries. */
        long of(int thread);
    }

    private static FailedAttempt failed(ErrorKind kind, long now) {
        return new FailedAttempt(kind, 1, now, 0);
    }

    private static long granted(RetryBudget budget, ErrorKind kind, int times) {
        long granted = 0;
        for (int i = 0; i < times; i++) {
            granted += budget.tryAcquire(failed(kind, 0), () -> 1).isPresent() ? 1 : 0;
        }
        return granted;
    }

    @RepeatedTest(3)
    void withdrawalsOnly_grantExactlyWhatTheAccountsHold() throws Exception {
        FleetBudget budget = budget(LARGE, 1);
        assertThat(race(thread -> granted(budget, ErrorKind.IO, STEPS / 10))).isEqualTo(1_000);
        assertThat(race(thread -> granted(budget, ErrorKind.TIMEOUT, STEPS / 10)))
                .isEqualTo(1_000);
        assertThat(race(thread -> granted(budget, RetryBudgets.HEDGE, STEPS * 4)))
                .as("the tokens that are left")
                .isEqualTo(999_000);
        assertThat(budget).hasToString("retries left: 0.0, of overload signals: 0.0");
    }

    @RepeatedTest(3)
    void depositsOnly_areAllCounted() throws Exception {
        FleetTerms slow = new FleetTerms(
                new FleetTerms.Funding(0.5, 1_000_000),
                FleetTerms.DEFAULT.overload(),
                account(0.001),
                FleetTerms.DEFAULT.fresh(),
                8);
        FleetBudget budget = budget(slow, 0);
        race(thread -> {
            for (int i = 0; i < STEPS; i++) {
                budget.succeeded(0);
            }
            return 0;
        });
        assertThat(budget.retriesLeft()).isCloseTo(THREADS * STEPS * 0.001, within(1e-6));
        assertThat(granted(budget, RetryBudgets.HEDGE, THREADS * STEPS))
                .as("the tokens")
                .isEqualTo(THREADS * STEPS / 2);
    }

    @RepeatedTest(3)
    void takesAndRefunds_leaveNothingBehind() throws Exception {
        FleetBudget budget = budget(LARGE, 1);
        race(thread -> {
            for (int i = 0; i < STEPS; i++) {
                budget.tryAcquire(failed(i % 2 == 0 ? ErrorKind.IO : ErrorKind.TIMEOUT, 0), () -> 1)
                        .ifPresent(budget::refund);
            }
            return 0;
        });
        assertThat(budget).hasToString("retries left: 1000.0, of overload signals: 1000.0");
    }

    @RepeatedTest(3)
    void allAtOnce_keepTheAccountsWithinTheirLimits() throws Exception {
        FleetBudget budget = new FleetBudget(FleetSpec.DEFAULT, 1);
        race(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < STEPS; i++) {
                long now = i * MILLI / 4;
                ErrorKind kind = i % 2 == 0 ? ErrorKind.TIMEOUT : ErrorKind.OTHER;
                switch ((i * 7 + thread) % 8) {
                    case 0, 1 -> budget.succeeded(now);
                    case 2 -> budget.succeededAfter(2, kind, now);
                    case 3 -> budget.failed(new FailedAttempt(kind, 1 + i % 3, now, MILLI));
                    case 4 ->
                        budget.tryAcquire(failed(kind, now), random::nextDouble).ifPresent(budget::refund);
                    case 5 -> budget.tryAcquire(failed(kind, now), random::nextDouble);
                    case 6 -> budget.tryAcquire(kind);
                    default -> budget.recordLatency(random.nextInt(20) * MILLI, now);
                }
                double left = budget.retriesLeft();
                if (!(left >= 0 && left <= 8)) {
                    throw new AssertionError(left + " retries left, of 8");
                }
            }
            return 0;
        });
    }

    @Test
    void success_toFullAccounts_takesNoLockFor10Milliseconds() throws Exception {
        FleetBudget budget = new FleetBudget(FleetSpec.DEFAULT, 1);
        long now = 5_000 * MILLI;
        budget.succeeded(now);
        ReentrantLock lock = lockOf(budget);
        CompletableFuture<Void> later;
        lock.lock();
        try {
            CompletableFuture.runAsync(() -> {
                        budget.succeeded(now);
                        budget.succeeded(now + 10 * MILLI - 1);
                        budget.succeeded(now - 10 * MILLI + 1);
                    })
                    .get(10, SECONDS);
            later = CompletableFuture.runAsync(() -> budget.succeeded(now + 10 * MILLI));
            await().until(lock::hasQueuedThreads);
        } finally {
            lock.unlock();
        }
        later.get(10, SECONDS);
    }

    @Test
    void success_toAccountsThatAreNotFull_isCounted() {
        FleetBudget budget = new FleetBudget(FleetSpec.DEFAULT, 1);
        budget.succeeded(0);
        budget.tryAcquire(failed(ErrorKind.IO, 0), () -> 1);
        budget.succeeded(0);
        assertThat(budget.retriesLeft()).isEqualTo(8);
        budget.tryAcquire(failed(ErrorKind.TIMEOUT, 0), () -> 1);
        budget.succeeded(0);
        assertThat(budget).hasToString("retries left: 8.0, of overload signals: 1.1");
    }

    private static ReentrantLock lockOf(FleetBudget budget) throws ReflectiveOperationException {
        Field field = FleetBudget.class.getDeclaredField("lock");
        field.setAccessible(true);
        return (ReentrantLock) field.get(budget);
    }

    @Test
    void latency_isMeasuredOnceIn10Milliseconds() {
        FleetBudget budget = new FleetBudget(FleetSpec.DEFAULT, 1);
        assertThat(budget.clockUse()).isEqualTo(RetryBudget.ClockUse.LATENCY);
        assertThat(budget.wantsLatency(0)).isTrue();
        budget.recordLatency(3 * MILLI, 3 * MILLI);
        assertThat(budget.wantsLatency(13 * MILLI - 1)).isFalse();
        assertThat(budget.wantsLatency(13 * MILLI))
                .as("since the end of the last")
                .isTrue();
        assertThat(budget.wantsLatency(-10 * MILLI)).as("of another clock").isTrue();
    }

    @Test
    void withoutTimes_theBudgetIsThatOfOneMoment() {
        FleetBudget budget = new FleetBudget(FleetSpec.DEFAULT, 1);
        int granted = 0;
        while (budget.tryAcquire(ErrorKind.IO)) {
            granted++;
        }
        assertThat(granted).isEqualTo(8);
        budget.succeeded();
        assertThat(budget.retriesLeft()).isEqualTo(1);
        assertThat(budget.tryAcquire(ErrorKind.TIMEOUT)).isTrue();
        assertThat(budget.tryAcquire(ErrorKind.TIMEOUT)).isTrue();
        assertThat(budget.tryAcquire(ErrorKind.TIMEOUT)).isFalse();
    }

    /** A success in a hundred microseconds after another, so that one in a hundred takes the lock. */
    @Test
    void success_makesNoObject() {
        FleetBudget budget = new FleetBudget(FleetSpec.DEFAULT, 1);
        long bytes = 0;
        long[] now = new long[1];
        for (int round = 0; round < 5; round++) {
            bytes = allocated(() -> {
                for (int i = 0; i < 200_000; i++) {
                    now[0] += MILLI / 10;
                    budget.succeeded(now[0]);
                    if (budget.wantsLatency(now[0])) {
                        budget.recordLatency(MILLI, now[0] + MILLI);
                    }
                }
            });
        }
        assertThat(bytes / 200_000.0).isLessThan(0.01);
    }

    private static long allocated(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        work.run();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }

    private static long race(Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Long>> counts = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                counts.add(pool.submit(() -> {
                    start.await();
                    return work.of(number);
                }));
            }
            start.countDown();
            long sum = 0;
            for (Future<Long> count : counts) {
                sum += count.get();
            }
            return sum;
        } finally {
            pool.shutdownNow();
        }
    }
}
