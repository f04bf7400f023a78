package dev.respite.torture.sabotage;

import dev.respite.durable.DurableTables;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A connection that prepares the removal of a call's row in another way. */
final class RemovalConnection implements InvocationHandler {

    private static final String REMOVAL =
            "DELETE FROM " + DurableTables.defaults().tasks() + " ";

    private final Connection target;
    private final Removal removal;

    private RemovalConnection(Connection target, Removal removal) {
        this.target = target;
        this.removal = removal;
    }

    /** Prepares the removal. */
    @FunctionalInterface
    interface Removal {
        PreparedStatement prepare(String delete) throws SQLException;
    }

    static Connection of(Connection target, Removal removal) {
        return (Connection) Proxy.newProxyInstance(
                RemovalConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new RemovalConnection(target, removal));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("prepareStatement")
                && arguments != null
                && arguments[0] instanceof String sql
                && sql.startsWith(REMOVAL)) {
            return removal.prepare(sql);
        }
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
