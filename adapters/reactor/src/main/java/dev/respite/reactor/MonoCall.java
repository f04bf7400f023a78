package dev.respite.reactor;

import dev.respite.AsyncOperation;
import dev.respite.Retry;
import dev.respite.outcome.Attempt;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/** One call, made for one subscriber of a {@link Mono}; disposed of when that cancels. */
final class MonoCall<T> implements AsyncOperation<@Nullable T>, Disposable {

    private final Function<? super Attempt, ? extends Mono<T>> source;
    private final MonoSink<T> sink;

    private volatile @Nullable MonoAttempt<T> current;
    private volatile @Nullable CompletableFuture<@Nullable T> call;
    private volatile boolean cancelled;
    private volatile boolean unwanted;

    private MonoCall(Function<? super Attempt, ? extends Mono<T>> source, MonoSink<T> sink) {
        this.source = source;
        this.sink = sink;
    }

    /** Makes a call for a subscriber. */
    static <T> void start(Retry retry, Function<? super Attempt, ? extends Mono<T>> source, MonoSink<T> sink) {
        MonoCall<T> call = new MonoCall<>(source, sink);
        sink.onCancel(call);
        Enclosing.run(sink.contextView(), () -> call.start(retry));
    }

    private void start(Retry retry) {
        if (cancelled) {
            return;
        }
        CompletableFuture<@Nullable T> begun = retry.callAsyncWithAttempt(this);
        call = begun;
        if (cancelled) {
            abort(begun);
        }
        var unused = begun.whenComplete(this::ended);
    }

    /** Begins an attempt. If there was one before, its value has been rejected. */
    @Override
    public CompletionStage<@Nullable T> attempt(Attempt attempt) {
        MonoAttempt<T> last = current;
        if (last != null) {
            last.forget();
        }
        MonoAttempt<T> next = new MonoAttempt<>(Context.of(sink.contextView()));
        current = next;
        if (unwanted) {
            next.forget();
        }
        Objects.requireNonNull(source.apply(attempt), "the source of this attempt is null")
                .subscribe(next);
        return next;
    }

    private void ended(@Nullable T value, @Nullable Throwable error) {
        if (!cancelled) {
            if (error == null) {
                sink.success(value);
            } else {
                sink.error(error);
            }
        } else if (value != null) {
            Discards.late(value, Context.of(sink.contextView()));
        }
    }

    /**
     * The subscriber cancels; possibly while an attempt is being begun. There may be no call then, or it does not have the attempt
     * yet.
     */
    @Override
    public void dispose() {
        cancelled = true;
        CompletableFuture<@Nullable T> begun = call;
        if (begun != null) {
            abort(begun);
        }
        MonoAttempt<T> attempt = current;
        if (attempt != null) {
            attempt.stop();
        }
    }

    private void abort(CompletableFuture<@Nullable T> begun) {
        if (begun.cancel(true)) {
            unwanted = true;
            MonoAttempt<T> attempt = current;
            if (attempt != null) {
                attempt.forget();
            }
        }
    }
}
