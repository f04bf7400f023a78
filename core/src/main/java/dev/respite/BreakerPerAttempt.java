package dev.respite;

import dev.respite.driver.ParallelCall;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker inside a retry: it sees each attempt, the same that the budget pays for.
 *
 * <pre>{@code
 * BreakerPerAttempt quotes = BreakerPerAttempt.of(Retry.withDefaults(), breaker);
 * Quote quote = quotes.call(() -> service.fetch("ACME"));
 * }</pre>
 *
 * <p>A refused attempt does not reach its target. By default it ends the call, with {@link StopReason#CIRCUIT_OPEN}: the
 * caller gets the breaker's own exception. {@link #waitingWhileOpen} waits instead. A retry that was paid for and then
 * refused is given back to the budget when the call ends.
 *
 * <p>The breaker receives values and failures unchanged, whatever their verdict. An attempt that has exceeded its time
 * has failed by a {@link java.util.concurrent.TimeoutException}. It does not receive an {@link Error}, an
 * interruption or a cancellation, by which an attempt only releases its permit.
 *
 * <p>Immutable, and safe for use by any number of threads. For a breaker around the whole call, call the
 * retry inside the breaker, by the API of its library.
 */
public final class BreakerPerAttempt {

    private final Retry given;
    private final Retry retry;
    private final SafeBreaker breaker;

    private BreakerPerAttempt(Retry given, Breaker breaker, boolean waits) {
        this.given = given;
        this.retry = given.driver()
                .withClassifier(new BreakerClassifier(
                        given.policy().classifier(), Objects.requireNonNull(breaker, "breaker"), waits));
        this.breaker = new SafeBreaker(breaker, given.callContext().reporter());
    }

    /**
     * Puts a breaker inside a retry. A refusal ends the call.
     *
     * @param retry the retry, whose budget and counts are shared
     * @param breaker the breaker, one for each target that can fail by itself, as is the retry
     * @return both
     */
    public static BreakerPerAttempt of(Retry retry, Breaker breaker) {
        return new BreakerPerAttempt(retry, breaker, false);
    }

    /**
     * Returns this breaker with rejections retried after its remaining open time; a rejection counts as an attempt and
     * costs no budget token. {@code retry-after} and its limit do not apply. The refusal is an attempt of the call, of
     * the kind {@link ErrorKind#REJECTED}, and costs no token. A call that would reach its total timeout by the wait
     * ends at once, with {@link StopReason#TOTAL_TIMEOUT}; a refusal with no end in sight ends it with {@link
     * StopReason#CIRCUIT_OPEN}.
     *
     * @return both
     */
    public BreakerPerAttempt waitingWhileOpen() {
        return new BreakerPerAttempt(given, breaker.breaker(), true);
    }

    /**
     * Runs work as {@link Retry#call(Operation.Simple)} does, each attempt past the breaker.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     * @return the value of the last attempt
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <T extends @Nullable Object, X extends Exception> T call(Operation.Simple<T, X> operation) throws X {
        return retry.blockingCalls().<T, X>call(breaker, operation);
    }

    /**
     * Runs a callable as {@link Retry#call(Callable)} does, each attempt past the breaker.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return the value of the last attempt
     * @throws Exception the failure of the last attempt, as it was thrown
     */
    public <T extends @Nullable Object> T call(Callable<T> operation) throws Exception {
        return retry.blockingCalls().<T, Exception>call(breaker, operation);
    }

    /**
     * Runs work as {@link Retry#run} does, each attempt past the breaker.
     *
     * @param action the work, which may be run several times
     * @param <X> the checked exception that the work throws
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <X extends Exception> void run(Operation.Action<X> action) throws X {
        retry.blockingCalls().<@Nullable Void, X>call(breaker, action);
    }

    /**
     * Runs work as {@link Retry#callWithAttempt} does, each attempt past the breaker.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     * @return the value of the last attempt
     * @throws X the failure of the last attempt, as it was thrown
     */
    public <T extends @Nullable Object, X extends Exception> T callWithAttempt(Operation<T, X> operation) throws X {
        return retry.blockingCalls().<T, X>call(breaker, operation);
    }

    /**
     * Runs asynchronous work as {@link Retry#callAsync} does, each attempt past the breaker.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return the value of the last attempt, or its failure as it was
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsync(AsyncOperation.Simple<T> operation) {
        return callAsyncWithAttempt(operation);
    }

    /**
     * Runs asynchronous work as {@link Retry#callAsyncWithAttempt} does, each attempt past the breaker.
     *
     * @param operation the work, which may be run several times
     * @param <T> the type of the value
     * @return the value of the last attempt, or its failure as it was
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsyncWithAttempt(AsyncOperation<T> operation) {
        return retry.callAsyncWithAttempt(new Guarded<>(Objects.requireNonNull(operation, "operation"), breaker));
    }

    /**
     * Begins a call, on this thread, whose attempts run side by side, each past the breaker. For the modules of Respite.
     *
     * @param operation the work
     * @param <T> the type of the value
     * @return the call, whose first attempt has not begun
     */
    public <T extends @Nullable Object> ParallelCall<T> parallelCall(AsyncOperation<T> operation) {
        return retry.driver()
                .parallelCall(new Guarded<>(operation, breaker)::attempt, operation.enforcesTimeout(), false);
    }

    private record Guarded<T extends @Nullable Object>(AsyncOperation<T> operation, SafeBreaker breaker)
            implements AsyncOperation<T> {

        @Override
        public CompletionStage<? extends T> attempt(Attempt attempt) throws Exception {
            long entered = breaker.acquire();
            try {
                CompletionStage<? extends T> stage =
                        Objects.requireNonNull(operation.attempt(attempt), "the operation returned no stage");
                return new GuardedStage<T>(stage, breaker, entered).watch();
            } catch (Throwable error) {
                breaker.failed(entered, error);
                throw error;
            }
        }

        @Override
        public boolean enforcesTimeout() {
            return operation.enforcesTimeout();
        }
    }
}
