package dev.respite.http;

import java.io.IOException;
import java.net.http.HttpResponse.ResponseInfo;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response: read by the caller's handler, or not yet, or lost.
 *
 * @param <T> what the caller's handler makes of a body
 */
sealed interface Body<T extends @Nullable Object> {

    /**
     * {@return the body of a response as the client has it; null if the client has none, as for a response that was redirected}
     * A value that is no {@code Body} comes from a subscriber of the caller that was passed to the client as it is.
     */
    @SuppressWarnings("unchecked") // both come from the handler of one call
    static <T extends @Nullable Object> @Nullable Body<T> of(@Nullable Object content) {
        if (content == null) {
            return null;
        }
        return content instanceof Body<?> body ? (Body<T>) body : new Read<>((T) content);
    }

    /** Gives up its connection or stream, if it has one. */
    void discard();

    /** A body that the caller's handler has read, or has taken over as a stream. */
    record Read<T extends @Nullable Object>(T value) implements Body<T> {

        /** Closes a stream that has not come to its end. */
        @Override
        public void discard() {
            if (value instanceof AutoCloseable open) {
                try {
                    open.close();
                } catch (Exception ignored) {
                    // This body has no reader, so nothing is lost with it.
                }
            }
        }
    }

    /** A body without a reader. */
    record Deferred<T extends @Nullable Object>(ResponseInfo info, DeferredBody body) implements Body<T> {

        @Override
        public void discard() {
            body.cut("it will not be read");
        }
    }

    /** A body that was cut before a delay, of a response that became the call's last one. */
    record Lost<T extends @Nullable Object>(IOException reason) implements Body<T> {

        @Override
        public void discard() {}
    }
}
