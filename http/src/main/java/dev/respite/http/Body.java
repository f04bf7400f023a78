package dev.respite.http;

import java.net.http.HttpResponse.ResponseInfo;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer: read by the caller's handler already, or held until it is decided who gets it.
 *
 * @param <T> what the caller's handler makes of a body
 */
sealed interface Body<T extends @Nullable Object> {

    /** A body that the caller's handler has read, or at least has taken over. */
    record Read<T extends @Nullable Object>(T value) implements Body<T> {}

    /** A body that nobody has read yet. */
    record Held<T extends @Nullable Object>(ResponseInfo info, HeldBody body) implements Body<T> {}
}
