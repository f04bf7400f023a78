package dev.respite.spring;

import dev.respite.Retry;
import org.jspecify.annotations.Nullable;

/** How the attempts of one call are made. */
interface Attempts {

    /**
     * What an attempt does.
     *
     * @param <T> the type of its result
     * @param <X> what it throws
     */
    @FunctionalInterface
    interface Body<T extends @Nullable Object, X extends Throwable> {
        T run() throws X;
    }

    /** The retry of the call. */
    Retry retry();

    /** Makes an attempt, on any thread. */
    <T extends @Nullable Object, X extends Throwable> T run(Body<T, X> body) throws X;

    /** Attempts whose transactions are not watched. */
    record Plain(Retry retry) implements Attempts {
        @Override
        public <T extends @Nullable Object, X extends Throwable> T run(Body<T, X> body) throws X {
            return body.run();
        }
    }
}
