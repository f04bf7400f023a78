package dev.respite.spring;

import dev.respite.outcome.Outcome;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;

/**
 * A method that is called instead of one whose call has failed.
 *
 * @param method the method
 * @param replaced the type of the failures that it replaces
 * @param takesFailure whether it has a parameter for the failure
 * @param isSuspending whether its last argument is a continuation of Kotlin
 */
record Fallback(Method method, Class<?> replaced, boolean takesFailure, boolean isSuspending) {

    /** No real chain of causes is longer. */
    private static final int MAX_DEPTH = 1_000;

    /**
     * Returns whether this fallback replaces a failure.
     *
     * @param failure what the call ended with
     * @param interrupted whether the interrupt flag of the caller's thread is set
     */
    boolean replaces(Throwable failure, boolean interrupted) {
        return replaced.isInstance(failure) && !interrupted && !mustPass(failure);
    }

    /** Errors, interruptions and cancellations are for the caller, also as a cause. */
    private static boolean mustPass(Throwable failure) {
        if (new Outcome.Failure<>(failure, false).isInterruption()) {
            return true;
        }
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < MAX_DEPTH; depth++) {
            if (error instanceof Error || error instanceof CancellationException) {
                return true;
            }
            error = error.getCause();
        }
        return false;
    }

    /** Calls the method with the arguments of the call that has failed. */
    @Nullable
    Object call(Object target, @Nullable Object[] arguments, Throwable failure) throws Throwable {
        return AopUtils.invokeJoinpointUsingReflection(
                target, method, takesFailure ? withFailure(arguments, failure) : arguments);
    }

    private @Nullable Object[] withFailure(@Nullable Object[] arguments, Throwable failure) {
        @Nullable Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
        int at = isSuspending ? arguments.length - 1 : arguments.length;
        if (isSuspending) {
            all[at + 1] = arguments[at];
        }
        all[at] = failure;
        return all;
    }
}
