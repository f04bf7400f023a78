package dev.respite.idempotency.jdbc;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The statements for MariaDB.
 *
 * <p>MariaDB has no UPDATE … RETURNING. A change is therefore an INSERT of the row that exists already, read and locked by
 * the same statement, with the change as its ON DUPLICATE KEY UPDATE. It returns the row after the change, and changes
 * nothing if the row does not meet the precondition.
 *
 * <p>Times are in UTC and are passed as numbers, so no time zone of session, driver or JVM converts them. The clock is
 * constant during a statement and advances from one statement to the next.
 */
final class MariaDbStatements {

    /**
     * A savepoint that exists as long as the transaction is the one that locked the record: each commit and rollback removes
     * it.
     */
    private static final String SAVEPOINT = "respite_transaction";

    private static final int NO_SUCH_SAVEPOINT = 1305;

    private static final String NOW = "UTC_TIMESTAMP(6)";
    private static final String EPOCH = "TIMESTAMP'1970-01-01 00:00:00'";
    private static final String KEY_TIME = later(EPOCH, ":key_micros");
    private static final String NEXT_FENCE = "NEXTVAL(respite_fence)";

    private static final String TABLE_COLUMNS = "storage_key, scope_hash, state, fence, owner, fingerprint, claims,"
            + " lease_until, expires_at, key_time, response";

    private static final String WITHOUT_RESPONSE = "storage_key, scope_hash, state, fence, owner, fingerprint, claims, "
            + micros("lease_until") + " AS lease_until, " + micros("expires_at") + " AS expires_at, "
            + micros("key_time") + " AS key_time";

    static final String COLUMNS = WITHOUT_RESPONSE + ", response";

    private static final String AS_SEEN =
            "storage_key = :key AND fence = :seen_fence AND owner = :seen_owner AND state = :seen_state";

    /**
     * These expressions are null if the key time is beyond the range of the database: the key is then not admitted and
     * nothing is written.
     */
    private static final String ADMITTED = admitted("");

    /** See {@link PurgeStatements}. */
    private static final String ADMITTED_AND_NOT_PURGED = admitted(Statements.NOT_PURGED + KEY_TIME + ")");

    private static final String EXPIRES_AT =
            later("GREATEST(" + NOW + ", COALESCE(" + KEY_TIME + ", " + NOW + "))", ":retention");

    private static final String PURGEABLE = "state IN ('DONE', 'READY') AND expires_at < " + NOW;

    private MariaDbStatements() {}

    static Statements in(OptionalLong maxPerScope) {
        List<NamedSql> claim = claim(maxPerScope);
        return new Statements(
                claim,
                claim,
                NamedSql.of(change(AS_SEEN, "")),
                NamedSql.of("BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR " + NO_SUCH_SAVEPOINT + " SELECT 1 LIMIT 0;"
                        + " RELEASE SAVEPOINT " + SAVEPOINT + "; " + change(AS_SEEN, "") + "; END"),
                NamedSql.of(change(AS_SEEN + " AND lease_until < " + NOW, " SKIP LOCKED")),
                NamedSql.of("SELECT " + micros(NOW) + " AS now, " + COLUMNS + fromRecordOrNothing()),
                // NOWAIT is not allowed here, so the lock wait timeout is 0.
                NamedSql.of("BEGIN NOT ATOMIC SAVEPOINT " + SAVEPOINT + "; "
                        + waiting(0, change(AS_SEEN, "") + ", '" + SAVEPOINT + "' AS transaction") + "; END"),
                NamedSql.of("SELECT " + COLUMNS + " FROM respite_idempotency WHERE storage_key = :key FOR UPDATE"),
                purge());
    }

    /**
     * No DELETE of MariaDB both skips locked rows and returns the removed rows. So the rows are locked first, and then
     * removed one by one by name. A DELETE with a list of names may lock other rows, depending on the optimizer, and wait
     * for them.
     *
     * <p>ORDER BY qualifies the column with its table. The alias with the same name would be sorted by value, without the
     * index, and every expired row would be locked.
     */
    private static PurgeStatements purge() {
        return PurgeStatements.of(
                Optional.of(PurgeStatements.READ_COMMITTED),
                "SELECT storage_key, " + micros("expires_at") + " AS expires_at, " + micros("key_time") + " AS key_time"
                        + " FROM respite_idempotency WHERE " + PURGEABLE + " AND expires_at >= "
                        + later(EPOCH, ":from_micros") + " ORDER BY respite_idempotency.expires_at LIMIT :at_most"
                        + " FOR UPDATE SKIP LOCKED",
                Optional.of(NamedSql.of("DELETE FROM respite_idempotency WHERE storage_key = :storage_key")),
                KEY_TIME);
    }

    /**
     * The first claim. The record is looked up without a lock, so that the claim does not wait for the record's owner. The
     * INSERT fails if another claim has created the record meanwhile; the lookup is then repeated. The lock on that record
     * is usually held by a claim that is being committed, or by the owner's work. So the first attempt does not wait, and
     * the second, made if the record is still not visible, waits for one second.
     *
     * <p>The age of the key is checked in the statement that writes the record, which begins after the lookup found none.
     * Otherwise the record could be purged in between, and its key would be too old by then.
     */
    private static List<NamedSql> claim(OptionalLong maxPerScope) {
        NamedSql look = NamedSql.of("SELECT " + micros(NOW) + " AS now, " + ADMITTED_AND_NOT_PURGED + " AS admitted, "
                + Statements.room(maxPerScope) + " AS room, FALSE AS written, " + COLUMNS + fromRecordOrNothing());
        String insert = "INSERT INTO respite_idempotency (" + TABLE_COLUMNS + ") SELECT :key, :scope, :state, "
                + NEXT_FENCE + ", :owner, :fingerprint, :claims, " + later(NOW, ":lease") + ", " + EXPIRES_AT + ", "
                + KEY_TIME + ", :response FROM DUAL WHERE " + ADMITTED + " RETURNING " + micros(NOW)
                + " AS now, TRUE AS admitted, TRUE AS room, TRUE AS written, " + COLUMNS;
        return List.of(look, NamedSql.of(waiting(0, insert)), look, NamedSql.of(waiting(1, insert)));
    }

    private static String admitted(String notPurged) {
        return "(:key_micros IS NULL OR (" + later(KEY_TIME, ":retention") + " > " + NOW + " AND " + KEY_TIME + " <= "
                + later(NOW, ":skew") + notPurged + "))";
    }

    private static String fromRecordOrNothing() {
        return " FROM (SELECT 1 AS one) n LEFT JOIN respite_idempotency r ON r.storage_key = :key";
    }

    /** The order of the assignments matters: the new fence depends on the old owner. */
    private static String change(String where, String lock) {
        return "INSERT INTO respite_idempotency (" + TABLE_COLUMNS + ") SELECT " + TABLE_COLUMNS
                + " FROM respite_idempotency r WHERE " + where + " FOR UPDATE" + lock
                + " ON DUPLICATE KEY UPDATE state = :state,"
                + " fence = CASE WHEN respite_idempotency.owner = :owner THEN respite_idempotency.fence ELSE "
                + NEXT_FENCE
                + " END, owner = :owner, fingerprint = :fingerprint, claims = :claims,"
                + " lease_until = " + later(NOW, ":lease") + ", expires_at = " + EXPIRES_AT + ", key_time = " + KEY_TIME
                + ", response = :response RETURNING " + WITHOUT_RESPONSE;
    }

    private static String waiting(int seconds, String statement) {
        return "SET STATEMENT innodb_lock_wait_timeout = " + seconds + " FOR " + statement;
    }

    private static String later(String time, String micros) {
        return "(" + time + " + INTERVAL " + micros + " MICROSECOND)";
    }

    private static String micros(String time) {
        return "TIMESTAMPDIFF(MICROSECOND, " + EPOCH + ", " + time + ")";
    }
}
