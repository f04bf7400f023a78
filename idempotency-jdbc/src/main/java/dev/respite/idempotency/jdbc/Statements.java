package dev.respite.idempotency.jdbc;

import java.util.List;
import java.util.OptionalLong;

/**
 * All that is asked of a database, in its dialect.
 *
 * @param claim these, one after the other, until one answers; each gives {@code now}, {@code admitted}, {@code room},
 *     {@code written} and a record, whose columns are null if there is none
 * @param lightClaim the same, for a record that the database need not have on its disk yet when it answers
 * @param swap changes a record that is as expected, whatever its lease, and waits for whoever has it locked
 * @param swapInTransaction the same, if the transaction is still the one that it was
 * @param takeOver changes a record that is as expected and whose lease is over, and waits for nobody
 * @param find gives {@code now} and a record, whose columns are null if there is none
 * @param enter locks a record that is as expected, changes it and names the transaction; does not wait for locks
 * @param lock reads a record once nobody has it locked any more
 * @param purge what removes records that may be removed
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

    /** What a key that is not later has been purged by: an addition to the condition that admits a new key. */
    static final String NOT_PURGED = " AND NOT EXISTS (SELECT 1 FROM respite_idempotency_purge p WHERE p.key_time >= ";

    /** What a change gives back: whoever has made it knows the response, which may be long. */
    private static final String WITHOUT_RESPONSE =
            "storage_key, scope_hash, state, fence, owner, fingerprint, claims," + " lease_until, expires_at, key_time";

    static final String COLUMNS = WITHOUT_RESPONSE + ", response";

    private static final String AS_SEEN =
            "storage_key = :key AND fence = :seen_fence AND owner = :seen_owner AND state = :seen_state";

    private static final String KEY_TIME = "CAST(:key_time AS TIMESTAMP(6) WITH TIME ZONE)";

    static Statements in(Fragments dialect, OptionalLong mostPerScope) {
        String asSeenAndOver = AS_SEEN + " AND lease_until < " + dialect.now();
        // The lock is tried in a query of its own: an UPDATE alone would wait.
        String free =
                " AND EXISTS (SELECT 1 FROM respite_idempotency WHERE " + asSeenAndOver + " FOR UPDATE SKIP LOCKED)";
        String sameTransaction = " AND " + dialect.transaction() + " = :transaction";
        return new Statements(
                claim(dialect, mostPerScope, ""),
                claim(dialect, mostPerScope, dialect.lightCommit()),
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
     * The first claim. The key's age is looked at in the same statement that writes the record, and by a clock that is read
     * after the table was found to have no record: else one could be purged in between, whose key is too old by then. The mark
     * of the purge does not depend on a clock: see {@link PurgeStatements}.
     *
     * <p>PostgreSQL takes its view of the tables before anything else, and what a statement looks up is looked up there. H2 has
     * no such view in a statement that writes, and looks for the record, and for the mark, in one before.
     */
    private static List<NamedSql> claim(Fragments dialect, OptionalLong mostPerScope, String more) {
        String record = "respite_idempotency WHERE storage_key = :key";
        String look = terms(dialect, mostPerScope, NOT_PURGED + "t.key_time)", more);
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
                                + insertFrom("(" + terms(dialect, mostPerScope, "", "") + ") n", dialect) + ")"));
        };
    }

    /** What decides about a new record: {@code now}, {@code key_time}, {@code admitted} and {@code room}. */
    private static String terms(Fragments dialect, OptionalLong mostPerScope, String notPurged, String more) {
        return "SELECT t.now, t.key_time, t.key_time IS NULL OR ("
                + dialect.later("t.key_time", ":retention") + " > t.now AND t.key_time <= "
                + dialect.later("t.now", ":skew") + notPurged + ") AS admitted, " + room(mostPerScope) + " AS room"
                + more + " FROM (SELECT " + dialect.now() + " AS now, " + KEY_TIME + " AS key_time) t";
    }

    /** Nothing is counted for a record that is there, nor further than the limit. */
    static String room(OptionalLong mostPerScope) {
        if (mostPerScope.isEmpty()) {
            return "TRUE";
        }
        long most = mostPerScope.getAsLong();
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
