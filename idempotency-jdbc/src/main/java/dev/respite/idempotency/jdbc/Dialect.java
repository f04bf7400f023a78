package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What databases say differently, in fragments of SQL. What is the same is in {@link Statements}. */
enum Dialect {
    POSTGRESQL {
        @Override
        String now() {
            return "clock_timestamp()";
        }

        @Override
        String later(String time, String micros) {
            return "(" + time + " + " + micros + " * INTERVAL '1 microsecond')";
        }

        @Override
        String nextFence() {
            return "nextval('respite_fence')";
        }

        @Override
        String transaction() {
            return "CAST(txid_current() AS varchar)";
        }

        @Override
        String returning(String columns, String change) {
            return change + " RETURNING " + columns;
        }

        /** The query that has it is read twice, and so is run by itself, once, whether this column is looked at or not. */
        @Override
        String lightCommit() {
            return ", set_config('synchronous_commit', 'off', true) AS light";
        }

        /** A lock may be held by a client that is gone and has not been noticed. */
        @Override
        void limitLockWaits(Connection transaction) throws SQLException {
            try (Statement statement = transaction.createStatement()) {
                statement.execute("SET LOCAL lock_timeout = '2s'");
            }
        }

        @Override
        Optional<String> flawInDurability(Connection connection) throws SQLException {
            for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
                String value = only(connection, "SHOW " + setting);
                if (value.equals("off")) {
                    return Optional.of(setting + " is off, so a crash of the server can lose what was committed:"
                            + " switch it on in postgresql.conf, or for the role and the database that connect");
                }
            }
            return Optional.empty();
        }
    },

    H2 {
        /** Stands still during a transaction; a claim is one of its own. */
        @Override
        String now() {
            return "CURRENT_TIMESTAMP(6)";
        }

        @Override
        String later(String time, String micros) {
            return "DATEADD(MICROSECOND, " + micros + ", " + time + ")";
        }

        @Override
        String nextFence() {
            return "NEXT VALUE FOR respite_fence";
        }

        @Override
        String transaction() {
            return "TRANSACTION_ID()";
        }

        @Override
        String returning(String columns, String change) {
            return "SELECT " + columns + " FROM FINAL TABLE (" + change + ")";
        }

        /** It has none: WRITE_DELAY is the whole database's. */
        @Override
        String lightCommit() {
            return "";
        }

        /** It has a limit of its own, LOCK_TIMEOUT, 2 s unless it was changed. */
        @Override
        void limitLockWaits(Connection transaction) {}

        @Override
        Optional<String> flawInDurability(Connection connection) throws SQLException {
            if (only(connection, "SELECT COALESCE(DATABASE_PATH(), '')").isEmpty()) {
                return Optional.of("the database is in memory: give it a file, jdbc:h2:file:…;WRITE_DELAY=0");
            }
            String delay = only(
                    connection,
                    "SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = 'WRITE_DELAY'");
            return delay.equals("0")
                    ? Optional.empty()
                    : Optional.of("WRITE_DELAY is " + delay + " ms, and a crash loses what was committed in that time:"
                            + " add ;WRITE_DELAY=0 to the URL, or run SET WRITE_DELAY 0 once");
        }
    };

    abstract String now();

    abstract String later(String time, String micros);

    abstract String nextFence();

    /** What tells this transaction from every other one. */
    abstract String transaction();

    /** A change that gives back the rows as they are after it. */
    abstract String returning(String columns, String change);

    /** A column that makes this one transaction's commit not wait for the disk; empty if there is no such thing. */
    abstract String lightCommit();

    /** Makes this transaction wait for a lock 2 s at most. */
    abstract void limitLockWaits(Connection transaction) throws SQLException;

    /** Why commits do not outlive a crash; empty if they do. */
    abstract Optional<String> flawInDurability(Connection connection) throws SQLException;

    private static String only(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** The dialect of a database, by the name that its driver gives it. */
    static Dialect of(String product) {
        for (Dialect dialect : values()) {
            if (product.toUpperCase(Locale.ROOT).equals(dialect.name())) {
                return dialect;
            }
        }
        throw new IllegalArgumentException("the database is '" + product
                + "', and records can be kept in PostgreSQL and H2 only: give a DataSource of one of these");
    }
}
