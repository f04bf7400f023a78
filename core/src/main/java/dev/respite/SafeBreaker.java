package dev.respite;

import dev.respite.policy.Attempt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A breaker that somebody else wrote: one that throws, but for its refusals, spoils no call, and the bug is reported. */
record SafeBreaker(Breaker breaker, Reporter reporter) {

    /** Runs an operation, if the breaker lets it pass, and tells the breaker what came of it. */
    <T extends @Nullable Object, X extends Exception> T run(Operation<T, X> operation, Attempt attempt) throws X {
        long entered = breaker.enter();
        T value;
        try {
            value = operation.attempt(attempt);
        } catch (Throwable error) {
            failed(entered, error);
            throw error;
        }
        succeeded(entered, value);
        return value;
    }

    /** An operation whose attempts are past this breaker. */
    <T extends @Nullable Object, X extends Exception> Operation<T, X> around(Operation<T, X> operation) {
        return attempt -> run(operation, attempt);
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
