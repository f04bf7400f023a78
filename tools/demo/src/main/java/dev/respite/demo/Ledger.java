package dev.respite.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * The bank's ledger, with separate accounts for each run. It does not use idempotency keys. It stores the number of each
 * transfer, so that executions can be counted afterwards, and never reads it.
 */
final class Ledger {

    /** The number of accounts of a run. */
    static final int ACCOUNTS = 100;

    /** The name of the run without faults. The other runs have the names of their strategies. */
    static final String WARM_UP = "warm-up";

    private static final long OPENING_BALANCE = 10_000;
    private static final String KEYS = "/db/respite/h2/V1__respite_idempotency.sql";

    private final DataSource dataSource;

    private Ledger(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Creates the tables if they do not exist, and closes the connection. */
    static Ledger open(Connection connection, DataSource dataSource) throws SQLException, IOException {
        try (connection;
                Statement statement = connection.createStatement();
                InputStream keys = Ledger.class.getResourceAsStream(KEYS);
                ResultSet tables = connection.getMetaData().getTables(null, null, "LEDGER", null)) {
            if (!tables.next()) {
                if (keys == null) {
                    throw new IOException(KEYS + " is not on the class path");
                }
                statement.execute(new String(keys.readAllBytes(), StandardCharsets.UTF_8));
                statement.execute("CREATE TABLE account (run varchar(20), id integer, balance bigint,"
                        + " PRIMARY KEY (run, id))");
                List<String> runs = new ArrayList<>(List.of(WARM_UP));
                Stream.of(ClientStrategy.values()).map(ClientStrategy::toString).forEach(runs::add);
                for (String run : runs) {
                    statement.execute("INSERT INTO account SELECT '" + run + "', x, " + OPENING_BALANCE
                            + " FROM SYSTEM_RANGE(0, " + (ACCOUNTS - 1) + ")");
                }
                statement.execute("CREATE TABLE ledger (run varchar(20), transfer integer)");
            }
        }
        return new Ledger(dataSource);
    }

    /** Moves the money in a transaction that the caller commits. */
    String move(Connection connection, String run, Transfer transfer) throws SQLException {
        // Updates the accounts in one order, so that two transfers between the same accounts cannot deadlock.
        boolean up = transfer.from() < transfer.to();
        add(connection, run, up ? transfer.from() : transfer.to(), up ? -transfer.amount() : transfer.amount());
        add(connection, run, up ? transfer.to() : transfer.from(), up ? transfer.amount() : -transfer.amount());
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO ledger VALUES (?, ?)")) {
            insert.setString(1, run);
            insert.setInt(2, transfer.number());
            insert.executeUpdate();
        }
        return "moved " + transfer.amount();
    }

    String moveAndCommit(String run, Transfer transfer) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            String moved = move(connection, run, transfer);
            connection.commit();
            return moved;
        }
    }

    private static void add(Connection connection, String run, int account, int amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE run = ? AND id = ?")) {
            update.setInt(1, amount);
            update.setString(2, run);
            update.setInt(3, account);
            update.executeUpdate();
        }
    }

    /**
     * Returns one line with the sum of all balances of a run, and one line for each of its transfers with the number of
     * executions.
     */
    String books(String run) throws SQLException {
        StringBuilder books = new StringBuilder();
        try (Connection connection = dataSource.getConnection()) {
            lines(connection, books, "SELECT SUM(balance), 0 FROM account WHERE run = ?", run);
            lines(connection, books, "SELECT transfer, COUNT(*) FROM ledger WHERE run = ? GROUP BY transfer", run);
        }
        return books.toString();
    }

    private static void lines(Connection connection, StringBuilder to, String query, String run) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, run);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    to.append(row.getLong(1)).append(' ').append(row.getLong(2)).append('\n');
                }
            }
        }
    }
}
