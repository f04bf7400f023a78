package dev.respite.idempotency.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A connection whose transaction is not the work's to end: what would end it is refused, and closing it does nothing. */
final class GuardedConnection implements InvocationHandler {

    private final Connection connection;

    private GuardedConnection(Connection connection) {
        this.connection = connection;
    }

    static Connection of(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                GuardedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new GuardedConnection(connection));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        int count = arguments == null ? 0 : arguments.length;
        switch (method.getName()) {
            case "commit", "abort", "setAutoCommit" -> throw refused(method);
            case "rollback" -> {
                // To a savepoint of its own the work may go back.
                if (count == 0) {
                    throw refused(method);
                }
            }
            case "close" -> {
                return null;
            }
            case "equals" -> {
                return arguments != null && proxy == arguments[0];
            }
            case "hashCode" -> {
                return System.identityHashCode(proxy);
            }
            default -> {}
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static SQLException refused(Method method) {
        return new SQLException(
                method.getName() + " is not for the work to call: the record is in the same transaction,"
                        + " and both are committed when it returns. To have nothing done, throw, or return a 5xx response");
    }
}
