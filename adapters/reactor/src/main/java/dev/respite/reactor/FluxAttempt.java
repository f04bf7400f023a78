package dev.respite.reactor;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Outcome;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** One attempt of a {@link FluxCall}: the subscription to the source, and the stage that the call waits for. */
final class FluxAttempt<T> implements CoreSubscriber<T> {

    private final FluxCall<T> call;
    private final Context context;
    private final Operators.DeferredSubscription upstream = new Operators.DeferredSubscription();

    /** The thread that requests from upstream also requests for the threads that come in the meantime. */
    private final AtomicInteger asking = new AtomicInteger();

    private volatile boolean subscribed;

    private volatile Stage stage = new Stage();

    /** The time of the first element, or at which a call began anew; empty before. For the thread that emits. */
    private OptionalLong runsSince = OptionalLong.empty();

    /** The number of elements that the subscriber had before this attempt, and that this attempt has requested. */
    private long before;

    private long requestedFromSource;

    FluxAttempt(FluxCall<T> call, Context context) {
        this.call = call;
        this.context = Enclosing.put(context);
    }

    /** Subscribes to the source, unless this attempt is over already. */
    void begin(Function<? super Attempt, ? extends Flux<T>> source, Attempt attempt) {
        if (stage.isDone() || call.isCancelled()) {
            return;
        }
        before = call.emitted();
        try {
            Objects.requireNonNull(source.apply(attempt), "the source of this attempt is null")
                    .subscribe(this);
        } catch (Throwable error) {
            if (new Outcome.Failure<>(error, false).clearedInterruptFlag()) {
                Thread.currentThread().interrupt();
            }
            stage.completeExceptionally(error);
        }
    }

    /** The stage that the call waits for. Its cancellation ends the subscription. */
    private final class Stage extends CompletableFuture<@Nullable Void> {

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
                upstream.cancel();
            }
            return cancelled;
        }
    }

    CompletionStage<@Nullable Void> stage() {
        return stage;
    }

    /** Returns whether the stream has run for so long since its first element, or since this was true. */
    boolean hasRun(long nanos, long now) {
        boolean enough = runsSince.isPresent() && now - runsSince.getAsLong() >= nanos;
        if (enough || runsSince.isEmpty()) {
            runsSince = OptionalLong.of(now);
        }
        return enough;
    }

    /** Ends the stage with success, and goes on under another one. Returns false if the stage has ended. */
    boolean beginAnew() {
        Stage ended = stage;
        stage = new Stage();
        boolean begun = ended.complete(null);
        if (!begun) {
            stage = ended;
        }
        return begun;
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (upstream.set(subscription)) {
            subscribed = true;
            request();
        }
    }

    /** Requests from the source what the subscriber wants and has not got, neither from this attempt nor from those before. */
    void request() {
        if (!subscribed || asking.getAndIncrement() != 0) {
            return;
        }
        do {
            long requested = call.requested();
            long wanted = requested == Long.MAX_VALUE ? requested : requested - before;
            long more = wanted - requestedFromSource;
            if (more > 0) {
                requestedFromSource = wanted;
                upstream.request(more);
            }
        } while (asking.decrementAndGet() != 0);
    }

    @Override
    public void onNext(T element) {
        call.emit(this, element);
    }

    @Override
    public void onError(Throwable error) {
        if (!stage.completeExceptionally(error)) {
            Operators.onErrorDropped(error, context);
        }
    }

    @Override
    public void onComplete() {
        stage.complete(null);
    }

    /** Ends the subscription; not the stage, which belongs to the call. */
    void stop() {
        upstream.cancel();
    }
}
