package dev.respite.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.BreakerPerAttempt;
import dev.respite.budget.RetryBudget;
import dev.respite.outcome.ErrorKind;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the breaker counts is what the budget pays for: the first attempt of each call that reaches its target, and each retry. */
class BudgetAndBreakerTest {

    /** A budget that pays everything and keeps the account. */
    private static final class Account implements RetryBudget {
        private int paid;

        @Override
        public boolean tryAcquire(ErrorKind kind) {
            paid++;
            return true;
        }

        @Override
        public void refund(ErrorKind kind) {
            paid--;
        }

        @Override
        public void succeeded() {}

        @Override
        public double retriesLeft() {
            return Double.POSITIVE_INFINITY;
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void attemptsThatReachTheTarget_areThoseOfTheBreaker_andThoseOfTheBudget(boolean waits, boolean asynchronous) {
        // A window that forgets nothing while the breaker is closed; each opening is counted by events below.
        World world = new World(
                "max-attempts=4 total-timeout=20s",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(5)
                        .minimumNumberOfCalls(5)
                        .permittedNumberOfCallsInHalfOpenState(2)
                        .waitIntervalFunctionInOpenState(IntervalFunction.of(3_000)));
        int[] recorded = new int[1];
        world.breaker.getEventPublisher().onSuccess(event -> recorded[0]++).onError(event -> recorded[0]++);
        Account account = new Account();
        BreakerPerAttempt stopping = BreakerPerAttempt.of(world.retry.withBudget(account), world.adapter);
        BreakerPerAttempt quotes = waits ? stopping.waitingWhileOpen() : stopping;

        Random chance = new Random(11);
        int[] callsThatReached = new int[1];
        int[] reached = new int[1];
        for (int call = 0; call < 2_000; call++) {
            int before = reached[0];
            double failureRate = call / 200 % 2 == 0 ? 0.1 : 0.9;
            callOnce(world, quotes, asynchronous, () -> {
                reached[0]++;
                if (chance.nextDouble() < failureRate) {
                    throw new ConnectException("down");
                }
            });
            if (reached[0] > before) {
                callsThatReached[0]++;
            }
            world.pass(Duration.ofMillis(100));
        }

        assertThat(recorded[0]).isEqualTo(reached[0]);
        assertThat(callsThatReached[0] + account.paid).isEqualTo(reached[0]);
        assertThat(account.paid).isGreaterThan(100);
        assertThat(world.retry.counts().errors()).containsKey(ErrorKind.REJECTED);
    }

    private interface Work {
        void run() throws ConnectException;
    }

    private static void callOnce(World world, BreakerPerAttempt quotes, boolean asynchronous, Work work) {
        if (asynchronous) {
            CompletableFuture<Object> future = quotes.callAsync(() -> {
                work.run();
                return CompletableFuture.completedFuture("answer");
            });
            while (!future.isDone()) {
                world.pass(Duration.ofSeconds(1));
            }
            return;
        }
        try {
            quotes.run(work::run);
        } catch (ConnectException | RuntimeException down) {
            // It is counted.
        }
    }
}
