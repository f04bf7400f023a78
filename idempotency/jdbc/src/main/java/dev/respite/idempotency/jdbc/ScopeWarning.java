package dev.respite.idempotency.jdbc;

import static java.lang.System.Logger.Level.WARNING;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Warns of scopes with very many records, without counting them. The number of all records is the estimate of the database, and
 * the share of a scope is its share of a sample. The names of records are hashes, so the first records in the order of their
 * names are a random sample.
 *
 * <p>A scope with less than 1 % of all records is not found. Safe for use by any number of threads.
 */
final class ScopeWarning {

    /** About 1 GB in PostgreSQL. */
    static final long MANY_RECORDS = 1_000_000;

    /** In the sample; fewer may be there by chance. */
    private static final int MIN_SAMPLED = 10;

    private static final int SAMPLE = 1_000;

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private final long many;

    /** The scopes that were logged and have had more than half of the limit since. */
    private volatile Set<String> logged = Set.of();

    /**
     * Creates a warning.
     *
     * @param many the number of records of a scope above which it is logged
     */
    ScopeWarning(long many) {
        this.many = many;
    }

    void check(Connection connection, RecordQueries records) throws SQLException {
        long all = Long.parseLong(Dialect.only(connection, records.dialect().estimatedCount()));
        Map<String, Long> sampled =
                all > many ? records.listing().sampleScopes(connection, SAMPLE, MIN_SAMPLED / 2) : Map.of();
        Set<String> before = logged;
        Set<String> now = new HashSet<>();
        sampled.forEach((scope, count) -> {
            long estimate = count * all / SAMPLE;
            if (before.contains(scope)) {
                if (estimate > many / 2) {
                    now.add(scope);
                }
            } else if (estimate > many && count >= MIN_SAMPLED) {
                now.add(scope);
                log(scope, estimate, all);
            }
        });
        logged = now;
    }

    private static void log(String scope, long records, long all) {
        LOGGER.log(
                WARNING,
                "the scope with scope_hash '" + scope + "' has about " + records + " of about " + all
                        + " records of keys. If that is not expected, its client may be sending new keys without end: limit"
                        + " the records of a scope (withMaxPerScope), or shorten the retention");
    }
}
