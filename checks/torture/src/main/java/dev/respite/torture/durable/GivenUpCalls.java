package dev.respite.torture.durable;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableTables;
import dev.respite.torture.cluster.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * The calls that were given up, and the work of their handlers.
 *
 * @param dead the number of dead letters of each order that were written with the work of its handler
 * @param failed the number of dead letters of any state whose handler has failed, or has begun before they were written
 * @param handled the number of rows that the handler of each order has committed
 * @param cancelled the number of calls that an operator has cancelled
 */
record GivenUpCalls(
        Map<Integer, Integer> dead, Map<Integer, Integer> failed, Map<Integer, Integer> handled, int cancelled) {

    static GivenUpCalls of(Connection connection) throws SQLException {
        Map<Integer, Integer> dead = new HashMap<>();
        Map<Integer, Integer> failed = new HashMap<>();
        Map<Integer, Integer> handled = new HashMap<>();
        String letters = " FROM " + DurableTables.defaults().deadLetters();
        // The instance that had begun a handler may have been killed, and its call parked by another one.
        Sql.read(
                connection,
                "SELECT call_key, handler_failed" + letters + " WHERE handler_failed OR state = '"
                        + DeadLetter.State.DEAD + "'",
                row -> (row.getBoolean(2) ? failed : dead)
                        .merge(DurableOrder.numberOf(row.getString(1)), 1, Integer::sum));
        Sql.read(connection, "SELECT number FROM given_up", row -> handled.merge(row.getInt(1), 1, Integer::sum));
        int cancelled = (int) Sql.number(
                connection, "SELECT COUNT(*)" + letters + " WHERE state = '" + DeadLetter.State.CANCELLED + "'");
        return new GivenUpCalls(dead, failed, handled, cancelled);
    }

    /** A handler that commits by itself has run once, and its dead letter is marked. */
    boolean isOnce(DurableOrder order) {
        int with = dead.getOrDefault(order.number(), 0);
        int without = failed.getOrDefault(order.number(), 0);
        int rows = handled.getOrDefault(order.number(), 0);
        if (!order.kind().hasHandler()) {
            return without == 0 && rows == 0;
        }
        return switch (order.givenUp()) {
            case RECORDS -> rows == with;
            case FAILS -> rows == 0 && with == 0;
            case COMMITS -> rows <= without && with == 0;
        };
    }
}
