package dev.respite;

import dev.respite.cause.CauseChain;
import dev.respite.outcome.Outcome;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A user's breaker. Its exceptions, except its rejections, are reported and change no call. */
record SafeBreaker(Breaker breaker, EventPublisher reporter) {

    /**
     * Runs work if the breaker lets it pass, and reports its outcome to the breaker.
     *
     * @param <X> what the work throws, as its caller has declared it
     */
    <T extends @Nullable Object, X extends Exception> T run(Callable<? extends T> work) throws X {
        long entered = breaker.acquire();
        T value;
        try {
            value = work.call();
        } catch (Throwable error) {
            failed(entered, error, Thread.currentThread().isInterrupted());
            CallerThread.<X>throwAsIs(error);
            throw new AssertionError(error);
        }
        succeeded(entered, value);
        return value;
    }

    /** An operation whose attempts are past this breaker. */
    <T extends @Nullable Object, X extends Exception> Operation<T, X> around(Operation<T, X> operation) {
        return attempt -> this.<T, X>run(() -> operation.attempt(attempt));
    }

    long acquire() {
        return breaker.acquire();
    }

    void succeeded(long entered, @Nullable Object value) {
        try {
            breaker.succeeded(entered, value);
        } catch (Throwable bug) {
            reporter.report("breaker", bug);
        }
    }

    /** Records the failure of a stage, which has no thread. */
    void failed(long entered, Throwable failure) {
        failed(entered, failure, false);
    }

    private void failed(long entered, Throwable failure, boolean interrupted) {
        Throwable error = CauseChain.unwrap(failure);
        if (isInconclusive(error, interrupted)) {
            release();
            return;
        }
        try {
            breaker.failed(entered, error);
        } catch (Throwable bug) {
            reporter.report("breaker", bug);
        }
    }

    void release() {
        try {
            breaker.release();
        } catch (Throwable bug) {
            reporter.report("breaker", bug);
        }
    }

    private static boolean isInconclusive(Throwable error, boolean interrupted) {
        return error instanceof Error
                || CauseChain.isCancellation(error.getClass())
                || new Outcome.Failure<>(error, interrupted).isInterruption();
    }
}
