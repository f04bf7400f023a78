package dev.respite.idempotency.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;

/**
 * A data source that lets no thread have two connections at a time. A pool would let it wait for its own, for ever if all do so
 * at once; this class rejects the second one at once.
 */
final class OneConnectionPerThread {

    private final ThreadLocal<Boolean> holds = ThreadLocal.withInitial(() -> false);
    private final DataSource dataSource;

    private OneConnectionPerThread(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    static DataSource of(DataSource dataSource) {
        OneConnectionPerThread one = new OneConnectionPerThread(dataSource);
        return proxy(
                DataSource.class,
                (method, arguments) ->
                        method.getName().equals("getConnection") ? one.open() : invoke(dataSource, method, arguments));
    }

    private Connection open() throws Throwable {
        if (holds.get()) {
            throw new AssertionError("a second connection is opened while the first is held: this can exhaust a pool");
        }
        Connection connection = dataSource.getConnection();
        holds.set(true);
        return proxy(Connection.class, (method, arguments) -> {
            if (method.getName().equals("close")) {
                holds.set(false);
            }
            return invoke(connection, method, arguments);
        });
    }

    private interface Handler {
        Object invoke(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                OneConnectionPerThread.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> handler.invoke(method, arguments)));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
