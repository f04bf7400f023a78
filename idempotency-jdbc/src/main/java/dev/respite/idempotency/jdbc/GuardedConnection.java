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
 * A connection whose transaction is not the work's to end: what would end it is refused, and closing it does nothing.
 *
 * <p>What is made by it is wrapped too, so that its {@code getConnection()} returns this one. What the work gets by {@code
 * unwrap}, or does in SQL, is not refused; it is found out after the fact.
 */
final class GuardedConnection implements InvocationHandler {

    /** What leads back to a connection. Those that are also others come first. */
    private static final List<Class<?>> LEAD_BACK = List.of(
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
                // To a savepoint of its own the work may go back.
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
        for (Class<?> type : LEAD_BACK) {
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
                method.getName() + " is not for the work to call: the record is in the same transaction,"
                        + " and both are committed when it returns. To have nothing done, throw, or return a 5xx response");
    }
}
