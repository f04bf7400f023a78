package dev.respite;

import dev.respite.outcome.Outcome;
import dev.respite.time.TimeSource;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Holds the time and the hooks of a retry.
 *
 * @param time where time and threads come from
 * @param context carries the context of a caller to other threads; null where nothing does
 * @param hook detaches rejected values before a delay; null where there is none
 * @param target the target that the budget is for, in warnings; empty if the retry has one target
 */
record CallHooks(
        TimeSource time,
        @Nullable UnaryOperator<Runnable> context,
        @Nullable Hook<?> hook,
        String target) {

    /** A detach hook and the class of the values that it is for. */
    private record Hook<V>(Class<V> type, UnaryOperator<V> detach) {}

    static CallHooks of(TimeSource time) {
        return new CallHooks(time, null, null, "");
    }

    CallHooks withTime(TimeSource other) {
        return new CallHooks(other, context, hook, target);
    }

    CallHooks withContext(UnaryOperator<Runnable> carrier) {
        return new CallHooks(time, carrier, hook, target);
    }

    <V> CallHooks withDetach(Class<V> type, UnaryOperator<V> detach) {
        return new CallHooks(
                time,
                context,
                new Hook<>(Objects.requireNonNull(type, "type"), Objects.requireNonNull(detach, "hook")),
                target);
    }

    CallHooks withTarget(String newTarget) {
        return new CallHooks(time, context, hook, newTarget);
    }

    /** Returns the detached value as an outcome; null if there is no hook for it, or the hook has thrown. */
    <T extends @Nullable Object> @Nullable Outcome<T> detach(T value, EventPublisher reporter) {
        return hook == null || !hook.type().isInstance(value) ? null : detach(hook, value, reporter);
    }

    @SuppressWarnings("unchecked") // a hook returns a value of the class that it was given, which is the call's
    private static <V, T extends @Nullable Object> @Nullable Outcome<T> detach(
            Hook<V> hook, T value, EventPublisher reporter) {
        try {
            return Outcome.success((T) Objects.requireNonNull(
                    hook.detach().apply(hook.type().cast(value)), "the detach hook returned null"));
        } catch (Throwable bug) {
            reporter.report("detach", bug);
            return null;
        }
    }
}
