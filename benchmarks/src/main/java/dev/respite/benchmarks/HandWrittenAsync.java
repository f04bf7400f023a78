package dev.respite.benchmarks;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The loop over futures that one would write without a library: the floor of asynchronous calls. */
final class HandWrittenAsync {

    private HandWrittenAsync() {}

    static <T> CompletableFuture<T> call(ScheduledExecutorService scheduler, Supplier<CompletionStage<T>> operation) {
        CompletableFuture<T> result = new CompletableFuture<>();
        attempt(1, scheduler, operation, result);
        return result;
    }

    private static <T> void attempt(
            int attempt,
            ScheduledExecutorService scheduler,
            Supplier<CompletionStage<T>> operation,
            CompletableFuture<T> result) {
        CompletionStage<T> unused = operation.get().whenComplete((value, error) -> {
            if (error == null) {
                result.complete(value);
            } else if (attempt < 3 && error instanceof IOException) {
                Future<?> unusedPlace = scheduler.schedule(
                        () -> attempt(attempt + 1, scheduler, operation, result), 0, TimeUnit.NANOSECONDS);
            } else {
                result.completeExceptionally(error);
            }
        });
    }
}
