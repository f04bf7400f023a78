package dev.respite.idempotency.jdbc;

import dev.respite.jdbc.transaction.LocalTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** PostgreSQL: each operation of the store is one statement. */
final class PostgreSql implements Dialect, StatementTemplates.Syntax {

    /** Resolves names by the search path, as the statements of the store do. An index that is being built is not included. */
    private static final String OBJECTS = "WITH t AS (SELECT oid, relname, relkind FROM pg_class WHERE oid IN ("
            + "to_regclass('respite_idempotency'), to_regclass('respite_idempotency_purge'),"
            + " to_regclass('respite_fence')))"
            + " SELECT CASE relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || relname FROM t"
            + " UNION ALL SELECT 'column ' || t.relname || '.' || a.attname FROM t JOIN pg_attribute a ON"
            + " a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND t.relkind <> 'S'"
            + " UNION ALL SELECT CASE WHEN i.indisprimary THEN 'primary key of ' || t.relname"
            + " ELSE 'index ' || c.relname END FROM t JOIN pg_index i ON i.indrelid = t.oid AND i.indisvalid"
            + " JOIN pg_class c ON c.oid = i.indexrelid";

    /**
     * A column that makes the commit of this transaction not wait for the disk. The query with this column is referenced
     * twice. PostgreSQL therefore evaluates it once, and with it this function.
     */
    private static final String LIGHT_COMMIT = ", set_config('synchronous_commit', 'off', true) AS light";

    /** Columns that limit the wait for another transaction which writes the same record, in the same way. */
    private static final String SHORT_WAIT =
            ", current_setting('lock_timeout') AS waited, set_config('lock_timeout', '1s', true) AS wait";

    /** Columns of the rows of the claim, which are computed after its INSERT. The work has its own limit again. */
    private static final String AFTER_WAIT =
            "set_config('lock_timeout', n.waited, true) AS wait," + " CAST(txid_current() AS varchar) AS transaction, ";

    private final StatementTemplates templates = new StatementTemplates(this);

    @Override
    public String product() {
        return "PostgreSQL";
    }

    @Override
    public String objects() {
        return OBJECTS;
    }

    @Override
    public Tables tables(Connection connection) throws SQLException {
        return new Tables(
                name(connection, "respite_idempotency"),
                name(connection, "respite_idempotency_purge"),
                name(connection, "respite_fence").replace("'", "''"));
    }

    /** Neither value is always there: the first one needs an ANALYZE, the second one is lost in a crash. */
    @Override
    public String estimatedCount() {
        return "SELECT CAST(GREATEST(reltuples, pg_stat_get_live_tuples(oid), 0) AS bigint) FROM pg_class"
                + " WHERE oid = to_regclass('respite_idempotency')";
    }

    private static String name(Connection connection, String object) throws SQLException {
        return Dialect.only(
                connection,
                "SELECT quote_ident(n.nspname) || '." + object + "' FROM pg_class c JOIN pg_namespace n"
                        + " ON n.oid = c.relnamespace WHERE c.oid = to_regclass('" + object + "')");
    }

    @Override
    public Statements statements() {
        return templates.statements(
                new Statements.Claims(
                        List.of(claim("", "")),
                        List.of(claim(LIGHT_COMMIT, "")),
                        Optional.empty(),
                        claim(SHORT_WAIT, AFTER_WAIT)),
                Optional.of(PurgeStatements.READ_COMMITTED));
    }

    /**
     * The first claim. The age of the key is checked in the statement that writes the record, by a clock that is read after
     * the lookup found no record. Otherwise the record could be purged in between, and its key would be too old by then. The
     * purge mark does not depend on a clock, see {@link PurgeStatements}.
     *
     * <p>PostgreSQL takes its snapshot of the tables first, and every lookup of the statement uses it.
     */
    private NamedSql claim(String more, String inserted) {
        String look = templates.terms(Statements.NOT_PURGED + "t.key_time)", more);
        return NamedSql.of("WITH n AS (" + look + "), i AS ("
                + templates.insertFrom("n") + " ON CONFLICT (storage_key) DO NOTHING RETURNING " + Statements.COLUMNS
                + ")"
                + " SELECT n.now, n.admitted, " + inserted + "x.* FROM n LEFT JOIN ("
                + "SELECT TRUE AS written, " + Statements.COLUMNS + " FROM i UNION ALL SELECT FALSE, "
                + Statements.COLUMNS
                + " FROM {records} WHERE storage_key = :key) x ON TRUE");
    }

    @Override
    public String now() {
        return "clock_timestamp()";
    }

    @Override
    public String later(String time, String micros) {
        return "(" + time + " + " + micros + " * INTERVAL '1 microsecond')";
    }

    @Override
    public String nextFence() {
        return "nextval('{fences}')";
    }

    @Override
    public String privilegeOfSequence() {
        return "USAGE";
    }

    @Override
    public String sequence() {
        return "SEQUENCE ";
    }

    @Override
    public String grantee() {
        return "SELECT quote_ident(current_user)";
    }

    @Override
    public String transaction() {
        return "CAST(txid_current() AS varchar)";
    }

    @Override
    public String openTransaction() {
        return "CAST(txid_current_if_assigned() AS varchar)";
    }

    @Override
    public String returning(String columns, String change) {
        return change + " RETURNING " + columns;
    }

    /**
     * The rows are found by their places, which are locked. By their keys and the condition again, each row that is purgeable would
     * be compared with all keys while PostgreSQL has the statistics of an emptier table.
     */
    @Override
    public String removing(String columns, String purgeable, String locked) {
        return returning(
                columns,
                "DELETE FROM {records} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {records} WHERE " + purgeable + locked
                        + "))");
    }

    /** Takes the lock in a query of its own: an UPDATE would wait for it. */
    @Override
    public String enter(String columns, String change, String asSeen) {
        return "WITH l AS (SELECT storage_key FROM {records} WHERE " + asSeen + " FOR UPDATE NOWAIT) "
                + change + "storage_key = (SELECT storage_key FROM l) RETURNING " + columns + ", " + transaction()
                + " AS transaction, current_setting('role') AS role";
    }

    /**
     * The work may have changed to a role without rights on the record. The change is made in the role of the start, and the
     * role of the work is restored for deferred constraints. All three statements are sent together.
     */
    @Override
    public String inTransaction(String change) {
        return "SELECT set_config('respite.role', current_setting('role'), TRUE), set_config('role', :role, TRUE); "
                + change + "; SELECT set_config('role', current_setting('respite.role'), TRUE)";
    }

    /** The transaction that has locked a row, or is the last that has, is in its column xmax. */
    @Override
    public Optional<String> prepared() {
        return Optional.of("SELECT 1 FROM {records} r JOIN pg_prepared_xacts p ON p.transaction = r.xmax"
                + " WHERE r.storage_key = :key");
    }

    /** The rows are the second result. */
    @Override
    public ResultSet rowsInTransaction(PreparedStatement change) throws SQLException {
        change.execute();
        change.getMoreResults();
        return change.getResultSet();
    }

    /** A lock may be held by a client that has disappeared unnoticed. */
    @Override
    public <T> T withShortLockWaits(Connection transaction, LocalTransaction.Body<T, RuntimeException> use)
            throws SQLException {
        Dialect.run(transaction, "SET LOCAL lock_timeout = '2s'");
        return use.run(transaction);
    }

    @Override
    public Optional<String> durabilityProblem(Connection connection) throws SQLException {
        for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
            String value = Dialect.only(connection, "SHOW " + setting);
            if (value.equals("off")) {
                return Optional.of(setting + " is off, so a crash of the server can lose committed transactions:"
                        + " enable it in postgresql.conf, or for the role and the database of the connection");
            }
        }
        return Optional.empty();
    }
}
