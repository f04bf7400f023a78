package dev.respite.idempotency.jdbc;

import java.util.List;
import java.util.OptionalLong;

/**
 * The statements of a store, in the dialect of its database.
 *
 * @param claim run one after the other until one returns a row with {@code now}, {@code admitted}, {@code room}, {@code
 *     written} and a record, whose columns are null if there is none
 * @param lightClaim the same, for a record whose commit does not wait for the disk
 * @param swap changes a record that meets the precondition, whatever its lease, and waits for locks
 * @param swapInTransaction the same, if the transaction is still the same
 * @param takeOver changes a record that meets the precondition and whose lease is over, and does not wait for locks
 * @param find returns {@code now} and a record, whose columns are null if there is none
 * @param enter locks a record that meets the precondition, changes it and returns the transaction; does not wait for locks
 * @param lock reads a record once no other transaction has locked it
 * @param purge removes expired records
 */
record Statements(
        List<NamedSql> claim,
        List<NamedSql> lightClaim,
        NamedSql swap,
        NamedSql swapInTransaction,
        NamedSql takeOver,
        NamedSql find,
        NamedSql enter,
        NamedSql lock,
        PurgeStatements purge) {

    /** An addition to the condition that admits a new key: no key with the same or a later time was purged. */
    static final String NOT_PURGED = " AND NOT EXISTS (SELECT 1 FROM respite_idempotency_purge p WHERE p.key_time >= ";

    /** The columns that a change returns. The response is omitted, because it may be long and the caller knows it. */
    private static final String WITHOUT_RESPONSE =
            "storage_key, scope_hash, state, fence, owner, fingerprint, claims," + " lease_until, expires_at, key_time";

    static final String COLUMNS = WITHOUT_RESPONSE + ", response";

    private static final String AS_SEEN =
            "storage_key = :key AND fence = :seen_fence AND owner = :seen_owner AND state = :seen_state";

    private static final String KEY_TIME = "CAST(:key_time AS TIMESTAMP(6) WITH TIME ZONE)";

    static Statements in(Fragments dialect, OptionalLong maxPerScope) {
        String asSeenAndOver = AS_SEEN + " AND lease_until < " + dialect.now();
        // The lock is taken in a subquery: an UPDATE alone would wait.
        String free =
                " AND EXISTS (SELECT 1 FROM respite_idempotency WHERE " + asSeenAndOver + " FOR UPDATE SKIP LOCKED)";
        String sameTransaction = " AND " + dialect.transaction() + " = :transaction";
        return new Statements(
                claim(dialect, maxPerScope, ""),
                claim(dialect, maxPerScope, dialect.lightCommit()),
                NamedSql.of(dialect.returning(WITHOUT_RESPONSE, update(dialect, AS_SEEN))),
                NamedSql.of(dialect.returning(WITHOUT_RESPONSE, update(dialect, AS_SEEN + sameTransaction))),
                NamedSql.of(dialect.returning(WITHOUT_RESPONSE, update(dialect, asSeenAndOver + free))),
                NamedSql.of("SELECT n.now, r.* FROM (SELECT " + dialect.now() + " AS now) n"
                        + " LEFT JOIN respite_idempotency r ON r.storage_key = :key"),
                NamedSql.of(dialect.enter(WITHOUT_RESPONSE, update(dialect, ""), AS_SEEN)),
                NamedSql.of("SELECT " + COLUMNS + " FROM respite_idempotency WHERE storage_key = :key FOR UPDATE"),
                PurgeStatements.in(dialect));
    }

    /**
     * The first claim. The age of the key is checked in the statement that writes the record, by a clock that is read after
     * the lookup found no record. Otherwise the record could be purged in between, and its key would be too old by then. The
     * purge mark does not depend on a clock, see {@link PurgeStatements}.
     *
     * <p>PostgreSQL takes its snapshot of the tables first, and every lookup of the statement uses it. H2 has no such
     * snapshot in a statement that writes, so record and mark are looked up in a statement before it.
     */
    private static List<NamedSql> claim(Fragments dialect, OptionalLong maxPerScope, String more) {
        String record = "respite_idempotency WHERE storage_key = :key";
        String look = terms(dialect, maxPerScope, NOT_PURGED + "t.key_time)", more);
        return switch (dialect) {
            case POSTGRESQL ->
                List.of(NamedSql.of("WITH n AS (" + look + "), i AS ("
                        + insertFrom("n", dialect) + " ON CONFLICT (storage_key) DO NOTHING RETURNING " + COLUMNS + ")"
                        + " SELECT n.now, n.admitted, n.room, x.* FROM n LEFT JOIN ("
                        + "SELECT TRUE AS written, " + COLUMNS + " FROM i UNION ALL SELECT FALSE, " + COLUMNS + " FROM "
                        + record + ") x ON TRUE"));
            case H2 ->
                List.of(
                        NamedSql.of("SELECT n.now, n.admitted, n.room, FALSE AS written, r.* FROM (" + look
                                + ") n LEFT JOIN (SELECT * FROM " + record + ") r ON TRUE"),
                        NamedSql.of("SELECT " + dialect.now() + " AS now, TRUE AS admitted, TRUE AS room,"
                                + " TRUE AS written, " + COLUMNS + " FROM FINAL TABLE ("
                                + insertFrom("(" + terms(dialect, maxPerScope, "", "") + ") n", dialect) + ")"));
        };
    }

    /** The columns that decide about a new record: {@code now}, {@code key_time}, {@code admitted} and {@code room}. */
    private static String terms(Fragments dialect, OptionalLong maxPerScope, String notPurged, String more) {
        return "SELECT t.now, t.key_time, t.key_time IS NULL OR ("
                + dialect.later("t.key_time", ":retention") + " > t.now AND t.key_time <= "
                + dialect.later("t.now", ":skew") + notPurged + ") AS admitted, " + room(maxPerScope) + " AS room"
                + more + " FROM (SELECT " + dialect.now() + " AS now, " + KEY_TIME + " AS key_time) t";
    }

    /** Counts only if there is no record, and only up to the limit. */
    static String room(OptionalLong maxPerScope) {
        if (maxPerScope.isEmpty()) {
            return "TRUE";
        }
        long most = maxPerScope.getAsLong();
        return "(EXISTS (SELECT 1 FROM respite_idempotency WHERE storage_key = :key) OR (SELECT COUNT(*) FROM (SELECT 1"
                + " FROM respite_idempotency WHERE scope_hash = :scope LIMIT " + most + ") c) < " + most + ")";
    }

    private static String insertFrom(String terms, Fragments dialect) {
        return "INSERT INTO respite_idempotency (" + COLUMNS + ") SELECT :key, :scope, :state, " + dialect.nextFence()
                + ", :owner, :fingerprint, :claims, " + dialect.later("n.now", ":lease") + ", "
                + expiresAt(dialect, "n.now", "n.key_time") + ", n.key_time, :response FROM " + terms
                + " WHERE n.admitted AND n.room AND NOT EXISTS ("
                + "SELECT 1 FROM respite_idempotency WHERE storage_key = :key)";
    }

    private static String update(Fragments dialect, String where) {
        return "UPDATE respite_idempotency SET state = :state,"
                + " fence = CASE WHEN owner = :owner THEN fence ELSE " + dialect.nextFence() + " END,"
                + " owner = :owner, fingerprint = :fingerprint, claims = :claims,"
                + " lease_until = " + dialect.later(dialect.now(), ":lease") + ","
                + " expires_at = " + expiresAt(dialect, dialect.now(), KEY_TIME) + ","
                + " key_time = " + KEY_TIME + ", response = :response WHERE " + where;
    }

    private static String expiresAt(Fragments dialect, String now, String keyTime) {
        return dialect.later("GREATEST(" + now + ", COALESCE(" + keyTime + ", " + now + "))", ":retention");
    }
}
