package dev.respite.http;

import java.net.http.HttpResponse;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The future that {@code sendAsync} returns. It completes as the future of the JDK's client does. Completing it from outside
 * ends the call.
 *
 * <p>Of {@code cancel(true)} the JDK's future ends in one of two ways, by a race of its exchange with itself; a request in flight
 * nearly always ends it. So {@code cancel(true)} completes this one with a {@link CompletionException} around the {@link
 * CancellationException}, so that {@code get()} throws an {@link java.util.concurrent.ExecutionException}; {@code cancel(false)}
 * as any future's.
 */
final class ResponseFuture<T extends @Nullable Object> extends CompletableFuture<HttpResponse<T>> {

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return mayInterruptIfRunning
                ? completeExceptionally(new CompletionException(new CancellationException("Request cancelled")))
                        || isCancelled()
                : super.cancel(false);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
