package dev.respite.idempotency.jdbc;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lists and counts records. The state is part of the SQL text, because PostgreSQL uses a partial index only if it knows the
 * state when it plans.
 */
record RecordListing(String columns, String table, Rows rows) {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    /** Returns the records after a name, in the order of the names. Those that a newer Respite has written are left out, and logged. */
    List<IdempotencyRecord> list(Connection connection, State state, String after, int atMost) throws SQLException {
        NamedSql sql = NamedSql.of(
                "SELECT " + columns + from(state) + " AND storage_key > :after ORDER BY storage_key LIMIT :at_most");
        List<IdempotencyRecord> found = new ArrayList<>();
        String last = after;
        int read;
        do {
            read = 0;
            Bindings bindings = new Bindings().text("after", last).number("at_most", atMost);
            try (PreparedStatement statement = sql.prepare(connection, bindings);
                    ResultSet row = statement.executeQuery()) {
                while (found.size() < atMost && row.next()) {
                    read++;
                    last = row.getString("storage_key");
                    record(row).ifPresent(found::add);
                }
            }
        } while (read == atMost && found.size() < atMost);
        return List.copyOf(found);
    }

    private Optional<IdempotencyRecord> record(ResultSet row) throws SQLException {
        try {
            return rows.record(row);
        } catch (StoreUnavailableException newer) {
            LOGGER.log(
                    WARNING,
                    "record '" + row.getString("storage_key") + "' is left out of the list: " + newer.getMessage());
            return Optional.empty();
        }
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
