package dev.respite.idempotency.jdbc;

import java.util.List;
import java.util.Optional;

/**
 * The statements of a store, in the dialect of its database. Names of tables are {@code {records}}, {@code {purge}} and {@code
 * {fences}} until {@link #in} replaces them.
 *
 * @param claims add a record
 * @param changes change a record that meets the precondition
 * @param find returns {@code now} and a record, whose columns are null if there is none
 * @param lock reads a record once no other transaction has locked it
 * @param purge removes expired records
 */
record Statements(Claims claims, Changes changes, NamedSql find, NamedSql lock, PurgeStatements purge) {

    /**
     * Statements that add a record. Each list is run until a statement returns a row with {@code now}, {@code admitted}, {@code
     * written} and a record, whose columns are null if there is none.
     *
     * @param durable adds a record
     * @param light adds a record whose commit does not wait for the disk
     * @param look returns a row as above if the key has a record or is not admitted; empty if {@code insert} does that
     * @param insert adds a record in a transaction that goes on, and waits for another one at most a second (H2: its own limit).
     *     The row has the columns {@code written} and {@code transaction} too
     */
    record Claims(List<NamedSql> durable, List<NamedSql> light, Optional<NamedSql> look, NamedSql insert) {

        private Claims in(Tables tables) {
            return new Claims(
                    durable.stream().map(sql -> sql.in(tables)).toList(),
                    light.stream().map(sql -> sql.in(tables)).toList(),
                    look.map(sql -> sql.in(tables)),
                    insert.in(tables));
        }
    }

    /**
     * Statements that change a record that meets the precondition.
     *
     * @param swap changes it whatever its lease, and waits for locks
     * @param swapInTransaction the same, if the transaction is still the same; see {@link Dialect#rowsInTransaction}
     * @param takeOver changes it if its lease is over, and does not wait for locks
     * @param enter locks it, changes it and returns the {@code transaction} and its {@code role}; does not wait for locks
     * @param sameTransaction returns a row if the transaction is still the same; run once, before the rollback
     */
    record Changes(
            NamedSql swap, NamedSql swapInTransaction, NamedSql takeOver, NamedSql enter, NamedSql sameTransaction) {

        private Changes in(Tables tables) {
            return new Changes(
                    swap.in(tables),
                    swapInTransaction.in(tables),
                    takeOver.in(tables),
                    enter.in(tables),
                    sameTransaction);
        }
    }

    /** Returns the statements with the names of the tables. */
    Statements in(Tables tables) {
        return new Statements(
                claims.in(tables), changes.in(tables), find.in(tables), lock.in(tables), purge.in(tables));
    }

    /** An addition to the condition that admits a new key: no key with the same or a later time was purged. */
    static final String NOT_PURGED = " AND NOT EXISTS (SELECT 1 FROM {purge} p WHERE p.key_time >= ";

    /** The columns that a change returns. The response is omitted, because it may be long and the caller knows it. */
    static final String WITHOUT_RESPONSE =
            "storage_key, scope_hash, state, fence, owner, fingerprint, claims, lease_until, expires_at, key_time";

    /** The columns of a record in the table. */
    static final String COLUMNS = WITHOUT_RESPONSE + ", response";

    /** The condition that a record is unchanged. */
    static final String AS_SEEN =
            "storage_key = :key AND fence = :seen_fence AND owner = :seen_owner AND state = :seen_state";

    static NamedSql lock(String columns) {
        return NamedSql.of("SELECT " + columns + " FROM {records} WHERE storage_key = :key FOR UPDATE");
    }
}
