package dev.respite.idempotency.jdbc;

import java.util.Optional;

/** The statements that PostgreSQL and H2 have in common, with gaps for the syntax in which they differ. */
record StatementTemplates(Syntax syntax) {

    private static final String KEY_TIME = "CAST(:key_time AS TIMESTAMP(6) WITH TIME ZONE)";

    /** The syntax in which PostgreSQL and H2 differ. */
    interface Syntax {

        String now();

        String later(String time, String micros);

        /** Returns the next value of the sequence of fences, which may have been reset. */
        String nextFence();

        /** Returns an expression that identifies the current transaction. */
        String transaction();

        /** Returns an expression that identifies the current transaction; null if it has written nothing yet. */
        String openTransaction();

        /** Returns a change that returns the changed rows. */
        String returning(String columns, String change);

        /**
         * Returns a removal that returns the removed rows.
         *
         * @param columns the columns to return
         * @param purgeable the condition of the rows
         * @param locked the order, the limit and the lock of the rows
         */
        String removing(String columns, String purgeable, String locked);

        /** Returns a change of a record in the transaction of the work, which may have another role than before. */
        String inTransaction(String change);

        /**
         * Returns a change that does not wait for locks, and returns the changed row, the transaction and its role.
         *
         * @param columns the columns to return
         * @param change the change, which ends with WHERE
         * @param asSeen the condition
         */
        String enter(String columns, String change, String asSeen);
    }

    /**
     * Returns all statements.
     *
     * @param claims the statements that add a record, which differ as a whole
     * @param beginPurge the first statement of a purge
     */
    Statements statements(Statements.Claims claims, Optional<NamedSql> beginPurge) {
        String asSeenAndOver = Statements.AS_SEEN + " AND lease_until < " + syntax.now();
        // The lock is taken in a subquery: an UPDATE alone would wait.
        String free = " AND EXISTS (SELECT 1 FROM {records} WHERE " + asSeenAndOver + " FOR UPDATE SKIP LOCKED)";
        String sameTransaction = " AND " + syntax.transaction() + " = :transaction";
        return new Statements(
                claims,
                new Statements.Changes(
                        change(Statements.AS_SEEN),
                        NamedSql.of(syntax.inTransaction(changeText(Statements.AS_SEEN + sameTransaction))),
                        change(asSeenAndOver + free),
                        NamedSql.of(syntax.enter(Statements.WITHOUT_RESPONSE, update(""), Statements.AS_SEEN)),
                        NamedSql.of("SELECT 1 WHERE " + syntax.openTransaction() + " = :transaction")),
                NamedSql.of("SELECT n.now, r.* FROM (SELECT " + syntax.now() + " AS now) n"
                        + " LEFT JOIN {records} r ON r.storage_key = :key"),
                Statements.lock(Statements.COLUMNS),
                purge(beginPurge));
    }

    private NamedSql change(String where) {
        return NamedSql.of(changeText(where));
    }

    private String changeText(String where) {
        return syntax.returning(Statements.WITHOUT_RESPONSE, update(where));
    }

    private PurgeStatements purge(Optional<NamedSql> begin) {
        // The clock is read in a subquery, otherwise the index is not used.
        String purgeable = "state IN ('DONE', 'READY') AND expires_at < (SELECT " + syntax.now() + ")"
                + " AND expires_at >= CAST(:from_time AS TIMESTAMP(6) WITH TIME ZONE)";
        String remove = syntax.removing(
                "storage_key, expires_at, key_time",
                purgeable,
                " ORDER BY expires_at LIMIT :at_most FOR UPDATE SKIP LOCKED");
        return PurgeStatements.of(begin, remove, Optional.empty(), KEY_TIME);
    }

    /** The columns that decide about a new record: {@code now}, {@code key_time} and {@code admitted}. */
    String terms(String notPurged, String more) {
        return "SELECT t.now, t.key_time, t.key_time IS NULL OR ("
                + syntax.later("t.key_time", ":retention") + " > t.now AND t.key_time <= "
                + syntax.later("t.now", ":skew") + notPurged + ") AS admitted" + more + " FROM (SELECT " + syntax.now()
                + " AS now, " + KEY_TIME + " AS key_time) t";
    }

    String insertFrom(String terms) {
        return "INSERT INTO {records} (" + Statements.COLUMNS + ") SELECT :key, :scope, :state, "
                + firstFence()
                + ", :owner, :fingerprint, :claims, " + syntax.later("n.now", ":lease") + ", "
                + expiresAt("n.now", "n.key_time") + ", n.key_time, :response FROM " + terms
                + " WHERE n.admitted AND NOT EXISTS ("
                + "SELECT 1 FROM {records} WHERE storage_key = :key)";
    }

    private String update(String where) {
        return "UPDATE {records} SET state = :state,"
                + " fence = CASE WHEN owner = :owner THEN fence ELSE " + higherFence() + " END,"
                + " owner = :owner, fingerprint = :fingerprint, claims = :claims,"
                + " lease_until = " + syntax.later(syntax.now(), ":lease") + ","
                + " expires_at = " + expiresAt(syntax.now(), KEY_TIME) + ","
                + " key_time = " + KEY_TIME + ", response = :response WHERE " + where;
    }

    /** The clock is above the fence of a record of the same key that was purged, even if the sequence was reset since. */
    private String firstFence() {
        return "GREATEST(" + syntax.nextFence() + ", CAST(EXTRACT(EPOCH FROM n.now) * 1000000 AS bigint))";
    }

    private String higherFence() {
        return "GREATEST(" + syntax.nextFence() + ", fence + 1)";
    }

    private String expiresAt(String now, String keyTime) {
        return syntax.later("GREATEST(" + now + ", COALESCE(" + keyTime + ", " + now + "))", ":retention");
    }
}
