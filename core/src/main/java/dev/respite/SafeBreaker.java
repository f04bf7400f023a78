package dev.respite;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A breaker that somebody else wrote: one that throws, but for its refusals, spoils no call, and the bug is reported. */
record SafeBreaker(Breaker breaker, Reporter reporter) {

    /**
     * Runs work if the breaker lets it pass, and reports its outcome to the breaker.
     *
     * @param <X> what the work throws, as its caller has declared it
     */
    <T extends @Nullable Object, X extends Exception> T run(Callable<? extends T> work) throws X {
        long entered = breaker.enter();
        T value;
        try {
            value = work.call();
        } catch (Throwable error) {
            failed(entered, error);
            Retry.<X>throwAsIs(error);
            throw new AssertionError(error);
        }
        succeeded(entered, value);
        return value;
    }

    /** An operation whose attempts are past this breaker. */
    <T extends @Nullable Object, X extends Exception> Operation<T, X> around(Operation<T, X> operation) {
        return attempt -> this.<T, X>run(() -> operation.attempt(attempt));
    }

    long enter() {
        return breaker.enter();
    }

    void succeeded(long entered, @Nullable Object value) {
        try {
            breaker.succeeded(entered, value);
        } catch (Throwable bug) {
            reporter.report("breaker", bug);
        }
    }

    void failed(long entered, Throwable failure) {
        Throwable error = uncarried(failure);
        if (saysNothingOfTheTarget(error)) {
            abandoned();
            return;
        }
        try {
            breaker.failed(entered, error);
        } catch (Throwable bug) {
            reporter.report("breaker", bug);
        }
    }

    void abandoned() {
        try {
            breaker.abandoned();
        } catch (Throwable bug) {
            reporter.report("breaker", bug);
        }
    }

    private static boolean saysNothingOfTheTarget(Throwable error) {
        return error instanceof Error || error instanceof CancellationException || Interruptions.isOfThisThread(error);
    }

    private static Throwable uncarried(Throwable failure) {
        Throwable error = failure;
        while (error instanceof CompletionException || error instanceof ExecutionException) {
            @Nullable Throwable cause = error.getCause();
            if (cause == null) {
                break;
            }
            error = cause;
        }
        return error;
    }
}
