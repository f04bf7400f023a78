package dev.respite.sim;

import dev.respite.AsyncOperation;
import dev.respite.Hedge;
import dev.respite.Retry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Who makes calls: with retries or, where hedging is asked for and the policy allows more than one attempt, with hedges. */
final class Client {

    private static final int MOST_HEDGED = 5;

    private final Retry retry;
    private final @Nullable Hedge hedge;

    Client(Retry retry, Optional<Duration> hedgeAfter) {
        this.retry = retry;
        int attempts = retry.policy().limits().maxAttempts();
        this.hedge = hedgeAfter.isEmpty() || attempts < 2
                ? null
                : Hedge.of(retry, hedgeAfter.get()).withMaxAttempts(Math.min(attempts, MOST_HEDGED));
    }

    CompletableFuture<Object> call(AsyncOperation<Object> operation) {
        return hedge == null ? retry.callAsync(operation) : hedge.callIdempotent(operation);
    }

    Retry retry() {
        return retry;
    }
}
