package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists and counts records. The state is part of the SQL text, because PostgreSQL uses a partial index only if it knows
 * the state when it plans.
 *
 * @param columns the columns of a record
 * @param table the table
 * @param rows reads the rows
 */
record RecordListing(String columns, String table, Rows rows) {

    /** Returns the records after a name, in the order of the names. */
    List<IdempotencyRecord> list(Connection connection, State state, String after, int atMost) throws SQLException {
        NamedSql sql = NamedSql.of(
                "SELECT " + columns + from(state) + " AND storage_key > :after ORDER BY storage_key LIMIT :at_most");
        Bindings bindings = new Bindings().text("after", after).number("at_most", atMost);
        List<IdempotencyRecord> found = new ArrayList<>();
        try (PreparedStatement statement = sql.prepare(connection, bindings);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found.add(rows.record(row).orElseThrow());
            }
        }
        return List.copyOf(found);
    }

    long count(Connection connection, State state) throws SQLException {
        return count(connection, NamedSql.of("SELECT COUNT(*)" + from(state)), new Bindings());
    }

    /** Counts the records of a scope up to a maximum. */
    long countScope(Connection connection, String scope, long atMost) throws SQLException {
        NamedSql sql = NamedSql.of(
                "SELECT COUNT(*) FROM (SELECT 1 FROM " + table + " WHERE scope_hash = :scope LIMIT :at_most) c");
        return count(connection, sql, new Bindings().text("scope", scope).number("at_most", atMost));
    }

    private static long count(Connection connection, NamedSql sql, Bindings bindings) throws SQLException {
        try (PreparedStatement statement = sql.prepare(connection, bindings);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private String from(State state) {
        return " FROM " + table + " WHERE state = '" + state.name() + "'";
    }
}
