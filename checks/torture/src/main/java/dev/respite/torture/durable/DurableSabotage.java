package dev.respite.torture.durable;

import dev.respite.durable.DurableTables;
import dev.respite.durable.EffectRunner;
import dev.respite.torture.cluster.InterceptedJdbc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A protection of durable calls that can be switched off, by a faulty {@link EffectRunner} in this module and not in published
 * code, to check that the torture finds the fault.
 */
public enum DurableSabotage {
    /** The row is removed in a transaction of its own, before the effect is committed: a kill between the two loses the call. */
    REMOVE_BEFORE_COMMIT,

    /**
     * The row is removed whatever its version is, and whether it is there or not: an instance that was paused completes although
     * another one has taken the call over. On H2 and MariaDB.
     */
    NO_FENCE,

    /** The end of a transaction by its handler is not noticed. */
    NO_SAVEPOINT,

    /** The revival of the calls of a dead instance waits for locked rows, as each write of the scheduler does. On PostgreSQL. */
    WAITING_RECOVERY,

    /** Calls of a sequence are enqueued without it, so they are made in any order. */
    NO_SEQUENCE;

    private static final String REMOVAL =
            "DELETE FROM " + DurableTables.defaults().tasks() + " ";
    private static final String VERSION = " AND version = ?";
    private static final Optional<Integer> VERSION_INDEX = Optional.of(3);

    /**
     * Returns the replacement of a runner of effects.
     *
     * @param runner the runner
     * @param dataSource the database of the calls
     */
    public EffectRunner apply(EffectRunner runner, DataSource dataSource) {
        return switch (this) {
            case REMOVE_BEFORE_COMMIT ->
                (context, stored, effect) -> {
                    try (Connection removals = dataSource.getConnection()) {
                        return runner.run(
                                context,
                                stored,
                                connection -> effect.run(withRemoval(
                                        connection, delete -> removals.prepareStatement(withoutMark(delete)))));
                    }
                };
            case NO_FENCE ->
                (context, stored, effect) -> runner.run(
                        context,
                        stored,
                        connection ->
                                effect.run(withRemoval(connection, delete -> withoutVersion(connection, delete))));
            case NO_SAVEPOINT ->
                (context, stored, effect) ->
                        runner.run(context, stored, connection -> effect.run(unmarked(connection)));
            case NO_SEQUENCE, WAITING_RECOVERY -> runner;
        };
    }

    /** Returns the URL of the database for a worker. The driver's own limit would end each wait. */
    String url(String url) {
        return this == WAITING_RECOVERY ? url.replace("socketTimeout=2", "socketTimeout=0") : url;
    }

    /**
     * Returns the replacement of the connections of a worker.
     *
     * @param connections the connections
     */
    DataSource connections(DataSource connections) {
        if (this != WAITING_RECOVERY) {
            return connections;
        }
        return InterceptedJdbc.of(DataSource.class, connections, call -> {
            Object result = call.proceed();
            if (!(result instanceof Connection connection)) {
                return result;
            }
            try (Statement unlimited = connection.createStatement()) {
                unlimited.execute("SET lock_timeout = 0");
            }
            return waiting(connection);
        });
    }

    /** Returns a connection whose statements wait for locked rows, for as long as these are locked. */
    private static Connection waiting(Connection connection) {
        return InterceptedJdbc.of(Connection.class, connection, call -> {
            if (!call.name().equals("prepareStatement") || !(call.argument().orElseThrow() instanceof String sql)) {
                return call.proceed();
            }
            PreparedStatement statement = connection.prepareStatement(sql.replace(" SKIP LOCKED", "")
                    .replaceFirst("^SET STATEMENT innodb_lock_wait_timeout = \\d+ FOR ", ""));
            return InterceptedJdbc.of(
                    PreparedStatement.class,
                    statement,
                    limit -> limit.name().equals("setQueryTimeout") ? null : limit.proceed());
        });
    }

    /** Returns a connection whose statements on the mark of an effect do nothing and report that all is well. */
    private static Connection unmarked(Connection connection) {
        return InterceptedJdbc.of(Connection.class, connection, call -> {
            Object result = call.proceed();
            boolean isMark = call.name().equals("prepareStatement")
                    && call.argument().orElseThrow() instanceof String sql
                    && (sql.contains("_effect") || sql.contains("TRANSACTION_ID()"));
            return isMark && result instanceof PreparedStatement statement ? idle(statement) : result;
        });
    }

    private static PreparedStatement idle(PreparedStatement statement) {
        return InterceptedJdbc.of(PreparedStatement.class, statement, call -> switch (call.name()) {
            case "execute" -> false;
            case "executeUpdate" -> 1;
            case "getUpdateCount" -> -1;
            default -> call.proceed();
        });
    }

    /** Prepares the removal of a call's row. */
    @FunctionalInterface
    private interface Removal {
        PreparedStatement prepare(String delete) throws SQLException;
    }

    /** Returns a connection that prepares the removal of a call's row in another way. */
    private static Connection withRemoval(Connection connection, Removal removal) {
        return InterceptedJdbc.of(
                Connection.class,
                connection,
                call -> call.name().equals("prepareStatement")
                                && call.argument().orElseThrow() instanceof String sql
                                && sql.contains(REMOVAL)
                        ? removal.prepare(sql)
                        : call.proceed());
    }

    /** The removal of PostgreSQL, which removes the mark of the effect too, or only looks as if it did. */
    private static String withoutMark(String delete) {
        return delete.replaceFirst(
                "DELETE FROM \\S+ WHERE task_name = \\? AND task_instance = \\? AND version = \\? AND (.*?) = \\? RETURNING version",
                "SELECT 1 WHERE (CAST(? AS varchar) || CAST(? AS varchar) || CAST(? AS varchar) || CAST(? AS varchar)) <> ''");
    }

    /** Returns a removal without its last condition, the version, which reports one removed row in any case. */
    private static PreparedStatement withoutVersion(Connection connection, String delete) throws SQLException {
        if (!delete.endsWith(VERSION)) {
            throw new IllegalStateException("'" + delete + "' does not end with '" + VERSION
                    + "': adapt this sabotage to the statement of respite-durable");
        }
        PreparedStatement shorter =
                connection.prepareStatement(delete.substring(0, delete.length() - VERSION.length()));
        return InterceptedJdbc.of(PreparedStatement.class, shorter, call -> {
            if (call.name().startsWith("set") && call.argument().equals(VERSION_INDEX)) {
                return null;
            }
            Object result = call.proceed();
            return call.name().equals("executeUpdate") ? (Object) 1 : result;
        });
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
