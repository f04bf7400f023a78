package dev.respite.benchmarks.scale;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Resilience4j, with a scheduler as its own examples make it. It runs retries on the scheduler's thread. */
final class WithResilience4j implements Retries {

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final Retry retry = Retry.of(
            "scale",
            RetryConfig.custom()
                    .maxAttempts(3)
                    .intervalBiFunction((attempt, outcome) -> FailedCall.delayMillis(outcome.getLeft()))
                    .retryExceptions(IOException.class)
                    .build());

    @Override
    public CompletionStage<?> start(WaitLedger ledger, int call) {
        return retry.executeCompletionStage(scheduler, () -> ledger.attempt(call));
    }
}
