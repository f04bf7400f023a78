package dev.respite.sim;

import dev.respite.AsyncOperation;
import dev.respite.Breaker;
import dev.respite.BreakerPerAttempt;
import dev.respite.Retry;
import dev.respite.hedge.Hedge;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls: with retries, past a breaker if there is one, or, where hedging is set and the policy allows more
 * than one attempt, with hedges.
 */
final class SimulatedClient {

    private static final int MAX_HEDGED = 5;

    private final Retry retry;
    private final @Nullable Hedge hedge;
    private final @Nullable Breaker breaker;
    private final @Nullable BreakerPerAttempt guarded;

    SimulatedClient(Retry retry, Optional<Duration> hedgeAfter, Optional<Breaker> breaker) {
        this.retry = retry;
        this.breaker = breaker.orElse(null);
        this.guarded = this.breaker == null ? null : BreakerPerAttempt.of(retry, this.breaker);
        int attempts = retry.policy().limits().maxAttempts();
        this.hedge = hedgeAfter.isEmpty() || attempts < 2
                ? null
                : Hedge.of(retry, hedgeAfter.get()).withMaxAttempts(Math.min(attempts, MAX_HEDGED));
    }

    /** Returns this client with another retry. */
    SimulatedClient withRetry(Retry other, Optional<Duration> hedgeAfter) {
        return new SimulatedClient(other, hedgeAfter, Optional.ofNullable(breaker));
    }

    CompletableFuture<Object> call(AsyncOperation<Object> operation) {
        if (guarded != null) {
            return guarded.callAsyncWithAttempt(operation);
        }
        return hedge == null ? retry.callAsyncWithAttempt(operation) : hedge.callIdempotentWithAttempt(operation);
    }

    /**
     * Makes a call whose decisions are published. It has a retry of its own, with the budget, the counts and the breaker of all;
     * a hedged call shares more than that, and decides on no retries.
     */
    CompletableFuture<Object> call(AsyncOperation<Object> operation, CallEvents events) {
        if (hedge != null && breaker == null) {
            return call(operation);
        }
        Retry observed = retry.withListener(events);
        return breaker == null
                ? observed.callAsyncWithAttempt(operation)
                : BreakerPerAttempt.of(observed, breaker).callAsyncWithAttempt(operation);
    }

    Retry retry() {
        return retry;
    }
}
