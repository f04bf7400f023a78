package dev.respite.spring;

import dev.respite.cause.CauseChain;
import dev.respite.outcome.Outcome;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
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
        return CauseChain.first(
                        failure,
                        error -> error instanceof Error || error instanceof CancellationException
                                ? Optional.of(error)
                                : Optional.empty())
                .isPresent();
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
