package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The databases that records can be kept in: how each is asked, limited and looked over. */
enum Dialect {
    POSTGRESQL {
        @Override
        String objects() {
            return Catalogs.POSTGRESQL;
        }

        @Override
        Statements statements(OptionalLong mostPerScope) {
            return Statements.in(Fragments.POSTGRESQL, mostPerScope);
        }

        /** A lock may be held by a client that is gone and has not been noticed. */
        @Override
        <T> T withShortLockWaits(Connection transaction, Connections.Use<T> use) throws SQLException {
            run(transaction, "SET LOCAL lock_timeout = '2s'");
            return use.on(transaction);
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
        @Override
        String objects() {
            return Catalogs.H2;
        }

        @Override
        Statements statements(OptionalLong mostPerScope) {
            return Statements.in(Fragments.H2, mostPerScope);
        }

        /** It has a limit of its own, LOCK_TIMEOUT, 2 s unless it was changed. */
        @Override
        <T> T withShortLockWaits(Connection transaction, Connections.Use<T> use) throws SQLException {
            return use.on(transaction);
        }

        /** While it saves the changes of one connection, another may go from its first change to its end. */
        @Override
        Optional<String> flawInDurability(Connection connection) throws SQLException {
            return Optional.of(
                    only(connection, "SELECT COALESCE(DATABASE_PATH(), '')").isEmpty()
                            ? "the database is in memory: take PostgreSQL or MariaDB"
                            : "H2 may keep one half of a transaction, a record without its effect or an effect without its"
                                    + " record, if its process is killed while several connections write (its issue"
                                    + " 2080): take PostgreSQL or MariaDB; or give H2 one connection at a time, with"
                                    + " ;WRITE_DELAY=0 in the URL, and leave this check out");
        }
    },

    MARIADB {
        @Override
        String objects() {
            return Catalogs.MARIADB;
        }

        @Override
        Statements statements(OptionalLong mostPerScope) {
            return MariaDbStatements.in(mostPerScope);
        }

        @Override
        String columns() {
            return MariaDbStatements.COLUMNS;
        }

        @Override
        Optional<Instant> time(ResultSet row, String column) throws SQLException {
            long micros = row.getLong(column);
            return row.wasNull() ? Optional.empty() : Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
        }

        /** The limit is the session's, and the connection may be a pool's: it is put back. */
        @Override
        <T> T withShortLockWaits(Connection transaction, Connections.Use<T> use) throws SQLException {
            run(transaction, "SET @respite_wait = @@innodb_lock_wait_timeout, innodb_lock_wait_timeout = 2");
            T answer;
            try {
                answer = use.on(transaction);
            } catch (Throwable failure) {
                try {
                    run(transaction, PUT_BACK);
                } catch (SQLException alsoFailed) {
                    failure.addSuppressed(alsoFailed);
                }
                throw failure;
            }
            run(transaction, PUT_BACK);
            return answer;
        }

        @Override
        Optional<String> flaw(Connection connection) throws SQLException {
            return MariaDbChecks.flaw(connection);
        }

        @Override
        Optional<String> flawInDurability(Connection connection) throws SQLException {
            return MariaDbChecks.flawInDurability(connection);
        }
    };

    private static final String PUT_BACK = "SET innodb_lock_wait_timeout = @respite_wait";

    /** The query for the objects of Respite that a connection sees; see {@link Catalogs}. */
    abstract String objects();

    /** All that it is asked. */
    abstract Statements statements(OptionalLong mostPerScope);

    /** All columns of a record, as they are read. */
    String columns() {
        return Statements.COLUMNS;
    }

    /** A time of an answer; empty if it is null. */
    Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /** Uses a connection within a transaction, where no lock is waited for longer than 2 s. */
    abstract <T> T withShortLockWaits(Connection transaction, Connections.Use<T> use) throws SQLException;

    /** Why it cannot promise anything, as it is; empty if it can. */
    Optional<String> flaw(Connection connection) throws SQLException {
        return Optional.empty();
    }

    /** Why commits do not outlive a crash; empty if they do. */
    abstract Optional<String> flawInDurability(Connection connection) throws SQLException;

    static String only(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The dialect of a database, by the name that its driver gives it. */
    static Dialect of(String product) throws UnfitDatabaseException {
        for (Dialect dialect : values()) {
            if (product.toUpperCase(Locale.ROOT).equals(dialect.name())) {
                return dialect;
            }
        }
        throw new UnfitDatabaseException("the database is '" + product
                + "', and records can be kept in PostgreSQL, H2 and MariaDB only: give a DataSource of one of these"
                + (product.equalsIgnoreCase("MySQL")
                        ? ". If it is MariaDB, connect with MariaDB's own driver, and without useMysqlMetadata"
                        : ""));
    }
}
