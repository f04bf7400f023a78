package dev.respite.idempotency.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection for the work. Calls that would end its transaction throw an exception, and closing it has no effect.
 *
 * <p>Statements, result sets and metadata are wrapped too, so that their {@code getConnection()} returns this connection.
 * What the work does through {@code unwrap} or in SQL is not rejected; {@link OwnedRecord#rolledBack} detects it afterwards.
 */
final class GuardedConnection implements InvocationHandler {

    /** Types with a method that returns the connection. Subtypes come first. */
    private static final List<Class<?>> WITH_CONNECTION = List.of(
            CallableStatement.class, PreparedStatement.class, Statement.class, ResultSet.class, DatabaseMetaData.class);

    private final Connection connection;

    private GuardedConnection(Connection connection) {
        this.connection = connection;
    }

    static Connection of(Connection connection) {
        return proxy(Connection.class, new GuardedConnection(connection));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        switch (method.getName()) {
            case "commit", "abort", "setAutoCommit" -> throw refused(method);
            case "rollback" -> {
                // Rolling back to a savepoint of its own is allowed.
                if (arguments == null || arguments.length == 0) {
                    throw refused(method);
                }
            }
            case "close" -> {
                return null;
            }
            default -> {}
        }
        return invoke(connection, (Connection) proxy, proxy, method, arguments);
    }

    private static @Nullable Object invoke(
            Object target, Connection guarded, Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return ofEveryObject(target, proxy, method, arguments);
        }
        Object result;
        try {
            result = method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
        if (result == null || method.getName().equals("unwrap")) {
            return result;
        }
        return result instanceof Connection ? guarded : wrapped(result, guarded);
    }

    private static Object wrapped(Object result, Connection guarded) {
        for (Class<?> type : WITH_CONNECTION) {
            if (type.isInstance(result)) {
                return proxy(type, (proxy, method, arguments) -> invoke(result, guarded, proxy, method, arguments));
            }
        }
        return result;
    }

    private static @Nullable Object ofEveryObject(
            Object target, Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "guarded " + target;
        };
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(GuardedConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static SQLException refused(Method method) {
        return new SQLException(
                method.getName() + " is not allowed in the work: the record is in the same transaction,"
                        + " and both are committed when the work returns. To roll back, throw an exception or return a 5xx response");
    }
}
