package dev.respite.idempotency.jdbc;

import dev.respite.jdbc.transaction.LocalTransaction;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * MariaDB.
 *
 * <p>It has no UPDATE … RETURNING. A change is therefore an INSERT of the row that exists already, read and locked by
 * the same statement, with the change as its ON DUPLICATE KEY UPDATE. It returns the row after the change, and changes
 * nothing if the row does not meet the precondition.
 *
 * <p>Times are in UTC and are passed as numbers, so no time zone of session, driver or JVM converts them. The clock is
 * constant during a statement and advances from one statement to the next.
 */
final class MariaDb implements Dialect {

    private static final String OBJECTS =
            "SELECT CONCAT(IF(TABLE_TYPE = 'SEQUENCE', 'sequence ', 'table '), TABLE_NAME)"
                    + " FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'respite\\_%'"
                    + " UNION ALL SELECT CONCAT('column ', TABLE_NAME, '.', COLUMN_NAME) FROM information_schema.COLUMNS"
                    + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'respite\\_%'"
                    + " UNION ALL SELECT IF(INDEX_NAME = 'PRIMARY', CONCAT('primary key of ', TABLE_NAME),"
                    + " CONCAT('index ', INDEX_NAME)) FROM information_schema.STATISTICS"
                    + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'respite\\_%'";

    private static final int MAJOR = 10;
    private static final int MINOR = 6;

    private static final String RESTORE_TIMEOUT = "SET innodb_lock_wait_timeout = @respite_wait";

    /**
     * A savepoint that exists as long as the transaction is the one that locked the record: each commit and rollback removes
     * it.
     */
    private static final String SAVEPOINT = "respite_transaction";

    private static final int NO_SUCH_SAVEPOINT = 1305;

    private static final int DEADLOCK = 1213;

    private static final String NOW = "UTC_TIMESTAMP(6)";
    private static final String EPOCH = "TIMESTAMP'1970-01-01 00:00:00'";
    private static final String KEY_TIME = later(EPOCH, ":key_micros");

    /** The clock is above the fence of a record of the same key that was purged, even if the sequence was reset since. */
    private static final String FIRST_FENCE = "GREATEST(NEXTVAL({fences}), " + micros(NOW) + ")";

    private static final String HIGHER_FENCE = "GREATEST(NEXTVAL({fences}), respite_idempotency.fence + 1)";

    private static final String WITHOUT_RESPONSE = "storage_key, scope_hash, state, fence, owner, fingerprint, claims, "
            + micros("lease_until") + " AS lease_until, " + micros("expires_at") + " AS expires_at, "
            + micros("key_time") + " AS key_time";

    private static final String COLUMNS = WITHOUT_RESPONSE + ", response";

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

    @Override
    public String product() {
        return "MariaDB";
    }

    @Override
    public String objects() {
        return OBJECTS;
    }

    @Override
    public Tables tables(Connection connection) throws SQLException {
        String schema = Dialect.only(connection, "SELECT CONCAT('`', REPLACE(DATABASE(), '`', '``'), '`.')");
        return new Tables(
                schema + "respite_idempotency", schema + "respite_idempotency_purge", schema + "respite_fence");
    }

    @Override
    public String estimatedCount() {
        return "SELECT COALESCE(MAX(TABLE_ROWS), 0) FROM information_schema.TABLES"
                + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'respite_idempotency'";
    }

    @Override
    public String nextFence() {
        return "NEXTVAL({fences})";
    }

    /** SELECT is needed from MariaDB 11.8 on. */
    @Override
    public String privilegeOfSequence() {
        return "SELECT, INSERT";
    }

    @Override
    public String grantee() {
        return "SELECT CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')";
    }

    @Override
    public String columns() {
        return COLUMNS;
    }

    @Override
    public Statements statements() {
        return new Statements(
                claims(),
                new Statements.Changes(
                        NamedSql.of(change(Statements.AS_SEEN, "")),
                        NamedSql.of("BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR " + NO_SUCH_SAVEPOINT
                                + " SELECT 1 LIMIT 0; RELEASE SAVEPOINT " + SAVEPOINT + "; "
                                + change(Statements.AS_SEEN, "") + "; END"),
                        NamedSql.of(change(Statements.AS_SEEN + " AND lease_until < " + NOW, " SKIP LOCKED")),
                        // NOWAIT is not allowed here, so the lock wait timeout is 0.
                        NamedSql.of("BEGIN NOT ATOMIC SAVEPOINT " + SAVEPOINT + "; "
                                + waiting(
                                        0,
                                        change(Statements.AS_SEEN, "") + ", '" + SAVEPOINT
                                                + "' AS transaction, '' AS role")
                                + "; END"),
                        NamedSql.of("BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR " + NO_SUCH_SAVEPOINT
                                + " SELECT 1 LIMIT 0; RELEASE SAVEPOINT " + SAVEPOINT + "; SELECT 1; END")),
                NamedSql.of("SELECT " + micros(NOW) + " AS now, " + COLUMNS + fromRecordOrNothing()),
                Statements.lock(COLUMNS),
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
                        + " FROM {records} WHERE " + PURGEABLE + " AND expires_at >= "
                        + later(EPOCH, ":from_micros") + " ORDER BY respite_idempotency.expires_at LIMIT :at_most"
                        + " FOR UPDATE SKIP LOCKED",
                Optional.of(NamedSql.of("DELETE FROM {records} WHERE storage_key = :storage_key")),
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
    private static Statements.Claims claims() {
        NamedSql look = NamedSql.of("SELECT " + micros(NOW) + " AS now, " + ADMITTED_AND_NOT_PURGED
                + " AS admitted, FALSE AS written, " + COLUMNS + fromRecordOrNothing());
        String insert = "INSERT INTO {records} (" + Statements.COLUMNS + ") SELECT :key, :scope, :state, "
                + FIRST_FENCE + ", :owner, :fingerprint, :claims, " + later(NOW, ":lease") + ", " + EXPIRES_AT + ", "
                + KEY_TIME + ", :response FROM DUAL WHERE " + ADMITTED + " RETURNING " + micros(NOW)
                + " AS now, TRUE AS admitted, TRUE AS written, " + COLUMNS;
        List<NamedSql> claim = List.of(look, NamedSql.of(waiting(0, insert)), look, NamedSql.of(waiting(1, insert)));
        NamedSql inTransaction = NamedSql.of("BEGIN NOT ATOMIC SAVEPOINT " + SAVEPOINT + "; "
                + waiting(1, insert + ", '" + SAVEPOINT + "' AS transaction") + "; END");
        return new Statements.Claims(claim, claim, Optional.of(look), inTransaction);
    }

    private static String admitted(String notPurged) {
        return "(:key_micros IS NULL OR (" + later(KEY_TIME, ":retention") + " > " + NOW + " AND " + KEY_TIME + " <= "
                + later(NOW, ":skew") + notPurged + "))";
    }

    private static String fromRecordOrNothing() {
        return " FROM (SELECT 1 AS one) n LEFT JOIN {records} r ON r.storage_key = :key";
    }

    /** The order of the assignments matters: the new fence depends on the old owner. */
    private static String change(String where, String lock) {
        return "INSERT INTO {records} (" + Statements.COLUMNS + ") SELECT " + Statements.COLUMNS
                + " FROM {records} r WHERE " + where + " FOR UPDATE" + lock
                + " ON DUPLICATE KEY UPDATE state = :state,"
                + " fence = CASE WHEN respite_idempotency.owner = :owner THEN respite_idempotency.fence ELSE "
                + HIGHER_FENCE
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

    @Override
    public Optional<Instant> time(ResultSet row, String column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
    }

    /** The server keeps the errors of a statement until the next one, and this statement keeps them too. */
    @Override
    public boolean isAfterDeadlock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet error = statement.executeQuery("SHOW ERRORS")) {
            return error.next() && error.getInt("Code") == DEADLOCK;
        }
    }

    /** The limit is a setting of the session, and the connection may belong to a pool: the old value is restored. */
    @Override
    public <T> T withShortLockWaits(Connection transaction, LocalTransaction.Body<T, RuntimeException> use)
            throws SQLException {
        Dialect.run(transaction, "SET @respite_wait = @@innodb_lock_wait_timeout, innodb_lock_wait_timeout = 2");
        T value;
        try {
            value = use.run(transaction);
        } catch (Throwable failure) {
            try {
                Dialect.run(transaction, RESTORE_TIMEOUT);
            } catch (SQLException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
        Dialect.run(transaction, RESTORE_TIMEOUT);
        return value;
    }

    /** Needs no privileges. */
    @Override
    public Optional<String> unsupportedReason(Connection connection) throws SQLException {
        DatabaseMetaData server = connection.getMetaData();
        int major = server.getDatabaseMajorVersion();
        int minor = server.getDatabaseMinorVersion();
        if (isTooOld(major, minor)) {
            return Optional.of(
                    "the database is MariaDB " + major + "." + minor + ", which has no SKIP LOCKED: use 10.6 or newer");
        }
        if (connection.getTransactionIsolation() == Connection.TRANSACTION_READ_UNCOMMITTED) {
            return Optional.of(
                    "the connections' isolation level is READ UNCOMMITTED, so a result would be visible to others"
                            + " before it is committed: set another level, for example READ COMMITTED");
        }
        if (isOn(variable(connection, "WSREP_ON"))) {
            return Optional.of(
                    "wsrep_on is ON: in a Galera cluster a lock holds on one node only, so the outcome of a commit cannot be"
                            + " determined. Use a single MariaDB, with or without replicas");
        }
        String engine = Dialect.only(
                connection,
                "SELECT COALESCE(MAX(CONCAT(TABLE_NAME, ' is of the engine ', ENGINE)), '')"
                        + " FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ENGINE <> 'InnoDB'"
                        + " AND TABLE_NAME IN ('respite_idempotency', 'respite_idempotency_purge')");
        return engine.isEmpty()
                ? Optional.empty()
                : Optional.of("the table " + engine + ", which has no transactions: ALTER TABLE … ENGINE = InnoDB");
    }

    /** Needs no privileges. */
    @Override
    public Optional<String> durabilityProblem(Connection connection) throws SQLException {
        String flush = variable(connection, "INNODB_FLUSH_LOG_AT_TRX_COMMIT");
        if (!flush.equals("1") && !flush.equals("3")) {
            return Optional.of("innodb_flush_log_at_trx_commit is " + flush
                    + ", so a crash of the server can lose committed transactions: set it to 1");
        }
        String doublewrite = variable(connection, "INNODB_DOUBLEWRITE");
        if (doublewrite.equalsIgnoreCase("OFF")) {
            return Optional.of("innodb_doublewrite is OFF, so a crash of the machine can leave half-written pages:"
                    + " enable it");
        }
        if (!isOn(variable(connection, "LOG_BIN"))) {
            return Optional.of(
                    "log_bin is OFF, and without the binary log InnoDB shows a commit to others before it is on"
                            + " the disk: a crash at that moment undoes a result that a duplicate has received. Enable it,"
                            + " with sync_binlog = 1");
        }
        String sync = variable(connection, "SYNC_BINLOG");
        if (!sync.equals("1")) {
            return Optional.of("sync_binlog is " + sync
                    + ", so a crash of the machine can lose committed transactions: set it" + " to 1");
        }
        return Optional.empty();
    }

    static boolean isTooOld(int major, int minor) {
        return major < MAJOR || (major == MAJOR && minor < MINOR);
    }

    private static boolean isOn(String value) {
        return value.equalsIgnoreCase("ON") || value.equals("1");
    }

    /** Returns the value of a variable, or an empty text if the server was built without it. The name is in upper case. */
    private static String variable(Connection connection, String name) throws SQLException {
        return Dialect.only(
                connection,
                "SELECT COALESCE(MAX(VARIABLE_VALUE), '') FROM information_schema.SESSION_VARIABLES"
                        + " WHERE VARIABLE_NAME = '" + name + "'");
    }
}
