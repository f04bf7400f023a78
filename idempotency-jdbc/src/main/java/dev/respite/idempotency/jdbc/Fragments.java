package dev.respite.idempotency.jdbc;

/** What PostgreSQL and H2 say differently within the same statements, which are in {@link Statements}. */
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

        /** The lock is in a query of its own: an UPDATE would wait for it. */
        @Override
        String enter(String columns, String change, String asSeen) {
            return "WITH l AS (SELECT storage_key FROM respite_idempotency WHERE " + asSeen + " FOR UPDATE NOWAIT) "
                    + change + "storage_key = (SELECT storage_key FROM l) RETURNING " + columns + ", " + transaction()
                    + " AS transaction";
        }

        /** The query that has it is read twice, and so is run by itself, once, whether this column is looked at or not. */
        @Override
        String lightCommit() {
            return ", set_config('synchronous_commit', 'off', true) AS light";
        }
    },

    H2 {
        /** Stands still during a transaction; a claim is one of its own. */
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

        /** It has none: WRITE_DELAY is the whole database's. */
        @Override
        String lightCommit() {
            return "";
        }
    };

    abstract String now();

    abstract String later(String time, String micros);

    abstract String nextFence();

    /** What tells this transaction from every other one. */
    abstract String transaction();

    /** A change that gives back the rows as they are after it. */
    abstract String returning(String columns, String change);

    /** A removal that gives back the rows that it has removed. */
    abstract String removing(String columns, String removal);

    /**
     * A change that does not wait for locks, and returns the row after it and the transaction.
     *
     * @param columns the columns to give back
     * @param change the change, which ends with WHERE
     * @param asSeen the condition
     */
    abstract String enter(String columns, String change, String asSeen);

    /** A column that makes this one transaction's commit not wait for the disk; empty if there is no such thing. */
    abstract String lightCommit();
}
