package dev.respite.torture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * A bank in a database. It knows nothing of keys, and nothing in it forbids to pay twice: the ledger has no unique constraint,
 * and accounts may be overdrawn.
 */
final class Bank {

    /** Few enough that transfers meet: deadlocks are part of it. */
    static final int ACCOUNTS = 200;

    private static final long OPENING_BALANCE = 10_000;

    private Bank() {}

    static void open(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE account (id integer NOT NULL PRIMARY KEY, balance bigint NOT NULL)");
            statement.execute("CREATE TABLE ledger (transfer integer NOT NULL, amount integer NOT NULL)");
            for (int account = 0; account < ACCOUNTS; account++) {
                statement.execute("INSERT INTO account VALUES (" + account + ", " + OPENING_BALANCE + ")");
            }
        }
    }

    /** Moves the money, within a transaction that somebody else commits. */
    static void move(Connection connection, Transfer transfer, Breakpoints breakpoints) throws SQLException {
        breakpoints.reach(Step.BEFORE_EFFECT);
        add(connection, transfer.from(), -transfer.amount());
        breakpoints.reach(Step.AFTER_DEBIT);
        add(connection, transfer.to(), transfer.amount());
        breakpoints.reach(Step.AFTER_CREDIT);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO ledger VALUES (?, ?)")) {
            insert.setInt(1, transfer.number());
            insert.setInt(2, transfer.amount());
            insert.executeUpdate();
        }
        breakpoints.reach(Step.AFTER_LEDGER);
    }

    private static void add(Connection connection, int account, int amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            update.setInt(1, amount);
            update.setInt(2, account);
            if (update.executeUpdate() != 1) {
                throw new SQLException("there is no account " + account);
            }
        }
    }

    /** What is in the books. */
    static LedgerSnapshot snapshot(Connection connection) throws SQLException {
        Map<Integer, Integer> rows = new HashMap<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT transfer, COUNT(*) FROM ledger GROUP BY transfer")) {
                while (row.next()) {
                    rows.put(row.getInt(1), row.getInt(2));
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT SUM(balance) FROM account")) {
                row.next();
                return new LedgerSnapshot(rows, row.getLong(1));
            }
        }
    }

    /**
     * The books.
     *
     * @param rows how many rows the ledger has for each transfer that it has one for
     * @param money the money in all accounts
     */
    record LedgerSnapshot(Map<Integer, Integer> rows, long money) {}
}
