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
 *
 * <p>A stream that has run for the reset time ends its call with success, and is the first attempt of the next call. So the
 * attempts, the delays and the timeouts of the policy begin anew.
 */
final class FluxCall<T> implements AsyncOperation<@Nullable Void>, Subscription {

    private final Retry retry;

    /** The time, in nanoseconds, after which a stream begins a new call; 0 if none does. */
    private final long resetNanos;

    private final Function<? super Attempt, ? extends Flux<T>> source;
    private final CoreSubscriber<? super T> subscriber;

    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger emitting = new AtomicInteger();
    private final AtomicReference<@Nullable Runnable> next = new AtomicReference<>();
    private volatile @Nullable FluxAttempt<T> current;
    private volatile @Nullable CompletableFuture<@Nullable Void> call;
    private volatile boolean cancelled;

    /** The attempt whose stream goes on in the next call, until that has taken it over. */
    private volatile @Nullable FluxAttempt<T> goingOn;

    /** Written by the thread that emits, read when none does. */
    private long emitted;

    private FluxCall(
            Retry retry,
            long resetNanos,
            Function<? super Attempt, ? extends Flux<T>> source,
            CoreSubscriber<? super T> subscriber) {
        this.retry = retry;
        this.resetNanos = resetNanos;
        this.source = source;
        this.subscriber = subscriber;
    }

    static <T> void start(
            Retry retry,
            long resetNanos,
            Function<? super Attempt, ? extends Flux<T>> source,
            Subscriber<? super T> subscriber) {
        FluxCall<T> started = new FluxCall<>(retry, resetNanos, source, Operators.toCoreSubscriber(subscriber));
        started.subscriber.onSubscribe(started);
        if (!started.cancelled) {
            Enclosing.run(started.context(), started::start);
        }
    }

    private void start() {
        CompletableFuture<@Nullable Void> begun;
        try {
            begun = retry.callAsyncWithAttempt(this);
        } catch (Throwable bug) {
            ended(null, bug);
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
        FluxAttempt<T> going = takeGoingOn();
        if (going != null && attempt.number() == 1) {
            return going.stage();
        }
        stop(going);
        FluxAttempt<T> begun = new FluxAttempt<>(this, context());
        // Not afterwards: a source that emits at once may have begun another one.
        CompletionStage<@Nullable Void> stage = begun.stage();
        turn(begun, () -> begun.begin(source, attempt));
        return stage;
    }

    private @Nullable FluxAttempt<T> takeGoingOn() {
        FluxAttempt<T> going = goingOn;
        goingOn = null;
        return going;
    }

    /** Ends a stream that was to go on: its time was up at the same moment. */
    private static void stop(@Nullable FluxAttempt<?> going) {
        if (going != null) {
            going.stop();
        }
    }

    private void ended(@Nullable Void nothing, @Nullable Throwable error) {
        if (cancelled) {
            return;
        }
        if (error == null && goingOn != null) {
            Enclosing.run(context(), this::start);
        } else {
            stop(takeGoingOn());
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
                if (resetNanos > 0 && attempt.hasRun(resetNanos, retry.time().nanoTime())) {
                    beginAnew(attempt);
                }
            } else {
                Discards.late(element, context());
            }
        } finally {
            if (emitting.decrementAndGet() == 0 && next.get() != null) {
                runNext();
            }
        }
    }

    /** Ends the call with success, at whose end the next one takes the stream over. */
    private void beginAnew(FluxAttempt<T> attempt) {
        goingOn = attempt;
        if (!attempt.beginAnew()) {
            goingOn = null;
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
