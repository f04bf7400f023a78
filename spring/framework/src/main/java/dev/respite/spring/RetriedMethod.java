package dev.respite.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Optional;

/**
 * A method that is retried.
 *
 * @param method the method of the class of the bean
 * @param annotation the name of the retry, and the choices
 * @param kind the kind of the return type
 * @param fallback the method that is called when the call has failed
 * @param isAnnotated whether the annotation is on the method itself, and not on its class
 */
record RetriedMethod(
        Method method, Respite annotation, CallKind kind, Optional<Fallback> fallback, boolean isAnnotated) {

    /** A method that has the annotation. */
    static RetriedMethod annotated(Class<?> type, Method method, Respite annotation) {
        String rule = ", and @Respite works by a proxy, which cannot override such a method: ";
        if (Modifier.isPrivate(method.getModifiers())) {
            throw new InvalidMethodException(Names.of(method) + " is private" + rule + "make it public");
        }
        if (Modifier.isStatic(method.getModifiers())) {
            throw new InvalidMethodException(Names.of(method) + " is static" + rule + "make it a method of the bean");
        }
        Optional<Fallback> fallback = annotation.fallback().isEmpty()
                ? Optional.empty()
                : Optional.of(new FallbackSearch(type, method, annotation.fallback()).find());
        return of(method, annotation, fallback, true);
    }

    /** A public method of a class that has the annotation. */
    static RetriedMethod ofClass(Method method, Respite annotation) {
        return of(method, annotation, Optional.empty(), false);
    }

    private static RetriedMethod of(
            Method method, Respite annotation, Optional<Fallback> fallback, boolean isAnnotated) {
        CallKind kind = CallKind.of(method);
        if (annotation.interrupt() && isAnnotated && kind != CallKind.BLOCKING) {
            throw new InvalidMethodException(Names.of(method)
                    + " is asynchronous, so its attempts are cancelled at the attempt timeout and no thread is"
                    + " interrupted: remove 'interrupt'");
        }
        return new RetriedMethod(method, annotation, kind, fallback, isAnnotated);
    }

    /** Returns the name of the retry. */
    String retry() {
        return annotation.value();
    }

    /** Returns whether it may run again after a commit of an earlier attempt. */
    boolean idempotent() {
        return annotation.idempotent();
    }

    String name() {
        return Names.of(method);
    }
}
