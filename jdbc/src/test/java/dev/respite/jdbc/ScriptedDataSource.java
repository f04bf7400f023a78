package dev.respite.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A data source that records the calls of its connections, and whose methods fail as a script determines. */
public final class ScriptedDataSource extends DelegatingDataSource {

    /** The calls of all connections, in their order. */
    public final List<String> calls = new ArrayList<>();

    /** From the name of a method to the exception that it throws instead of taking effect; null for none. A connection is closed in any case. */
    public Function<String, Throwable> before = method -> null;

    /** From the name of a method to the exception that it throws after it has taken effect; null for none. */
    public Function<String, Throwable> after = method -> null;

    /** The number of connections that are not closed. */
    public int open;

    /** Creates a data source of the connections of another one. */
    public ScriptedDataSource(DataSource dataSource) {
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
                connection.close();
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

    private static void throwIfScripted(Function<String, Throwable> script, String method) throws SQLException {
        Throwable failure = script.apply(method);
        if (failure instanceof SQLException checked) {
            throw checked;
        }
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    /** Lets a method throw each kind of exception that a driver may throw. */
    public static Stream<Throwable> everyKind() {
        return Stream.of(
                new SQLException("checked", "08006"),
                new IllegalStateException("unchecked"),
                new AbstractMethodError("the driver lacks the method"));
    }
}
