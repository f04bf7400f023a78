package dev.respite;

import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * The outcome with which a call would end in its delay. A call that waits holds no connection, stream, buffer or permit, so such a
 * value is released first.
 *
 * <p>It is an object of one of three classes. A failure that did not interrupt its thread is its {@link Throwable}, which exists anyway.
 * A value that has been closed is its {@link Class}. Everything else is an {@link Outcome}.
 */
final class RetainedOutcome {

    private RetainedOutcome() {}

    /** Keeps what a call would end with, and closes or detaches the rest. */
    static Object of(Outcome<?> outcome, CallContext context) {
        if (outcome instanceof Outcome.Failure<?> failed) {
            return failed.interrupted() ? failed : failed.error();
        }
        Object value = ((Outcome.Success<?>) outcome).value();
        if (value == null) {
            return outcome;
        }
        @Nullable Outcome<?> detached = context.hooks().detach(value, context.reporter());
        if (detached != null) {
            return detached;
        }
        if (value instanceof AutoCloseable) {
            context.reporter().discard(value);
            return value.getClass();
        }
        return outcome;
    }

    /** Returns the outcome of a call that ends for this reason in its delay. */
    @SuppressWarnings("unchecked") // an outcome was kept of the same call, or of its hook, which keeps the type
    static <T extends @Nullable Object> Outcome<T> outcome(Object retained, StopReason reason) {
        if (retained instanceof Throwable failure) {
            return Outcome.failure(failure);
        }
        return retained instanceof Class<?> released
                ? Outcome.failure(new ValueReleasedException(released, reason))
                : (Outcome<T>) retained;
    }
}
