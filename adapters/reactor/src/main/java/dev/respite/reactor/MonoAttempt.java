package dev.respite.reactor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One attempt of a {@link MonoCall}: the subscription to the source, and the stage that the call waits for.
 *
 * <p>{@code Mono.toFuture} does not suffice: a late value must meet the hooks in the subscriber's context. So must a value that
 * came in time and reaches no subscriber.
 */
final class MonoAttempt<T> extends CompletableFuture<@Nullable T> implements CoreSubscriber<T> {

    private final Context context;
    private final Operators.DeferredSubscription upstream = new Operators.DeferredSubscription();
    private final AtomicBoolean discarded = new AtomicBoolean();
    private volatile boolean unwanted;

    MonoAttempt(Context context) {
        this.context = Enclosing.put(context);
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (upstream.set(subscription)) {
            upstream.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(T value) {
        if (!complete(value)) {
            Discards.late(value, context);
        } else if (unwanted) {
            discard();
        }
    }

    @Override
    public void onError(Throwable error) {
        if (!completeExceptionally(error)) {
            Operators.onErrorDropped(error, context);
        }
    }

    @Override
    public void onComplete() {
        complete(null);
    }

    /** Ends the subscription; not the stage, which belongs to the call. */
    void stop() {
        upstream.cancel();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            upstream.cancel();
        }
        return cancelled;
    }

    /** No subscriber receives the value, be it there or yet to come. */
    void forget() {
        unwanted = true;
        discard();
    }

    private void discard() {
        if (isDone() && !isCompletedExceptionally() && discarded.compareAndSet(false, true)) {
            Discards.rejected(join(), context);
        }
    }
}
