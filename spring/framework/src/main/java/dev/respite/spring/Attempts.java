package dev.respite.spring;

import dev.respite.Operation;
import dev.respite.Retry;
import org.jspecify.annotations.Nullable;

/** The attempts of one call. */
interface Attempts {

    /** Returns the retry of the call. */
    Retry retry();

    /** Makes an attempt, on any thread. */
    <T extends @Nullable Object, X extends Exception> T run(Operation.Simple<T, X> body) throws X;

    /** Returns attempts whose transactions are not watched. */
    static Attempts unwatched(Retry retry) {
        return new Attempts() {
            @Override
            public Retry retry() {
                return retry;
            }

            @Override
            public <T extends @Nullable Object, X extends Exception> T run(Operation.Simple<T, X> body) throws X {
                return body.call();
            }
        };
    }
}
