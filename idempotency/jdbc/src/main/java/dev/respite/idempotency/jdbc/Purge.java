package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Removes records and raises the purge mark to the greatest key time among them, in a transaction that the caller ends. */
record Purge(PurgeStatements statements, Dialect dialect) {

    /** Starts a purge at the first record. */
    static final Instant BEGINNING = Instant.EPOCH;

    /** A removed record. */
    private record Taken(String storageKey, Instant expiresAt, Optional<Instant> keyTime) {}

    /**
     * The result of a purge.
     *
     * @param removed how many records were removed
     * @param next the {@code expiresAt} at which the next purge should start; the beginning if there was nothing to remove
     */
    record Done(int removed, Instant next) {}

    /**
     * Removes records; none while another purge is running.
     *
     * @param transaction a transaction without previous statements
     * @param from where to start: no record that expires earlier is removed
     */
    Done run(Connection transaction, int atMost, Instant from) throws SQLException {
        if (statements.begin().isPresent()) {
            execute(transaction, statements.begin().get(), new Bindings());
        }
        if (!gives(transaction, statements.lock())) {
            requireMark(transaction);
            return new Done(0, from);
        }
        List<Taken> taken = take(transaction, atMost, from);
        if (statements.remove().isPresent() && !taken.isEmpty()) {
            remove(transaction, statements.remove().get(), taken);
        }
        Optional<Instant> lastKey =
                taken.stream().flatMap(one -> one.keyTime().stream()).max(Instant::compareTo);
        if (lastKey.isPresent()) {
            execute(transaction, statements.mark(), new Bindings().keyTime(lastKey));
        }
        return new Done(taken.size(), last(taken));
    }

    private List<Taken> take(Connection transaction, int atMost, Instant from) throws SQLException {
        List<Taken> taken = new ArrayList<>();
        Bindings bindings = new Bindings().number("at_most", atMost).from(from);
        try (PreparedStatement statement = statements.take().prepare(transaction, bindings);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                taken.add(new Taken(
                        row.getString("storage_key"),
                        dialect.time(row, "expires_at").orElseThrow(),
                        dialect.time(row, "key_time")));
            }
        }
        return taken;
    }

    /** The rows of a change have no defined order. */
    private static Instant last(List<Taken> taken) {
        return taken.stream().map(Taken::expiresAt).max(Instant::compareTo).orElse(BEGINNING);
    }

    private static void remove(Connection transaction, NamedSql remove, List<Taken> taken) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(remove.text())) {
            for (Taken one : taken) {
                statement.setString(1, one.storageKey());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Without the mark no record would ever be removed, and no error would show it. */
    private void requireMark(Connection transaction) throws SQLException {
        if (!gives(transaction, statements.exists())) {
            throw new SQLException("the table respite_idempotency_purge is empty, and must have one row:"
                    + " INSERT INTO respite_idempotency_purge (id) VALUES (1)");
        }
    }

    private static void execute(Connection transaction, NamedSql sql, Bindings bindings) throws SQLException {
        try (PreparedStatement statement = sql.prepare(transaction, bindings)) {
            statement.execute();
        }
    }

    private static boolean gives(Connection transaction, NamedSql query) throws SQLException {
        try (PreparedStatement statement = query.prepare(transaction, new Bindings());
                ResultSet row = statement.executeQuery()) {
            return row.next();
        }
    }
}
