package dev.respite.idempotency.jdbc;

import java.util.Optional;

/**
 * The statements of a purge, run in one transaction and in this order.
 *
 * <p>The purge mark is the greatest key time of all purged records. It is written in the transaction that removes them. A
 * claim reads record and mark in one consistent view, so it sees either the record or the mark of the purge that has removed
 * it. A key whose record was purged is therefore rejected, even if the clock was ahead when the record expired.
 *
 * <p>Where a claim is two statements, a lookup and an INSERT, the INSERT does not read the mark again, for two reasons.
 * First, the lookup saw no record, so a later purge can only remove a record that was created after it. The whole life of
 * that record, with its retention, would lie between two consecutive statements; only a clock that jumps ahead by the
 * retention and back between the two makes that possible. Second, the purge holds the lock of the mark until its commit, and
 * an INSERT that selects from a table waits for such locks in InnoDB.
 *
 * <p>A purge starts at the {@code :from_time} that the previous one reached. Index entries of removed rows stay until the
 * index is cleaned (PostgreSQL's vacuum, InnoDB's purge), so starting at the beginning would scan the entries of all earlier
 * purges.
 *
 * @param begin the first statement of the transaction: READ COMMITTED, whatever the level of the connection. At REPEATABLE
 *     READ, InnoDB would also lock the gaps beside the records, where new records are written, and PostgreSQL would fail if
 *     another purge has just committed. Empty for H2, which does neither
 * @param lock locks the mark, and returns a row unless another purge holds the lock: then nothing is removed
 * @param exists returns a row if the mark exists
 * @param take locks removable records that expire at {@code :from_time} or later, the oldest first; returns {@code
 *     storage_key}, {@code expires_at} and {@code key_time} of each. Unless {@code remove} is present, it also removes them
 * @param remove removes the record with the name {@code :storage_key}
 * @param mark raises the mark
 */
record PurgeStatements(
        Optional<NamedSql> begin,
        NamedSql lock,
        NamedSql exists,
        NamedSql take,
        Optional<NamedSql> remove,
        NamedSql mark) {

    /** Returns the statements with the names of the tables. */
    PurgeStatements in(Tables tables) {
        return new PurgeStatements(
                begin,
                lock.in(tables),
                exists.in(tables),
                take.in(tables),
                remove.map(sql -> sql.in(tables)),
                mark.in(tables));
    }

    static final NamedSql READ_COMMITTED = NamedSql.of("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");

    /**
     * Adds the statements that are the same in every database.
     *
     * @param time an expression for the time that is bound to the mark
     */
    static PurgeStatements of(Optional<NamedSql> begin, String take, Optional<NamedSql> remove, String time) {
        String mark = "SELECT id FROM {purge} WHERE id = 1";
        return new PurgeStatements(
                begin,
                NamedSql.of(mark + " FOR UPDATE SKIP LOCKED"),
                NamedSql.of(mark),
                NamedSql.of(take),
                remove,
                NamedSql.of("UPDATE {purge} SET key_time = " + time
                        + " WHERE id = 1 AND (key_time IS NULL OR key_time < " + time + ")"));
    }
}
