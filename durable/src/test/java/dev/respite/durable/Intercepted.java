package dev.respite.durable;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
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
