package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The objects that the SQL file of a database creates. They have the same names in every database. */
final class Schema {

    private static final List<String> TABLES = List.of("respite_idempotency", "respite_idempotency_purge");

    private static final List<String> COLUMNS = List.of(
            "respite_idempotency.storage_key",
            "respite_idempotency.scope_hash",
            "respite_idempotency.state",
            "respite_idempotency.fence",
            "respite_idempotency.owner",
            "respite_idempotency.fingerprint",
            "respite_idempotency.claims",
            "respite_idempotency.lease_until",
            "respite_idempotency.expires_at",
            "respite_idempotency.key_time",
            "respite_idempotency.response",
            "respite_idempotency_purge.id",
            "respite_idempotency_purge.key_time");

    private static final List<String> INDEXES =
            List.of("respite_idempotency_expiry", "respite_idempotency_scope", "respite_idempotency_state");

    private Schema() {}

    /**
     * Returns the missing objects and the SQL file that creates it; empty if nothing is missing.
     *
     * @param dialect the database
     * @param connection a connection with the search path of the store
     */
    static Optional<String> missingObjects(Dialect dialect, Connection connection) throws SQLException {
        Set<String> present = present(dialect, connection);
        List<String> missing = missing(present);
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        String file = "db/respite/" + dialect.product().toLowerCase(Locale.ROOT) + "/V1__respite_idempotency.sql";
        String remedy = present.isEmpty()
                ? "run " + file
                        + ", which is in the jar of respite-idempotency-jdbc, in the schema that its connections"
                        + " see first"
                : "its tables are incomplete or of another version; create what is missing as in " + file
                        + ", which is in the jar of respite-idempotency-jdbc, or grant the user its privileges";
        return Optional.of("the database lacks " + String.join(", ", missing) + ": " + remedy);
    }

    /** Returns how to create the purge mark; empty if it is there. */
    static Optional<String> missingMark(Tables tables, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id FROM " + tables.purge() + " WHERE id = 1")) {
            return row.next()
                    ? Optional.empty()
                    : Optional.of(
                            "the table respite_idempotency_purge is empty, so records cannot be purged: INSERT INTO"
                                    + " respite_idempotency_purge (id) VALUES (1)");
        }
    }

    /** The columns and indexes of a missing table are not listed. */
    private static List<String> missing(Set<String> present) {
        List<String> missing = new ArrayList<>();
        addMissing(Stream.of("sequence respite_fence"), present, missing);
        for (String table : TABLES) {
            addMissing(Stream.of("table " + table), present, missing);
            if (present.contains("table " + table)) {
                addMissing(parts(table), present, missing);
            }
        }
        return missing;
    }

    private static void addMissing(Stream<String> objects, Set<String> present, List<String> missing) {
        objects.filter(object -> !present.contains(object)).forEach(missing::add);
    }

    private static Stream<String> parts(String table) {
        Stream<String> columns = COLUMNS.stream()
                .filter(column -> column.startsWith(table + "."))
                .map(column -> "column " + column);
        Stream<String> indexes =
                table.equals(TABLES.get(0)) ? INDEXES.stream().map(index -> "index " + index) : Stream.of();
        return Stream.of(Stream.of("primary key of " + table), columns, indexes).flatMap(objects -> objects);
    }

    private static Set<String> present(Dialect dialect, Connection connection) throws SQLException {
        Set<String> present = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(dialect.objects())) {
            while (row.next()) {
                present.add(row.getString(1).toLowerCase(Locale.ROOT));
            }
        }
        return present;
    }
}
