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

/** The supported databases, with their statements, lock timeouts and checks. */
enum Dialect {
    POSTGRESQL {
        @Override
        String objects() {
            return Catalogs.POSTGRESQL;
        }

        @Override
        Statements statements(OptionalLong maxPerScope) {
            return Statements.in(Fragments.POSTGRESQL, maxPerScope);
        }

        /** A lock may be held by a client that has disappeared unnoticed. */
        @Override
        <T> T withShortLockWaits(Connection transaction, StoreConnections.Use<T> use) throws SQLException {
            run(transaction, "SET LOCAL lock_timeout = '2s'");
            return use.on(transaction);
        }

        @Override
        Optional<String> durabilityProblem(Connection connection) throws SQLException {
            for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
                String value = only(connection, "SHOW " + setting);
                if (value.equals("off")) {
                    return Optional.of(setting + " is off, so a crash of the server can lose committed transactions:"
                            + " enable it in postgresql.conf, or for the role and the database of the connection");
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
        Statements statements(OptionalLong maxPerScope) {
            return Statements.in(Fragments.H2, maxPerScope);
        }

        /** H2 has its own limit, LOCK_TIMEOUT, which is 2 s by default. */
        @Override
        <T> T withShortLockWaits(Connection transaction, StoreConnections.Use<T> use) throws SQLException {
            return use.on(transaction);
        }

        /** While H2 saves the changes of one connection, another connection may go from its first change to its commit. */
        @Override
        Optional<String> durabilityProblem(Connection connection) throws SQLException {
            return Optional.of(
                    only(connection, "SELECT COALESCE(DATABASE_PATH(), '')").isEmpty()
                            ? "the database is in memory: use PostgreSQL or MariaDB"
                            : "H2 may keep one half of a transaction, a record without its effect or an effect without its"
                                    + " record, if its process is killed while several connections write (H2 issue"
                                    + " 2080): use PostgreSQL or MariaDB; or use H2 with one connection at a time and"
                                    + " ;WRITE_DELAY=0 in the URL, and omit this check");
        }
    },

    MARIADB {
        @Override
        String objects() {
            return Catalogs.MARIADB;
        }

        @Override
        Statements statements(OptionalLong maxPerScope) {
            return MariaDbStatements.in(maxPerScope);
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

        /** The limit is a setting of the session, and the connection may belong to a pool: the old value is restored. */
        @Override
        <T> T withShortLockWaits(Connection transaction, StoreConnections.Use<T> use) throws SQLException {
            run(transaction, "SET @respite_wait = @@innodb_lock_wait_timeout, innodb_lock_wait_timeout = 2");
            T value;
            try {
                value = use.on(transaction);
            } catch (Throwable failure) {
                try {
                    run(transaction, RESTORE_TIMEOUT);
                } catch (SQLException alsoFailed) {
                    failure.addSuppressed(alsoFailed);
                }
                throw failure;
            }
            run(transaction, RESTORE_TIMEOUT);
            return value;
        }

        @Override
        Optional<String> unsupportedReason(Connection connection) throws SQLException {
            return MariaDbChecks.unsupportedReason(connection);
        }

        @Override
        Optional<String> durabilityProblem(Connection connection) throws SQLException {
            return MariaDbChecks.durabilityProblem(connection);
        }
    };

    private static final String RESTORE_TIMEOUT = "SET innodb_lock_wait_timeout = @respite_wait";

    /** Returns the query for the objects of Respite that a connection sees, see {@link Catalogs}. */
    abstract String objects();

    /** Returns the statements of the store. */
    abstract Statements statements(OptionalLong maxPerScope);

    /** Returns the columns of a record in a query. */
    String columns() {
        return Statements.COLUMNS;
    }

    /** Returns the value of a column as a time; empty if it is null. */
    Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /** Uses a connection within a transaction in which no lock is waited for longer than 2 s. */
    abstract <T> T withShortLockWaits(Connection transaction, StoreConnections.Use<T> use) throws SQLException;

    /** Returns why the database cannot guarantee exactly once; empty if it can. */
    Optional<String> unsupportedReason(Connection connection) throws SQLException {
        return Optional.empty();
    }

    /** Returns why commits may be lost in a crash; empty if they are durable. */
    abstract Optional<String> durabilityProblem(Connection connection) throws SQLException;

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

    /** Returns the dialect of a database by the product name of its driver. */
    static Dialect of(String product) throws UnfitDatabaseException {
        for (Dialect dialect : values()) {
            if (product.toUpperCase(Locale.ROOT).equals(dialect.name())) {
                return dialect;
            }
        }
        throw new UnfitDatabaseException("the database is '" + product
                + "': use a DataSource of PostgreSQL, H2 or MariaDB"
                + (product.equalsIgnoreCase("MySQL")
                        ? ". If it is MariaDB, connect with MariaDB's own driver, and without useMysqlMetadata"
                        : ""));
    }
}
