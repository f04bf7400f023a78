package dev.respite.idempotency.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A data source in which each step to the database can be intercepted. */
final class InterceptedDataSource {

    private InterceptedDataSource() {}

    /** A step to the database. */
    @FunctionalInterface
    interface Step {
        Object go() throws Throwable;
    }

    /** Runs a step, or does something else instead. */
    @FunctionalInterface
    interface Tap {
        /**
         * One step: {@code connect}, {@code commit}, {@code rollback}, {@code auto-commit}, {@code close}, {@code abort}, or the SQL that is executed.
         *
         * @param raw the connection that it is made on; the one before, or null, for a connect
         */
        Object at(String step, Connection raw, Step go) throws Throwable;
    }

    static DataSource tapped(DataSource dataSource, Tap tap) {
        return proxy(DataSource.class, dataSource, (name, arguments, go) -> {
            if (!name.equals("getConnection")) {
                return go.go();
            }
            return tapped((Connection) tap.at("connect", null, go), tap);
        });
    }

    private static Connection tapped(Connection raw, Tap tap) {
        return proxy(Connection.class, raw, (name, arguments, go) -> switch (name) {
            case "commit" -> tap.at("commit", raw, go);
            case "rollback" -> tap.at("rollback", raw, go);
            case "close" -> tap.at("close", raw, go);
            case "abort" -> tap.at("abort", raw, go);
            case "setAutoCommit" -> arguments[0].equals(true) ? tap.at("auto-commit", raw, go) : go.go();
            case "prepareStatement" ->
                tapped(PreparedStatement.class, (PreparedStatement) go.go(), (String) arguments[0], raw, tap);
            case "createStatement" -> tapped(Statement.class, (Statement) go.go(), "", raw, tap);
            default -> go.go();
        });
    }

    private static <S extends Statement> S tapped(Class<S> type, S statement, String sql, Connection raw, Tap tap) {
        return proxy(
                type,
                statement,
                (name, arguments, go) -> name.startsWith("execute")
                        ? tap.at(arguments == null ? sql : (String) arguments[0], raw, go)
                        : go.go());
    }

    private interface Handler {
        Object invoke(String name, Object[] arguments, Step go) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, T target, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                InterceptedDataSource.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> handler.invoke(method.getName(), arguments, () -> {
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                })));
    }

    /** Returns whether a step inserts a record, or changes one in MariaDB. */
    static boolean isInsert(String step) {
        return step.contains("respite_idempotency (storage_key, scope_hash");
    }

    static SQLException lost() {
        return new SQLException("the connection was cut", "08006");
    }
}
