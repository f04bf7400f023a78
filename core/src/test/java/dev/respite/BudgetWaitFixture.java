package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.budget.RetryBudget;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Retries in virtual time whose calls wait for a budget that rejects every retry. */
final class BudgetWaitFixture {

    static final String POLICY = "backoff=fixed base-delay=100ms jitter=none ";
    static final Duration DELAY = Duration.ofMillis(100);

    final VirtualTime time = new VirtualTime(24);
    final Recorder recorder = new Recorder();

    /** A budget that rejects every retry. */
    static final class Empty implements RetryBudget {
        int successes;
        int successesAfterRetries;

        @Override
        public boolean tryAcquire(ErrorKind kind) {
            return false;
        }

        @Override
        public void succeeded() {
            successes++;
        }

        @Override
        public void succeededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {
            successesAfterRetries++;
        }

        @Override
        public double retriesLeft() {
            return 0;
        }
    }

    /** Returns a silent retry whose calls wait 20 s for an {@link Empty} budget, unless the settings have another wait. */
    Retry retrying(String more) {
        String wait = more.contains("budget-wait") ? more : "budget-wait=20s " + more;
        return Retry.withoutWarnings(RetryPolicy.parse(POLICY + wait), time).withBudget(new Empty());
    }

    /** Returns {@link #retrying} whose events are recorded. */
    Retry recorded(String more) {
        return retrying(more).withListener(recorder);
    }

    static CompletableFuture<Object> fails() {
        return CompletableFuture.failedFuture(new ConnectException("down"));
    }

    /** A call that fails, and succeeds when it is released. */
    static CompletableFuture<Object> failingFirst(Retry retry, Runnable released) {
        return retry.callAsyncWithAttempt(attempt -> {
            if (attempt.number() == 1) {
                return fails();
            }
            released.run();
            return CompletableFuture.completedFuture("value");
        });
    }

    /** Makes this many calls that succeed at once. */
    static void succeed(Retry retry, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(retry.call(() -> "other")).isEqualTo("other");
        }
    }

    void succeedAfter(Duration after, Retry retry, int times) {
        var unused = time.schedule(() -> succeed(retry, times), after.toNanos());
    }
}
