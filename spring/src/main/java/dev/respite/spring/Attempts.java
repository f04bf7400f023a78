package dev.respite.spring;

import dev.respite.Retry;
import org.jspecify.annotations.Nullable;

/** How the attempts of one call are made. */
interface Attempts {

    /** What an attempt does. */
    @FunctionalInterface
    interface Body {
        @Nullable
        Object run() throws Throwable;
    }

    /** The retry of the call. */
    Retry retry();

    /** Makes an attempt, on any thread. */
    @Nullable
    Object run(Body body) throws Throwable;

    /** Attempts whose transactions are not watched. */
    record Plain(Retry retry) implements Attempts {
        @Override
        public @Nullable Object run(Body body) throws Throwable {
            return body.run();
        }
    }
}
