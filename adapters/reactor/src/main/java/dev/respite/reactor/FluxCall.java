package dev.respite.reactor;

import dev.respite.AsyncOperation;
import dev.respite.Retry;
import dev.respite.outcome.Attempt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One call, made for one subscriber of a {@link Flux}: its attempts emit to that subscriber, one after the other.
 *
 * <p>An attempt may be over while it still emits: its time is up, but the subscriber is at work with an element on another
 * thread. The next step, another attempt or the end, waits for that. {@code emitting} counts the threads within the
 * subscriber, {@code next} is the waiting step, and the side that leaves last runs it. Each side first writes its own state and
 * then reads the state of the other. A thread that emits counts itself, then reads {@code current}. A thread that changes
 * {@code current} then reads the count. So at least one of them finds the other.
 */
final class FluxCall<T> implements AsyncOperation<@Nullable Void>, Subscription {

    private final Function<? super Attempt, ? extends Flux<T>> source;
    private final CoreSubscriber<? super T> subscriber;

    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger emitting = new AtomicInteger();
    private final AtomicReference<@Nullable Runnable> next = new AtomicReference<>();
    private volatile @Nullable FluxAttempt<T> current;
    private volatile @Nullable CompletableFuture<@Nullable Void> call;
    private volatile boolean cancelled;

    /** Written by the thread that emits, read when none does. */
    private long emitted;

    private FluxCall(Function<? super Attempt, ? extends Flux<T>> source, CoreSubscriber<? super T> subscriber) {
        this.source = source;
        this.subscriber = subscriber;
    }

    static <T> void start(
            Retry retry, Function<? super Attempt, ? extends Flux<T>> source, Subscriber<? super T> subscriber) {
        FluxCall<T> started = new FluxCall<>(source, Operators.toCoreSubscriber(subscriber));
        started.subscriber.onSubscribe(started);
        if (!started.cancelled) {
            Enclosing.run(started.context(), () -> started.start(retry));
        }
    }

    private void start(Retry retry) {
        CompletableFuture<@Nullable Void> begun;
        try {
            begun = retry.callAsyncWithAttempt(this);
        } catch (Throwable bug) {
            subscriber.onError(bug);
            return;
        }
        call = begun;
        if (cancelled) {
            begun.cancel(true);
        }
        var unused = begun.whenComplete(this::ended);
    }

    @Override
    public CompletionStage<@Nullable Void> attempt(Attempt attempt) {
        FluxAttempt<T> begun = new FluxAttempt<>(this, context());
        turn(begun, () -> begun.begin(source, attempt));
        return begun;
    }

    private void ended(@Nullable Void nothing, @Nullable Throwable error) {
        if (!cancelled) {
            turn(null, error == null ? subscriber::onComplete : () -> subscriber.onError(error));
        }
    }

    /** Lets only this attempt emit from now on. Its beginning runs when the last emission of another attempt is over. */
    private void turn(@Nullable FluxAttempt<T> attempt, Runnable beginning) {
        current = attempt;
        next.set(beginning);
        if (emitting.get() == 0) {
            runNext();
        }
    }

    private void runNext() {
        Runnable waiting = next.getAndSet(null);
        if (waiting != null) {
            waiting.run();
        }
    }

    /** Emits an element, if it is this attempt's turn. */
    void emit(FluxAttempt<T> attempt, T element) {
        emitting.incrementAndGet();
        try {
            if (current == attempt && !cancelled) {
                emitted++;
                subscriber.onNext(element);
            } else {
                Discards.late(element, context());
            }
        } finally {
            if (emitting.decrementAndGet() == 0 && next.get() != null) {
                runNext();
            }
        }
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            requested.accumulateAndGet(n, Operators::addCap);
            FluxAttempt<T> attempt = current;
            if (attempt != null) {
                attempt.request();
            }
        }
    }

    /**
     * The subscriber cancels; possibly while an attempt is being begun, within the first element for example. There may be no call
     * then, or it does not have the attempt yet.
     */
    @Override
    public void cancel() {
        cancelled = true;
        CompletableFuture<@Nullable Void> begun = call;
        if (begun != null) {
            begun.cancel(true);
        }
        FluxAttempt<T> attempt = current;
        if (attempt != null) {
            attempt.stop();
        }
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Returns the number of elements that the subscriber has requested in all. */
    long requested() {
        return requested.get();
    }

    /** Returns the number of elements that it has received; to be read when no thread emits. */
    long emitted() {
        return emitted;
    }

    Context context() {
        return subscriber.currentContext();
    }
}
