package dev.respite.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A data source that records what is done with its connections, and whose methods fail as they are told to. */
final class ScriptedDataSource extends DelegatingDataSource {

    /** The calls of all connections, in their order. */
    final List<String> calls = new ArrayList<>();

    /** From the name of a method to what it throws next; null for nothing. */
    Function<String, SQLException> before = method -> null;

    Function<String, SQLException> after = method -> null;

    int open;

    ScriptedDataSource(DataSource dataSource) {
        super(dataSource);
    }

    @Override
    public Connection getConnection() throws SQLException {
        throwIfScripted(before, "getConnection");
        Connection connection = super.getConnection();
        open++;
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> call(connection, method, arguments));
    }

    private Object call(Connection connection, Method method, Object[] arguments) throws Throwable {
        String name = method.getName();
        switch (name) {
            case "setAutoCommit" -> calls.add("autoCommit " + arguments[0]);
            case "commit", "rollback", "abort" -> calls.add(name);
            case "close" -> {
                calls.add(name);
                open--;
            }
            default -> {}
        }
        throwIfScripted(before, name);
        Object value;
        try {
            value = method.invoke(connection, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
        throwIfScripted(after, name);
        return value;
    }

    private static void throwIfScripted(Function<String, SQLException> script, String method) throws SQLException {
        SQLException failure = script.apply(method);
        if (failure != null) {
            throw failure;
        }
    }
}
