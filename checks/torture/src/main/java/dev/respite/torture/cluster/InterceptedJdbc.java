package dev.respite.torture.cluster;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Wraps objects of JDBC, so that the calls of their methods can be observed and replaced. */
public final class InterceptedJdbc {

    private InterceptedJdbc() {}

    /** Runs instead of a method. */
    @FunctionalInterface
    public interface Interceptor {

        /** Returns the result of the method. */
        @Nullable
        Object run(Invocation invocation) throws Throwable;
    }

    /** Returns an object of an interface whose methods an interceptor runs. */
    public static <T> T of(Class<T> type, T target, Interceptor interceptor) {
        return type.cast(Proxy.newProxyInstance(
                InterceptedJdbc.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        interceptor.run(new Invocation(target, method, Optional.ofNullable(arguments)))));
    }

    /** The call of a method. */
    public static final class Invocation {

        private final Object target;
        private final Method method;
        private final Optional<@Nullable Object[]> arguments;

        private Invocation(Object target, Method method, Optional<@Nullable Object[]> arguments) {
            this.target = target;
            this.method = method;
            this.arguments = arguments;
        }

        /** Returns the name of the method. */
        public String name() {
            return method.getName();
        }

        /** Returns the first argument; empty if there is none. */
        public Optional<Object> argument() {
            return arguments.map(all -> all[0]);
        }

        /** Calls the method of the wrapped object. */
        public @Nullable Object proceed() throws Throwable {
            try {
                return method.invoke(target, arguments.orElse(null));
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        }
    }
}
