package dev.respite.lab.substitute.java.util.concurrent;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@link java.util.concurrent.CompletableFuture} for one thread: without compare-and-set, and without waiting, since nothing could
 * complete it meanwhile.
 *
 * <p>Dependent stages complete in the order in which the JDK completes them, the newest first, and as there in a loop: a long
 * chain needs no deep stack. A simulation depends on that order.
 */
public class TCompletableFuture<T extends @Nullable Object> implements Future<T>, TCompletionStage<T> {

    private boolean isDone;
    private @Nullable T value;
    private @Nullable Throwable error;

    /** The newest of the stages that wait for this one. */
    private @Nullable Dependent<?, ?> dependents;

    /** A stage that waits for another, and what completes it then. */
    private static final class Dependent<S extends @Nullable Object, U extends @Nullable Object> {
        private final TCompletableFuture<S> source;
        private final TCompletableFuture<U> target;
        private final BiConsumer<TCompletableFuture<S>, TCompletableFuture<U>> step;
        private @Nullable Dependent<?, ?> next;

        Dependent(
                TCompletableFuture<S> source,
                TCompletableFuture<U> target,
                BiConsumer<TCompletableFuture<S>, TCompletableFuture<U>> step) {
            this.source = source;
            this.target = target;
            this.step = step;
        }

        /** Completes the stage, unless something else has; returns it. */
        TCompletableFuture<U> fire() {
            if (!target.isDone) {
                try {
                    step.accept(source, target);
                } catch (Throwable thrown) {
                    target.settle(null, wrapped(thrown));
                }
            }
            return target;
        }
    }

    public static <U extends @Nullable Object> TCompletableFuture<U> failedFuture(Throwable error) {
        TCompletableFuture<U> future = new TCompletableFuture<>();
        future.settle(null, Objects.requireNonNull(error));
        return future;
    }

    public <U extends @Nullable Object> TCompletableFuture<U> newIncompleteFuture() {
        return new TCompletableFuture<>();
    }

    public boolean complete(T value) {
        boolean first = settle(value, null);
        fireDependents();
        return first;
    }

    public boolean completeExceptionally(Throwable error) {
        boolean first = settle(null, Objects.requireNonNull(error));
        fireDependents();
        return first;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean first = settle(null, new CancellationException());
        fireDependents();
        return first || isCancelled();
    }

    @Override
    public <U extends @Nullable Object> TCompletableFuture<U> handle(
            BiFunction<? super T, @Nullable Throwable, ? extends U> function) {
        Objects.requireNonNull(function);
        return then((source, target) -> target.settle(function.apply(source.result(), source.error), null));
    }

    @Override
    public TCompletableFuture<T> whenComplete(BiConsumer<? super T, ? super @Nullable Throwable> action) {
        Objects.requireNonNull(action);
        return this.<T>then((source, target) -> {
            T value = source.result();
            @Nullable Throwable error = source.error;
            try {
                action.accept(value, error);
            } catch (Throwable thrown) {
                if (error == null) {
                    throw thrown;
                }
                if (error != thrown) {
                    error.addSuppressed(thrown);
                }
            }
            target.settle(value, error == null ? null : wrapped(error));
        });
    }

    @Override
    public TCompletableFuture<T> toCompletableFuture() {
        return this;
    }

    @Override
    public boolean isDone() {
        return isDone;
    }

    @Override
    public boolean isCancelled() {
        return error instanceof CancellationException;
    }

    public boolean isCompletedExceptionally() {
        return error != null;
    }

    @Override
    public T get() throws ExecutionException {
        requireDone();
        if (error instanceof CancellationException cancelled) {
            throw cancelled;
        }
        if (error != null) {
            boolean carries = error instanceof CompletionException && error.getCause() != null;
            throw new ExecutionException(carries ? error.getCause() : error);
        }
        return result();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws ExecutionException {
        return get();
    }

    public T join() {
        requireDone();
        if (error instanceof CancellationException cancelled) {
            throw cancelled;
        }
        if (error != null) {
            throw wrapped(error);
        }
        return result();
    }

    public T getNow(T absent) {
        return isDone ? join() : absent;
    }

    /** Null where there is none, or where null is the value. */
    @SuppressWarnings("NullAway")
    private T result() {
        return value;
    }

    private void requireDone() {
        if (!isDone) {
            throw new IllegalStateException(
                    "there is one thread, so nothing could complete this future while it waits");
        }
    }

    /** Sets the result if there is none yet. Dependent stages are completed by {@link #fireDependents}. */
    private boolean settle(@Nullable T value, @Nullable Throwable error) {
        if (isDone) {
            return false;
        }
        this.isDone = true;
        this.value = value;
        this.error = error;
        return true;
    }

    private <U extends @Nullable Object> TCompletableFuture<U> then(
            BiConsumer<TCompletableFuture<T>, TCompletableFuture<U>> step) {
        Dependent<T, U> dependent = new Dependent<>(this, newIncompleteFuture(), step);
        if (isDone) {
            return dependent.fire();
        }
        push(dependent);
        return dependent.target;
    }

    private void push(Dependent<?, ?> dependent) {
        dependent.next = dependents;
        dependents = dependent;
    }

    /**
     * Completes the stages that wait for this one, and those that wait for these. Where several wait for one of these, all but the
     * last of them move to this one, and so come after it, in the reverse order.
     */
    private void fireDependents() {
        TCompletableFuture<?> at = this;
        while (isDone) {
            Dependent<?, ?> newest = at.dependents;
            if (newest != null) {
                at.dependents = newest.next;
                if (at != this && newest.next != null) {
                    push(newest);
                } else {
                    newest.next = null;
                    at = newest.fire();
                }
            } else if (at == this) {
                return;
            } else {
                at = this;
            }
        }
    }

    private static CompletionException wrapped(Throwable error) {
        return error instanceof CompletionException already ? already : new CompletionException(error);
    }
}
