package dev.respite.idempotency.jdbc;

import dev.respite.jdbc.transaction.LocalTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** A supported database: its statements, lock timeouts and checks. There is one implementation for each. */
interface Dialect {

    /** Returns the product name of the database's driver; in lower case, the folder of its SQL file. */
    String product();

    /**
     * Returns the query for the objects of Respite that a connection sees, one row for each: {@code table t}, {@code primary
     * key of t}, {@code column t.c}, {@code index i}, {@code sequence s}. It needs no other privileges than the store.
     */
    String objects();

    /** Returns the names of the tables that a connection sees. They must be there. */
    Tables tables(Connection connection) throws SQLException;

    /** Returns the query for the estimated number of records, from the statistics of the database. */
    String estimatedCount();

    /** Returns an expression for the next value of the sequence {@code {fences}}. */
    String nextFence();

    /** Returns the privilege that {@link #nextFence} needs. */
    String privilegeOfSequence();

    /** Returns the words before the name of the sequence in GRANT. */
    default String sequence() {
        return "";
    }

    /** Returns the query for the user of a connection as it is written in GRANT. */
    String grantee();

    /** Returns the statements of the store. */
    Statements statements();

    /** Returns the columns of a record in a query. */
    default String columns() {
        return Statements.COLUMNS;
    }

    /** Returns the value of a column as a time; empty if it is null. */
    default Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /** Runs the change of a record in the transaction of the work, and returns the changed rows. */
    default ResultSet rowsInTransaction(PreparedStatement change) throws SQLException {
        return change.executeQuery();
    }

    /**
     * Returns whether the last statement of a connection has ended its transaction by a deadlock, so that nothing was committed since.
     * Databases that do not report it return false.
     */
    default boolean isAfterDeadlock(Connection connection) throws SQLException {
        return false;
    }

    /** Returns a query for a row if a prepared transaction has locked a record; empty if no transaction can be prepared. */
    default Optional<String> prepared() {
        return Optional.empty();
    }

    /** Uses a connection within a transaction in which no lock is waited for longer than 2 s. */
    <T> T withShortLockWaits(Connection transaction, LocalTransaction.Body<T, RuntimeException> use)
            throws SQLException;

    /** Returns why the database cannot guarantee exactly once; empty if it can. */
    default Optional<String> unsupportedReason(Connection connection) throws SQLException {
        return Optional.empty();
    }

    /** Returns why commits may be lost in a crash; empty if they are durable. */
    Optional<String> durabilityProblem(Connection connection) throws SQLException;

    /** Returns the first column of the only row of a query. */
    static String only(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Runs a statement without parameters. */
    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
