package dev.respite.benchmarks.scale;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The floor: one future for each call, and one task of a timer that completes it. */
final class HandWrittenScale implements Retries {

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

    @Override
    public CompletionStage<?> start(WaitLedger ledger, int call) {
        return retried(() -> ledger.attempt(call), ledger.delayMillis(call));
    }

    private CompletionStage<Object> retried(Supplier<CompletableFuture<Object>> operation, long delayMillis) {
        CompletableFuture<Object> first = operation.get();
        if (!first.isCompletedExceptionally()) {
            return first;
        }
        CompletableFuture<Object> result = new CompletableFuture<>();
        // A lambda with a value is a callable, which spares an adapter of 24 bytes.
        ScheduledFuture<Boolean> unused =
                timer.schedule(() -> result.complete(operation.get().join()), delayMillis, TimeUnit.MILLISECONDS);
        return result;
    }
}
