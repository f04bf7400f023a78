package dev.respite.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Optional;

/**
 * A method that is retried.
 *
 * @param method the method of the class of the bean
 * @param annotation the name of the retry, and the choices
 * @param kind the kind of the return type
 * @param fallbacks the methods that are called when the call has failed, those for narrower failures first
 * @param isAnnotated whether the annotation is on the method itself, and not on its class
 */
record RetriedMethod(Method method, Respite annotation, CallKind kind, List<Fallback> fallbacks, boolean isAnnotated) {

    /** A method that has the annotation. */
    static RetriedMethod annotated(Class<?> type, Method method, Respite annotation) {
        String rule = ", and @Respite works by a proxy, which cannot override such a method: ";
        if (Modifier.isPrivate(method.getModifiers())) {
            throw new InvalidMethodException(Names.of(method) + " is private" + rule + "make it public");
        }
        if (Modifier.isStatic(method.getModifiers())) {
            throw new InvalidMethodException(Names.of(method) + " is static" + rule + "make it a method of the bean");
        }
        List<Fallback> fallbacks = annotation.fallback().isEmpty()
                ? List.of()
                : new FallbackSearch(type, method, annotation.fallback()).find();
        return of(method, annotation, fallbacks, true);
    }

    /** A public method of a class that has the annotation. */
    static RetriedMethod ofClass(Method method, Respite annotation) {
        return of(method, annotation, List.of(), false);
    }

    private static RetriedMethod of(Method method, Respite annotation, List<Fallback> fallbacks, boolean isAnnotated) {
        CallKind kind = CallKind.of(method);
        if (annotation.interrupt() && isAnnotated && kind != CallKind.BLOCKING) {
            throw new InvalidMethodException(Names.of(method)
                    + " is asynchronous, so its attempts are cancelled at the attempt timeout and no thread is"
                    + " interrupted: remove 'interrupt'");
        }
        return new RetriedMethod(method, annotation, kind, fallbacks, isAnnotated);
    }

    /** Returns the name of the retry. */
    String retry() {
        return annotation.value();
    }

    /** Returns whether it may run again after a commit of an earlier attempt. */
    boolean idempotent() {
        return annotation.idempotent();
    }

    /**
     * Returns the fallback for a failure: the one of its nearest type.
     *
     * @param failure what the call ended with
     * @param interrupted whether the interrupt flag of the caller's thread is set
     */
    Optional<Fallback> fallback(Throwable failure, boolean interrupted) {
        return fallbacks.stream()
                .filter(fallback -> fallback.replaces(failure, interrupted))
                .findFirst();
    }

    String name() {
        return Names.of(method);
    }
}
