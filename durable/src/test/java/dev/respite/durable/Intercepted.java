package dev.respite.durable;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Connections of a data source whose calls a test can let fail. */
final class Intercepted {

    private Intercepted() {}

    /** The call of the connection itself. */
    interface Call {
        Object call() throws Throwable;
    }

    /** What a call of a connection does. */
    interface Step {
        Object at(String method, Call call) throws Throwable;
    }

    static DataSource dataSource(DataSource target, Step step) {
        return proxy(DataSource.class, target, (method, call) -> {
            Object result = call.call();
            return method.equals("getConnection") ? proxy(Connection.class, (Connection) result, step) : result;
        });
    }

    /** Connections whose statements are reported when they are prepared, and whose commits are counted. */
    static DataSource statements(DataSource target, Consumer<String> prepared, AtomicInteger commits) {
        return BackgroundWrites.connections(
                target,
                connection -> BackgroundWrites.proxy(Connection.class, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        prepared.accept((String) arguments[0]);
                    } else if (method.getName().equals("commit")) {
                        commits.incrementAndGet();
                    }
                    return BackgroundWrites.invoke(connection, method, arguments);
                }));
    }

    private static <T> T proxy(Class<T> type, T target, Step step) {
        return type.cast(Proxy.newProxyInstance(
                Intercepted.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> step.at(method.getName(), () -> {
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                })));
    }
}
