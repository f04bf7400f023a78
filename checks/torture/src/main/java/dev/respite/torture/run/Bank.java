package dev.respite.torture.run;

import dev.respite.torture.cluster.Breakpoints;
import dev.respite.torture.cluster.Sql;
import dev.respite.torture.cluster.Step;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A bank in a database, without idempotency keys of its own. A second payment violates no constraint: the ledger has no
 * unique constraint, and balances may be negative.
 */
public final class Bank {

    /** Few enough that concurrent transfers use the same accounts and deadlock. */
    static final int ACCOUNTS = 200;

    private static final long OPENING_BALANCE = 10_000;

    private Bank() {}

    /** Creates the tables and the accounts. */
    public static void open(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE account (id integer NOT NULL PRIMARY KEY, balance bigint NOT NULL)");
            statement.execute("CREATE TABLE ledger (transfer integer NOT NULL, amount integer NOT NULL)");
            for (int account = 0; account < ACCOUNTS; account++) {
                statement.execute("INSERT INTO account VALUES (" + account + ", " + OPENING_BALANCE + ")");
            }
        }
    }

    /**
     * Runs an SQL file of the class path, which creates the tables of a library.
     *
     * @param script the path, with {@code %s} for the directory of the database
     */
    public static void runScript(Connection connection, String script) throws SQLException, IOException {
        String dialect = connection.getMetaData().getURL().split(":", -1)[1];
        String path = String.format(script, dialect);
        try (Statement statement = connection.createStatement();
                InputStream tables = Bank.class.getResourceAsStream(path)) {
            if (tables == null) {
                throw new IOException(path + " is not on the class path");
            }
            statement.execute(new String(tables.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Moves the money in a transaction that the caller commits. */
    public static void move(Connection connection, TransferOrder transfer, Breakpoints breakpoints)
            throws SQLException {
        breakpoints.reach(Step.BEFORE_EFFECT);
        add(connection, transfer.from(), -transfer.amount());
        breakpoints.reach(Step.AFTER_DEBIT);
        add(connection, transfer.to(), transfer.amount());
        breakpoints.reach(Step.AFTER_CREDIT);
        Sql.update(connection, "INSERT INTO ledger VALUES (?, ?)", transfer.number(), transfer.amount());
        breakpoints.reach(Step.AFTER_LEDGER);
    }

    /** One statement of a transfer. */
    @FunctionalInterface
    public interface Movement {

        /** Runs it in a transaction that the caller commits. */
        void run(Connection connection) throws SQLException;
    }

    /** Returns the statements of a transfer, for a caller that runs them one by one. */
    public static List<Movement> movements(TransferOrder transfer) {
        return List.of(
                connection -> add(connection, transfer.from(), -transfer.amount()),
                connection -> add(connection, transfer.to(), transfer.amount()),
                connection -> Sql.update(
                        connection, "INSERT INTO ledger VALUES (?, ?)", transfer.number(), transfer.amount()));
    }

    private static void add(Connection connection, int account, int amount) throws SQLException {
        if (Sql.update(connection, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, account) != 1) {
            throw new SQLException("there is no account " + account);
        }
    }

    /** Reads the ledger and the sum of all balances. */
    public static LedgerSnapshot snapshot(Connection connection) throws SQLException {
        Map<Integer, Integer> rows = new HashMap<>();
        Sql.read(
                connection,
                "SELECT transfer, COUNT(*) FROM ledger GROUP BY transfer",
                row -> rows.put(row.getInt(1), row.getInt(2)));
        return new LedgerSnapshot(rows, Sql.number(connection, "SELECT SUM(balance) FROM account"));
    }

    /**
     * The state of the ledger at one moment.
     *
     * @param rows the number of ledger rows of each transfer that has at least one
     * @param money the sum of all balances
     */
    public record LedgerSnapshot(Map<Integer, Integer> rows, long money) {}
}
