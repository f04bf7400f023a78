package dev.respite.call;

import dev.respite.AsyncOperation;
import dev.respite.Operation;
import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.cause.CauseChain;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The end of a call: its value or its failure, the reason why it ended, and its history.
 *
 * <pre>{@code
 * CallResult<Quote> result = CallResult.call(retry, () -> service.fetch("ACME"));
 * log.info(result.history().summary());
 * return result.orElse(Quote.UNKNOWN);
 * }</pre>
 *
 * <p>The call is one of the retry, with its policy, budget, counts and listeners. It costs the history, which a plain call that
 * succeeds at once does not have: some objects and two readings of the clock. Immutable.
 *
 * @param outcome what the last attempt produced: a value, which the policy has accepted only if {@link #isAccepted()}, or a
 *     failure, as it was thrown
 * @param history the attempts, the time that they took, and why the call ended
 * @param <T> the type of the value
 */
public record CallResult<T extends @Nullable Object>(Outcome<T> outcome, History history) {

    /** Rejects a missing outcome and a missing history. */
    public CallResult {
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(history, "history");
    }

    /**
     * Runs a call on this thread, as {@link Retry#call(Callable)} does, and returns how it ended. A failure is part of the result
     * and is not thrown, whatever it is. If the thread was interrupted, its interrupt flag is set afterwards.
     *
     * @param retry the retry whose call this is
     * @param operation the work, which may be run several times; an {@link Operation} receives its attempts
     * @param <T> the type of the value
     * @return the result
     */
    public static <T extends @Nullable Object> CallResult<T> call(Retry retry, Callable<T> operation) {
        Objects.requireNonNull(operation, "operation");
        return observe(retry, observed -> observed.call(operation));
    }

    /**
     * Runs a call on this thread, as {@link Retry#callWithInterrupt(Callable)} does, which interrupts attempts whose time is
     * up; otherwise as {@link #call}.
     *
     * @param retry the retry whose call this is
     * @param operation the work, which may be run several times and ends when its thread is interrupted
     * @param <T> the type of the value
     * @return the result
     */
    public static <T extends @Nullable Object> CallResult<T> callWithInterrupt(Retry retry, Callable<T> operation) {
        Objects.requireNonNull(operation, "operation");
        return observe(retry, observed -> observed.callWithInterrupt(operation));
    }

    /**
     * Runs an asynchronous call, as {@link Retry#callAsync} does.
     *
     * @param retry the retry whose call this is
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return completes with the result, and not exceptionally; completing it in another way, or cancelling it, ends the call
     */
    public static <T extends @Nullable Object> CompletableFuture<CallResult<T>> callAsync(
            Retry retry, AsyncOperation.Simple<T> operation) {
        EndRecorder end = new EndRecorder();
        CompletableFuture<T> call = retry.withListener(end).callAsync(operation);
        CompletableFuture<CallResult<T>> result = new CompletableFuture<>();
        CompletableFuture<?> unusedForward = call.whenComplete((value, error) -> {
            @Nullable History history = end.history;
            if (history == null) {
                result.completeExceptionally(
                        error == null ? new IllegalStateException("the call has no history") : error);
            } else {
                result.complete(
                        new CallResult<>(error == null ? Outcome.success(value) : Outcome.<T>failure(error), history));
            }
        });
        CompletableFuture<?> unusedCancel = result.whenComplete((value, error) -> call.cancel(true));
        return result;
    }

    /** A blocking call of a retry. */
    private interface BlockingCall<T extends @Nullable Object> {
        T on(Retry observed) throws Exception;
    }

    private static <T extends @Nullable Object> CallResult<T> observe(Retry retry, BlockingCall<T> call) {
        EndRecorder end = new EndRecorder();
        Outcome<T> outcome;
        try {
            outcome = Outcome.success(call.on(retry.withListener(end)));
        } catch (Throwable error) {
            @Nullable History history = end.history;
            if (history == null) {
                // The time source of the retry has thrown: there was no call.
                throw CallResult.<RuntimeException>asIs(error);
            }
            return new CallResult<>(Outcome.failure(error), history);
        }
        return new CallResult<>(outcome, Objects.requireNonNull(end.history, "a call that returns has ended"));
    }

    /** {@return whether the policy accepted the value; false for a failure, and for a value that was the last but not a good one} */
    public boolean isAccepted() {
        return stopReason() == StopReason.ACCEPTED;
    }

    /** {@return the reason for which the call ended; {@link StopReason#ACCEPTED} if it succeeded} */
    public StopReason stopReason() {
        return history.reason();
    }

    /** {@return the failure of the last attempt as it was thrown; empty if that attempt returned a value, accepted or not} */
    public Optional<Throwable> failure() {
        return outcome instanceof Outcome.Failure<T> failed ? Optional.of(failed.error()) : Optional.empty();
    }

    /**
     * Returns the accepted value, or a fallback if there is none. The fallback hides neither an {@link Error} nor the end by
     * an interruption or a cancellation: those are thrown as they are.
     *
     * @param fallback the value to use if the call did not succeed
     * @return the accepted value, or the fallback
     */
    public T orElse(T fallback) {
        return orElseGet(failed -> fallback);
    }

    /**
     * Returns the accepted value, or what a function makes of this result if there is none; otherwise as {@link #orElse}. The
     * function decides by the {@linkplain #stopReason() stop reason} or the {@linkplain #outcome() outcome}.
     *
     * @param fallback is applied to this result if the call did not succeed
     * @return the accepted value, or the function's
     */
    public T orElseGet(Function<? super CallResult<T>, ? extends T> fallback) {
        Objects.requireNonNull(fallback, "fallback");
        if (isAccepted() && outcome instanceof Outcome.Success<T> success) {
            return success.value();
        }
        if (outcome instanceof Outcome.Failure<T> failed && hasNoFallback(failed)) {
            throw CallResult.<RuntimeException>asIs(failed.error());
        }
        return fallback.apply(this);
    }

    /**
     * {@return what the call of {@link Retry} would have returned or thrown: the last value, accepted or not, or the last failure}
     *
     * @throws Exception the last failure, as it was thrown
     */
    public T get() throws Exception {
        if (outcome instanceof Outcome.Failure<T> failed) {
            throw CallResult.<Exception>asIs(failed.error());
        }
        return ((Outcome.Success<T>) outcome).value();
    }

    private boolean hasNoFallback(Outcome.Failure<T> failed) {
        return switch (stopReason()) {
            case INTERRUPTED, CANCELLED -> true;
            default ->
                CauseChain.first(
                                failed.error(), error -> error instanceof Error ? Optional.of(error) : Optional.empty())
                        .isPresent();
        };
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // throws the given error, whatever its type
    private static <X extends Throwable> X asIs(Throwable error) throws X {
        throw (X) error;
    }

    /** Listens to one call and keeps its history. The call ends on one thread, and its caller may be another one. */
    private static final class EndRecorder implements RetryListener {

        private volatile @Nullable History history;

        @Override
        public void on(RetryEvent event) {
            if (event instanceof RetryEvent.CallEnded ended) {
                history = ended.history();
            }
        }
    }
}
