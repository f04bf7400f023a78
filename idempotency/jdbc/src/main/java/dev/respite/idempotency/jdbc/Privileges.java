package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The privileges that a store needs. Each has a statement that needs it too and changes no row. */
final class Privileges {

    private static final String NOTHING = " WHERE 1 = 0";

    private Privileges() {}

    /** A privilege on a table or a sequence, with its name in GRANT and the statement that needs it. */
    private record Privilege(String object, String name, String probe) {}

    /** Returns the privileges that the user of a connection lacks, with the statements that grant them; empty if there are none. */
    static Optional<String> missing(Dialect dialect, Tables tables, Connection connection) throws SQLException {
        Map<String, List<String>> missing = new LinkedHashMap<>();
        for (Privilege privilege : needed(dialect, tables)) {
            if (isDenied(connection, privilege.probe())) {
                missing.computeIfAbsent(privilege.object(), object -> new ArrayList<>())
                        .add(privilege.name());
            }
        }
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        String user = Dialect.only(connection, dialect.grantee());
        String privileges = missing.entrySet().stream()
                .map(entry -> String.join(", ", entry.getValue()) + " ON " + entry.getKey())
                .collect(Collectors.joining(" and "));
        String grants = missing.entrySet().stream()
                .map(entry -> "GRANT " + String.join(", ", entry.getValue()) + " ON " + entry.getKey() + " TO " + user)
                .collect(Collectors.joining("; "));
        return Optional.of("the user of the database lacks " + privileges + ": run " + grants);
    }

    private static List<Privilege> needed(Dialect dialect, Tables tables) {
        String records = tables.records();
        String purge = tables.purge();
        return List.of(
                new Privilege(records, "SELECT", "SELECT storage_key FROM " + records + NOTHING),
                new Privilege(
                        records,
                        "INSERT",
                        "INSERT INTO " + records + " (storage_key) SELECT one FROM (SELECT 'one' AS one) o" + NOTHING),
                new Privilege(records, "UPDATE", "UPDATE " + records + " SET claims = 1" + NOTHING),
                new Privilege(records, "DELETE", "DELETE FROM " + records + NOTHING),
                new Privilege(purge, "SELECT", "SELECT id FROM " + purge + NOTHING),
                new Privilege(purge, "UPDATE", "UPDATE " + purge + " SET key_time = NULL" + NOTHING),
                new Privilege(
                        dialect.sequence() + tables.fences(),
                        dialect.privilegeOfSequence(),
                        tables.named("SELECT " + dialect.nextFence())));
    }

    /** Any other failure, as of a read-only database, is left to the statement that needs the privilege. */
    private static boolean isDenied(Connection connection, String probe) throws SQLException {
        try {
            Dialect.run(connection, probe);
            return false;
        } catch (SQLException failure) {
            if (SqlFailures.isDenied(failure)) {
                return true;
            }
            if (SqlFailures.isTransient(failure)) {
                throw failure;
            }
            return false;
        }
    }
}
