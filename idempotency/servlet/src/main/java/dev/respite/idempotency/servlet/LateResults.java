package dev.respite.idempotency.servlet;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes methods whose result completes after they have returned. It compares names of types, so Spring, Reactor and
 * Kotlin need not be on the class path.
 */
final class LateResults {

    private static final Set<String> LATE = Set.of(
            "java.util.concurrent.Callable",
            "java.util.concurrent.CompletionStage",
            "java.util.concurrent.Flow$Publisher",
            "java.util.concurrent.Future",
            "org.reactivestreams.Publisher",
            "org.springframework.util.concurrent.ListenableFuture",
            "org.springframework.web.context.request.async.DeferredResult",
            "org.springframework.web.context.request.async.WebAsyncTask",
            "org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter",
            "org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody",
            "io.reactivex.rxjava3.core.CompletableSource",
            "io.reactivex.rxjava3.core.MaybeSource",
            "io.reactivex.rxjava3.core.ObservableSource",
            "io.reactivex.rxjava3.core.SingleSource",
            "io.smallrye.mutiny.Uni",
            "kotlinx.coroutines.Deferred",
            "kotlinx.coroutines.flow.Flow");

    /** The type of the last parameter of a suspending Kotlin function. */
    private static final String CONTINUATION = "kotlin.coroutines.Continuation";

    /** Spring's wrapper of a response body. */
    private static final String ENTITY = "org.springframework.http.HttpEntity";

    private LateResults() {}

    /**
     * Checks that no method has a late result.
     *
     * @throws IllegalStateException if one of them has; the message lists all of them
     */
    static void requireNone(Iterable<Method> methods) {
        List<Method> late = among(methods);
        if (!late.isEmpty()) {
            throw new IllegalStateException(late.stream()
                    .map(Method::toGenericString)
                    .collect(Collectors.joining(
                            "\n  ",
                            late.size() + " methods that handle requests with idempotency keys respond after they have"
                                    + " returned, which this filter does not record; return the result itself, or"
                                    + " use withAsyncHandlers():\n  ",
                            "")));
        }
    }

    /** Returns the methods whose result completes after they have returned. */
    static List<Method> among(Iterable<Method> methods) {
        Stream.Builder<Method> late = Stream.builder();
        for (Method method : methods) {
            if (suspends(method) || isLate(method.getGenericReturnType())) {
                late.add(method);
            }
        }
        return late.build().toList();
    }

    private static boolean suspends(Method method) {
        Class<?>[] parameters = method.getParameterTypes();
        return parameters.length > 0
                && parameters[parameters.length - 1].getName().equals(CONTINUATION);
    }

    private static boolean isLate(Type type) {
        if (type instanceof Class<?> raw) {
            return isNamed(raw, LATE);
        }
        if (type instanceof ParameterizedType generic) {
            return isLate(generic.getRawType())
                    || (isNamed((Class<?>) generic.getRawType(), Set.of(ENTITY))
                            && isLate(generic.getActualTypeArguments()));
        }
        if (type instanceof TypeVariable<?> variable) {
            return isLate(variable.getBounds());
        }
        if (type instanceof WildcardType wildcard) {
            return isLate(wildcard.getUpperBounds());
        }
        return false;
    }

    private static boolean isLate(Type[] types) {
        return Arrays.stream(types).anyMatch(LateResults::isLate);
    }

    /** Returns whether a class or one of its supertypes has one of these names. */
    private static boolean isNamed(@Nullable Class<?> type, Set<String> names) {
        return type != null
                && (names.contains(type.getName())
                        || isNamed(type.getSuperclass(), names)
                        || Arrays.stream(type.getInterfaces()).anyMatch(each -> isNamed(each, names)));
    }
}
