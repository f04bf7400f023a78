package dev.respite.torture.durable;

import dev.respite.durable.DurableTables;
import dev.respite.durable.EffectRunner;
import dev.respite.torture.cluster.InterceptedJdbc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
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
     * another one has taken the call over.
     */
    NO_FENCE,

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
                        runner.run(
                                context,
                                stored,
                                connection -> effect.run(withRemoval(connection, removals::prepareStatement)));
                    }
                };
            case NO_FENCE ->
                (context, stored, effect) -> runner.run(
                        context,
                        stored,
                        connection ->
                                effect.run(withRemoval(connection, delete -> withoutVersion(connection, delete))));
            case NO_SEQUENCE -> runner;
        };
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
                                && sql.startsWith(REMOVAL)
                        ? removal.prepare(sql)
                        : call.proceed());
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
            if (call.name().equals("setLong") && call.argument().equals(VERSION_INDEX)) {
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
