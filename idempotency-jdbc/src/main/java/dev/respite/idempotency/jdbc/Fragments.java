package dev.respite.idempotency.jdbc;

/** The parts in which the statements of PostgreSQL and H2 differ, see {@link Statements}. */
enum Fragments {
    POSTGRESQL {
        @Override
        String now() {
            return "clock_timestamp()";
        }

        @Override
        String later(String time, String micros) {
            return "(" + time + " + " + micros + " * INTERVAL '1 microsecond')";
        }

        @Override
        String nextFence() {
            return "nextval('respite_fence')";
        }

        @Override
        String transaction() {
            return "CAST(txid_current() AS varchar)";
        }

        @Override
        String returning(String columns, String change) {
            return change + " RETURNING " + columns;
        }

        @Override
        String removing(String columns, String removal) {
            return returning(columns, removal);
        }

        /** Takes the lock in a query of its own: an UPDATE would wait for it. */
        @Override
        String enter(String columns, String change, String asSeen) {
            return "WITH l AS (SELECT storage_key FROM respite_idempotency WHERE " + asSeen + " FOR UPDATE NOWAIT) "
                    + change + "storage_key = (SELECT storage_key FROM l) RETURNING " + columns + ", " + transaction()
                    + " AS transaction";
        }

        /** The query with this column is referenced twice. PostgreSQL therefore evaluates it once, and with it this function. */
        @Override
        String lightCommit() {
            return ", set_config('synchronous_commit', 'off', true) AS light";
        }
    },

    H2 {
        /** Constant during a transaction; a claim is a transaction of its own. */
        @Override
        String now() {
            return "CURRENT_TIMESTAMP(6)";
        }

        @Override
        String later(String time, String micros) {
            return "DATEADD(MICROSECOND, " + micros + ", " + time + ")";
        }

        @Override
        String nextFence() {
            return "NEXT VALUE FOR respite_fence";
        }

        @Override
        String transaction() {
            return "TRANSACTION_ID()";
        }

        @Override
        String returning(String columns, String change) {
            return "SELECT " + columns + " FROM FINAL TABLE (" + change + ")";
        }

        @Override
        String removing(String columns, String removal) {
            return "SELECT " + columns + " FROM OLD TABLE (" + removal + ")";
        }

        @Override
        String enter(String columns, String change, String asSeen) {
            return "SELECT " + columns + ", " + transaction() + " AS transaction FROM FINAL TABLE (" + change + asSeen
                    + " AND EXISTS (SELECT 1 FROM respite_idempotency WHERE " + asSeen + " FOR UPDATE NOWAIT))";
        }

        /** H2 has no such setting for one transaction: WRITE_DELAY applies to the whole database. */
        @Override
        String lightCommit() {
            return "";
        }
    };

    abstract String now();

    abstract String later(String time, String micros);

    abstract String nextFence();

    /** Returns an expression that identifies the current transaction. */
    abstract String transaction();

    /** Returns a change that returns the changed rows. */
    abstract String returning(String columns, String change);

    /** Returns a removal that returns the removed rows. */
    abstract String removing(String columns, String removal);

    /**
     * Returns a change that does not wait for locks, and returns the changed row and the transaction.
     *
     * @param columns the columns to return
     * @param change the change, which ends with WHERE
     * @param asSeen the condition
     */
    abstract String enter(String columns, String change, String asSeen);

    /**
     * Returns a column that makes the commit of this transaction not wait for the disk; empty if the database has no such
     * setting.
     */
    abstract String lightCommit();
}
