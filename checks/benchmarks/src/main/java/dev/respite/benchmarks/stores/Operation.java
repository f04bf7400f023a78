package dev.respite.benchmarks.stores;

import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import java.util.Locale;

/** An operation that is measured in each store. */
enum Operation {
    EXECUTE,
    REPLAY;

    /** Returns the next request of a client: with a new key to execute, with the key of a stored response to replay. */
    IdempotentCall next(StoreCalls calls) {
        return this == EXECUTE ? calls.fresh() : calls.nextDone();
    }

    /** Fails unless Respite made the measured operation. */
    void check(IdempotentResult result) {
        Class<?> expected = this == EXECUTE ? IdempotentResult.Executed.class : IdempotentResult.Replayed.class;
        if (!expected.isInstance(result)) {
            throw new IllegalStateException("instead of " + this + ", the result was " + result);
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
