package dev.respite.torture.durable;

import dev.respite.durable.DurableTables;
import dev.respite.torture.cluster.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.PrimitiveIterator;

/**
 * Tables that show whether the calls of a sequence were made in their order. Each order has a place in its sequence, and each
 * effect must have the place after the last one.
 */
final class Turns {

    private Turns() {}

    static void createTables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Two tables, so that an enqueuing, which may be paused, does not block the effects.
            statement.execute("CREATE TABLE enqueued (sequence integer NOT NULL PRIMARY KEY, place integer NOT NULL)");
            statement.execute("CREATE TABLE made (sequence integer NOT NULL PRIMARY KEY, place integer NOT NULL)");
            statement.execute("CREATE TABLE turn (number integer NOT NULL PRIMARY KEY, place integer NOT NULL)");
            statement.execute("CREATE TABLE out_of_order (number integer NOT NULL)");
            PrimitiveIterator.OfInt sequences = DurableOrder.sequences().iterator();
            while (sequences.hasNext()) {
                int sequence = sequences.nextInt();
                statement.execute("INSERT INTO enqueued VALUES (" + sequence + ", 0)");
                statement.execute("INSERT INTO made VALUES (" + sequence + ", 0)");
            }
        }
    }

    /** Gives an order its place, and locks its sequence until the end of the transaction. */
    static void enqueued(Connection connection, DurableOrder order) throws SQLException {
        Sql.update(connection, "UPDATE enqueued SET place = place + 1 WHERE sequence = ?", order.sequence());
        Sql.update(connection, "INSERT INTO turn VALUES (?, ?)", order.number(), lastEnqueued(connection, order));
    }

    private static int lastEnqueued(Connection connection, DurableOrder order) throws SQLException {
        return (int) Sql.number(connection, "SELECT place FROM enqueued WHERE sequence = ?", order.sequence());
    }

    /** Returns how many calls of the sequence of an order have not ended. */
    static long waiting(Connection connection, DurableOrder order) throws SQLException {
        return lastEnqueued(connection, order)
                - Sql.number(connection, "SELECT place FROM made WHERE sequence = ?", order.sequence());
    }

    /** Records the effect of an order, and whether it was its turn: all earlier ones have ended, or were cancelled. */
    static void made(Connection connection, DurableOrder order) throws SQLException {
        int place = (int) Sql.number(connection, "SELECT place FROM turn WHERE number = ?", order.number());
        int last = (int) Sql.number(connection, "SELECT place FROM made WHERE sequence = ?", order.sequence());
        long between = Sql.number(
                connection,
                "SELECT COUNT(*) FROM turn WHERE place > ? AND place < ? AND MOD(number, ?) = ? AND NOT EXISTS"
                        + " (SELECT 1 FROM " + DurableTables.defaults().deadLetters()
                        + " WHERE state = 'CANCELLED' AND task_name = ? AND task_instance = CONCAT(number, '-0'))",
                last,
                place,
                DurableOrder.SEQUENCES,
                order.sequence(),
                order.kind().task());
        if (place <= last || between > 0) {
            Sql.update(connection, "INSERT INTO out_of_order VALUES (?)", order.number());
        }
        Sql.update(connection, "UPDATE made SET place = ? WHERE sequence = ?", place, order.sequence());
    }

    /** Returns how many effects were made out of their order. */
    static int outOfOrder(Connection connection) throws SQLException {
        return (int) Sql.number(connection, "SELECT COUNT(*) FROM out_of_order");
    }
}
