package dev.respite.reactor;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Releases values that reach no subscriber: closes those that can be closed, and passes any other to the discard hook. Not both:
 * a hook that releases buffers would release those twice which can be closed as well.
 */
final class Discards {

    private Discards() {}

    /** A value of which Respite's core knows nothing, since it came when its attempt was over. */
    static void late(Object value, Context context) {
        if (value instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Throwable bug) {
                Operators.onErrorDropped(bug, context);
            }
        } else {
            Operators.onDiscard(value, context);
        }
    }

    /** A value that the core has thrown away: it has closed it, if it could. */
    static void rejected(@Nullable Object value, Context context) {
        if (value != null && !(value instanceof AutoCloseable)) {
            Operators.onDiscard(value, context);
        }
    }
}
