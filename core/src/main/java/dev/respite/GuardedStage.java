package dev.respite;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The stage of an attempt that a breaker has let pass. The breaker is notified first, and once; then the stages that depend on this one.
 *
 * <p>The driver cancels a stage when its time is up and when its call is broken off. To a breaker the first is a failure of
 * the target, the second nothing: so the driver ends these stages by {@link #timedOut} and {@link #cancel}.
 */
final class GuardedStage<T extends @Nullable Object> extends CompletableFuture<T> implements BiConsumer<T, Throwable> {

    private final CompletionStage<? extends T> stage;
    private final SafeBreaker breaker;
    private final long entered;
    private final AtomicBoolean reported = new AtomicBoolean();

    GuardedStage(CompletionStage<? extends T> stage, SafeBreaker breaker, long entered) {
        this.stage = stage;
        this.breaker = breaker;
        this.entered = entered;
    }

    GuardedStage<T> watch() {
        stage.whenComplete(this);
        return this;
    }

    @Override
    public void accept(T value, @Nullable Throwable error) {
        if (!reported.compareAndSet(false, true)) {
            breaker.reporter().discard(value);
        } else if (error == null) {
            breaker.succeeded(entered, value);
            complete(value);
        } else {
            breaker.failed(entered, error);
            completeExceptionally(error);
        }
    }

    /** The attempt has taken too long. */
    void timedOut(TimeoutException error) {
        if (reported.compareAndSet(false, true)) {
            breaker.failed(entered, error);
            Stages.cancel(stage);
            completeExceptionally(error);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (reported.compareAndSet(false, true)) {
            breaker.release();
            Stages.cancel(stage);
        }
        return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
