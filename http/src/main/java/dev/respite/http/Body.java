package dev.respite.http;

import java.net.http.HttpResponse.ResponseInfo;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer: read by the caller's handler already, or held until it is decided who gets it.
 *
 * @param <T> what the caller's handler makes of a body
 */
sealed interface Body<T extends @Nullable Object> {

    /** Nobody will read it: lets go of its connection. */
    void giveUp();

    /** A body that the caller's handler has read, or at least has taken over. */
    record Read<T extends @Nullable Object>(T value) implements Body<T> {

        /** What is still open is a stream that has not come to its end. */
        @Override
        public void giveUp() {
            if (value instanceof AutoCloseable open) {
                try {
                    open.close();
                } catch (Exception unheard) {
                    // There is nobody left who could be told.
                }
            }
        }
    }

    /** A body that nobody has read yet. */
    record Held<T extends @Nullable Object>(ResponseInfo info, HeldBody body) implements Body<T> {

        @Override
        public void giveUp() {
            body.cancel();
        }
    }
}
