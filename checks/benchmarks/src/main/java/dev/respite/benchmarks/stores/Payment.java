package dev.respite.benchmarks.stores;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The business: money from one account of a worker's to its other, and a line of the ledger. Three round trips. */
final class Payment {

    private Payment() {}

    static void on(Connection connection, int worker, String id) throws SQLException {
        move(connection, 2 * worker, -100);
        move(connection, 2 * worker + 1, 100);
        try (PreparedStatement line = connection.prepareStatement("INSERT INTO ledger (id, amount) VALUES (?, 100)")) {
            line.setString(1, id);
            line.executeUpdate();
        }
    }

    private static void move(Connection connection, int account, int amount) throws SQLException {
        try (PreparedStatement move =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            move.setInt(1, amount);
            move.setInt(2, account);
            move.executeUpdate();
        }
    }
}
