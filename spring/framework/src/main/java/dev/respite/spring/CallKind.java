package dev.respite.spring;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/** The kind of the return type of a method, by which it is retried. */
enum CallKind {
    /** The method returns when it is done. */
    BLOCKING,
    /** The method returns a stage. */
    STAGE,
    /** The method returns a publisher of at most one value, or becomes one, as a suspending function does. */
    SINGLE,
    /** The method returns a publisher of a stream, or becomes one. */
    STREAM;

    private static final String REACTOR_RETRY = "dev.respite.reactor.ReactorRetry";
    private static final String COROUTINES_REACTOR = "kotlinx.coroutines.reactor.MonoKt";
    private static final String FLOW = "kotlinx.coroutines.flow.Flow";

    /** The kind of a method; refuses what cannot be retried. */
    static CallKind of(Method method) {
        Class<?> type = method.getReturnType();
        if (KotlinDetector.isSuspendingFunction(method)) {
            require(COROUTINES_REACTOR, method, "is suspending", "org.jetbrains.kotlinx:kotlinx-coroutines-reactor");
            require(REACTOR_RETRY, method, "is suspending", "dev.respite:respite-reactor");
            Class<?> returned = new MethodParameter(method, -1).getParameterType();
            return returned.getName().equals(FLOW) ? STREAM : SINGLE;
        }
        if (type != Object.class && type.isAssignableFrom(CompletableFuture.class)) {
            if (type == Future.class) {
                throw new InvalidMethodException(Names.of(method)
                        + " returns a Future, which does not say when it fails; @Respite retries a CompletionStage or"
                        + " CompletableFuture: return one of these");
            }
            return STAGE;
        }
        if (Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)) {
            throw new InvalidMethodException(Names.of(method) + " returns a " + type.getName()
                    + ", and a retried call returns a CompletableFuture: declare CompletionStage or CompletableFuture");
        }
        ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
        if (adapter == null) {
            return BLOCKING;
        }
        require(REACTOR_RETRY, method, "returns a " + type.getSimpleName(), "dev.respite:respite-reactor");
        return adapter.isMultiValue() ? STREAM : SINGLE;
    }

    private static void require(String type, Method method, String what, String artifact) {
        if (!ClassUtils.isPresent(type, CallKind.class.getClassLoader())) {
            throw new InvalidMethodException(Names.of(method) + " " + what + ", and @Respite needs the artifact "
                    + artifact + " to retry it: add it to the dependencies");
        }
    }
}
