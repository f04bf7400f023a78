package dev.respite;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker around a retry: it sees each call, however many attempts that takes, and a failure only if the retry has
 * given up on it.
 *
 * <p>A refused call makes no attempt: its caller gets the breaker's own exception, and the retry neither sees nor
 * counts it. What the breaker receives is as in {@link BreakerPerAttempt}, of calls instead of attempts.
 *
 * <p>A call that waits for its budget ({@code budget-wait}) is in progress for the breaker, and holds its permit where the breaker
 * is half-open: with such a policy, use {@link BreakerPerAttempt}.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class BreakerPerCall {

    private final Retry retry;
    private final SafeBreaker breaker;

    private BreakerPerCall(Retry retry, Breaker breaker) {
        this.retry = retry;
        this.breaker = new SafeBreaker(
                Objects.requireNonNull(breaker, "breaker"), retry.callContext().reporter());
    }

    /**
     * Puts a breaker around a retry.
     *
     * @param retry the retry
     * @param breaker the breaker
     * @return both
     */
    public static BreakerPerCall of(Retry retry, Breaker breaker) {
        return new BreakerPerCall(retry, breaker);
    }

    /**
     * Runs work as {@link Retry#call(Operation.Simple)} does, if the breaker lets the call pass.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     * @return the value of the last attempt
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <T extends @Nullable Object, X extends Exception> T call(Operation.Simple<T, X> operation) throws X {
        return callWithAttempt(operation);
    }

    /**
     * Runs a callable as {@link Retry#call(Callable)} does, if the breaker lets the call pass.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return the value of the last attempt
     * @throws Exception the failure of the last attempt, as it was thrown
     */
    public <T extends @Nullable Object> T call(Callable<T> operation) throws Exception {
        return breaker.<T, Exception>run(() -> retry.call(operation));
    }

    /**
     * Runs work as {@link Retry#run} does, if the breaker lets the call pass.
     *
     * @param action the work, which may be run several times
     * @param <X> the checked exception that the work throws
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <X extends Exception> void run(Operation.Action<X> action) throws X {
        callWithAttempt(action);
    }

    /**
     * Runs work as {@link Retry#callWithAttempt} does, if the breaker lets the call pass.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     * @return the value of the last attempt
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <T extends @Nullable Object, X extends Exception> T callWithAttempt(Operation<T, X> operation) throws X {
        return breaker.<T, X>run(() -> retry.callWithAttempt(operation));
    }

    /**
     * Runs asynchronous work as {@link Retry#callAsync} does, if the breaker lets the call pass.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return the value of the last attempt, or its failure as it was; or the breaker's refusal
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsync(AsyncOperation.Simple<T> operation) {
        return callAsyncWithAttempt(operation);
    }

    /**
     * Runs asynchronous work as {@link Retry#callAsyncWithAttempt} does, if the breaker lets the call pass. The breaker
     * receives the end of the call when the returned future completes; if it was completed from outside, by that.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return the value of the last attempt, or its failure as it was; or the breaker's refusal
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsyncWithAttempt(AsyncOperation<T> operation) {
        Objects.requireNonNull(operation, "operation");
        long entered;
        try {
            entered = breaker.acquire();
        } catch (Throwable refused) {
            return CompletableFuture.failedFuture(refused);
        }
        CompletableFuture<T> call = retry.callAsyncWithAttempt(operation);
        CompletionStage<T> ending = call;
        ending.whenComplete((value, error) -> {
            if (error == null) {
                breaker.succeeded(entered, value);
            } else {
                breaker.failed(entered, error);
            }
        });
        return call;
    }
}
