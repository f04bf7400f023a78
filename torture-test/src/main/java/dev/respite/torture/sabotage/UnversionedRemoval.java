package dev.respite.torture.sabotage;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A removal without its last condition, the version, which reports one removed row in any case. */
final class UnversionedRemoval implements InvocationHandler {

    private static final String VERSION = " AND version = ?";
    private static final Integer VERSION_INDEX = 3;

    private final PreparedStatement target;

    private UnversionedRemoval(PreparedStatement target) {
        this.target = target;
    }

    static PreparedStatement of(Connection connection, String delete) throws SQLException {
        if (!delete.endsWith(VERSION)) {
            throw new IllegalStateException("'" + delete + "' does not end with '" + VERSION
                    + "': adapt this sabotage to the statement of respite-durable");
        }
        PreparedStatement target = connection.prepareStatement(delete.substring(0, delete.length() - VERSION.length()));
        return (PreparedStatement) Proxy.newProxyInstance(
                UnversionedRemoval.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                new UnversionedRemoval(target));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("setLong") && arguments != null && VERSION_INDEX.equals(arguments[0])) {
            return null;
        }
        try {
            Object result = method.invoke(target, arguments);
            return method.getName().equals("executeUpdate") ? (Object) 1 : result;
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
