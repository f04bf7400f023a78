package dev.respite.torture.durable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.PrimitiveIterator;

/**
 * What shows whether the calls of a sequence were made in their order: each order has its place in its sequence, and each effect
 * has to be that of the place after the last one.
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
        update(connection, "UPDATE enqueued SET place = place + 1 WHERE sequence = ?", order.sequence());
        int place = query(connection, "SELECT place FROM enqueued WHERE sequence = ?", order.sequence());
        update(connection, "INSERT INTO turn VALUES (?, ?)", order.number(), place);
    }

    /** Returns how many calls of the sequence of an order have not ended. */
    static int waiting(Connection connection, DurableOrder order) throws SQLException {
        int enqueued = query(connection, "SELECT place FROM enqueued WHERE sequence = ?", order.sequence());
        return enqueued - query(connection, "SELECT place FROM made WHERE sequence = ?", order.sequence());
    }

    /** Records the effect of an order, and whether it was its turn. */
    static void made(Connection connection, DurableOrder order) throws SQLException {
        int place = query(connection, "SELECT place FROM turn WHERE number = ?", order.number());
        int next = update(
                connection,
                "UPDATE made SET place = ? WHERE sequence = ? AND place = ?",
                place,
                order.sequence(),
                place - 1);
        if (next != 1) {
            update(connection, "INSERT INTO out_of_order VALUES (?)", order.number());
        }
    }

    /** Returns how many effects were made out of their order. */
    static int outOfOrder(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM out_of_order")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static int update(Connection connection, String sql, int... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    private static int query(Connection connection, String sql, int... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private static void bind(PreparedStatement statement, int... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setInt(i + 1, values[i]);
        }
    }
}
