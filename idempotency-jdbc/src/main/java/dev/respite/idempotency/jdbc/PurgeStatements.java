package dev.respite.idempotency.jdbc;

import java.util.Optional;

/**
 * What a purge asks of a database, in one transaction and in this order.
 *
 * <p>The mark is the greatest key time of all records that were purged. It is written in the transaction that removes them. A
 * claim reads record and mark in one consistent view, so it sees the record, or the mark of the purge that has removed it: a
 * key whose record was purged is refused whatever the clock says, which may have been ahead when the record expired.
 *
 * <p>Where a claim is two statements, the one that reads and the one that inserts, the second does not read the mark again. It
 * need not: no record was there in the first one's view, and what a later purge removes must have been made after that view. The
 * record's whole life, its retention included, would lie between two statements that follow each other; only a clock that jumps
 * ahead by the retention and back between the two makes that possible. And it must not: the
 * purge holds the lock of the mark until its commit, and an INSERT that selects from a table waits for such locks in InnoDB.
 *
 * <p>A purge begins at the {@code :from_time} up to which the one before it came. The entries of rows
 * that were removed stay in an index until it is cleaned (PostgreSQL's vacuum, InnoDB's purge): from the beginning of the index
 * each purge would pass over those of all before it.
 *
 * @param begin what the transaction begins with: READ COMMITTED, whatever the connections have. At REPEATABLE READ InnoDB would
 *     lock the gaps beside the records too, where new ones are to be written, and PostgreSQL would fail where another purge has
 *     just committed. Empty for H2, which does neither
 * @param lock locks the mark, and gives a row unless another purge has it locked: then nothing is to be done
 * @param exists gives a row if the mark is there at all
 * @param take locks what may be removed and expires at {@code :from_time} or later, the oldest first; gives {@code storage_key}, {@code expires_at} and {@code key_time} of
 *     each. It has removed them already, unless {@code remove} is there
 * @param remove removes one of them, whose name is {@code :storage_key}
 * @param mark raises the mark
 */
record PurgeStatements(
        Optional<NamedSql> begin,
        NamedSql lock,
        NamedSql exists,
        NamedSql take,
        Optional<NamedSql> remove,
        NamedSql mark) {

    static final NamedSql READ_COMMITTED = NamedSql.of("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");

    static PurgeStatements in(Fragments dialect) {
        // The clock is read in a query of its own, or the index would be of no use; the array is made once. What is
        // locked is
        // looked at once more when it is removed: H2 does not promise that a query within a change keeps its locks.
        String purgeable = "state IN ('DONE', 'READY') AND expires_at < (SELECT " + dialect.now() + ")"
                + " AND expires_at >= CAST(:from_time AS TIMESTAMP(6) WITH TIME ZONE)";
        String remove = "DELETE FROM respite_idempotency WHERE " + purgeable
                + " AND storage_key = ANY(ARRAY(SELECT storage_key FROM respite_idempotency WHERE " + purgeable
                + " ORDER BY expires_at LIMIT :at_most FOR UPDATE SKIP LOCKED))";
        String time = "CAST(:key_time AS TIMESTAMP(6) WITH TIME ZONE)";
        Optional<NamedSql> begin = dialect == Fragments.POSTGRESQL ? Optional.of(READ_COMMITTED) : Optional.empty();
        return of(begin, dialect.removing("storage_key, expires_at, key_time", remove), Optional.empty(), time);
    }

    /**
     * The rest of the statements.
     *
     * @param time an expression for the time that is bound to the mark
     */
    static PurgeStatements of(Optional<NamedSql> begin, String take, Optional<NamedSql> remove, String time) {
        String mark = "SELECT id FROM respite_idempotency_purge WHERE id = 1";
        return new PurgeStatements(
                begin,
                NamedSql.of(mark + " FOR UPDATE SKIP LOCKED"),
                NamedSql.of(mark),
                NamedSql.of(take),
                remove,
                NamedSql.of("UPDATE respite_idempotency_purge SET key_time = " + time
                        + " WHERE id = 1 AND (key_time IS NULL OR key_time < " + time + ")"));
    }
}
