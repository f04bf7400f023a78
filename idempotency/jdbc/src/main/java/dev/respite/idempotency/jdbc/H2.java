package dev.respite.idempotency.jdbc;

import dev.respite.jdbc.transaction.LocalTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** H2: as PostgreSQL, except that a claim is two statements. */
final class H2 implements Dialect, StatementTemplates.Syntax {

    /** The current schema, or any if a search path is set. */
    private static final String OBJECTS = inSchema(
                    "SELECT 'table ' || TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE ", "TABLE_SCHEMA")
            + inSchema(
                    " UNION ALL SELECT 'sequence ' || SEQUENCE_NAME FROM INFORMATION_SCHEMA.SEQUENCES WHERE ",
                    "SEQUENCE_SCHEMA")
            + inSchema(
                    " UNION ALL SELECT 'column ' || TABLE_NAME || '.' || COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE ",
                    "TABLE_SCHEMA")
            + inSchema(
                    " UNION ALL SELECT 'index ' || INDEX_NAME FROM INFORMATION_SCHEMA.INDEXES WHERE ", "TABLE_SCHEMA")
            + inSchema(
                    " UNION ALL SELECT 'primary key of ' || TABLE_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE"
                            + " CONSTRAINT_TYPE = 'PRIMARY KEY' AND ",
                    "TABLE_SCHEMA");

    private final StatementTemplates templates = new StatementTemplates(this);

    @Override
    public String product() {
        return "H2";
    }

    @Override
    public String objects() {
        return OBJECTS;
    }

    @Override
    public Tables tables(Connection connection) throws SQLException {
        return new Tables(
                schemaOf(connection, "TABLE", "RESPITE_IDEMPOTENCY") + ".respite_idempotency",
                schemaOf(connection, "TABLE", "RESPITE_IDEMPOTENCY_PURGE") + ".respite_idempotency_purge",
                schemaOf(connection, "SEQUENCE", "RESPITE_FENCE") + ".respite_fence");
    }

    @Override
    public String estimatedCount() {
        return "SELECT COALESCE(MAX(ROW_COUNT_ESTIMATE), 0) FROM INFORMATION_SCHEMA.TABLES"
                + " WHERE UPPER(TABLE_NAME) = 'RESPITE_IDEMPOTENCY'";
    }

    /** The current schema comes first, before the search path. */
    private static String schemaOf(Connection connection, String kind, String name) throws SQLException {
        String schema = kind + "_SCHEMA";
        String position = "LOCATE('\"' || " + schema + " || '\"', (SELECT STATE_COMMAND FROM"
                + " INFORMATION_SCHEMA.SESSION_STATE WHERE STATE_KEY = 'SCHEMA_SEARCH_PATH'))";
        return Dialect.only(
                connection,
                "SELECT QUOTE_IDENT(" + schema + ") FROM INFORMATION_SCHEMA." + kind + "S WHERE UPPER(" + kind
                        + "_NAME) = '" + name + "' AND (" + schema + " = SCHEMA() OR " + position + " > 0)"
                        + " ORDER BY CASE WHEN " + schema + " = SCHEMA() THEN 0 ELSE " + position
                        + " END FETCH FIRST ROW ONLY");
    }

    /** H2 cannot commit one transaction without waiting for the disk: WRITE_DELAY applies to the whole database. */
    @Override
    public Statements statements() {
        String terms = templates.terms(Statements.NOT_PURGED + "t.key_time)", "");
        NamedSql look = NamedSql.of("SELECT n.now, n.admitted, FALSE AS written, r.* FROM (" + terms
                + ") n LEFT JOIN (SELECT * FROM {records} WHERE storage_key = :key) r ON TRUE");
        List<NamedSql> claim = List.of(look, insert(""));
        return templates.statements(
                new Statements.Claims(
                        claim, claim, Optional.of(look), insert(", " + transaction() + " AS transaction")),
                Optional.empty());
    }

    /**
     * The second statement of the first claim. H2 has no snapshot of the tables in a statement that writes. So record and mark are looked up in a
     * statement before it, see {@link PurgeStatements}. The age of the key is checked by the statement that writes the
     * record, as in {@link PostgreSql}.
     */
    private NamedSql insert(String more) {
        return NamedSql.of("SELECT " + now() + " AS now, TRUE AS admitted,"
                + " TRUE AS written, " + Statements.COLUMNS + more + " FROM FINAL TABLE ("
                + templates.insertFrom("(" + templates.terms("", "") + ") n") + ")");
    }

    /** Constant during a transaction; a claim is a transaction of its own. */
    @Override
    public String now() {
        return "CURRENT_TIMESTAMP(6)";
    }

    @Override
    public String later(String time, String micros) {
        return "DATEADD(MICROSECOND, " + micros + ", " + time + ")";
    }

    @Override
    public String nextFence() {
        return "NEXT VALUE FOR {fences}";
    }

    /** None is needed: H2 has no privileges on sequences. */
    @Override
    public String privilegeOfSequence() {
        return "SELECT";
    }

    @Override
    public String grantee() {
        return "SELECT QUOTE_IDENT(CURRENT_USER)";
    }

    @Override
    public String transaction() {
        return "TRANSACTION_ID()";
    }

    @Override
    public String openTransaction() {
        return transaction();
    }

    @Override
    public String returning(String columns, String change) {
        return "SELECT " + columns + " FROM FINAL TABLE (" + change + ")";
    }

    /** Rows are checked again when they are removed: a subquery of a change need not keep its locks. */
    @Override
    public String removing(String columns, String purgeable, String locked) {
        return "SELECT " + columns + " FROM OLD TABLE (DELETE FROM {records} WHERE " + purgeable
                + " AND storage_key = ANY(ARRAY(SELECT storage_key FROM {records} WHERE " + purgeable + locked + ")))";
    }

    @Override
    public String enter(String columns, String change, String asSeen) {
        return "SELECT " + columns + ", " + transaction() + " AS transaction, '' AS role FROM FINAL TABLE (" + change
                + asSeen + " AND EXISTS (SELECT 1 FROM {records} WHERE " + asSeen + " FOR UPDATE NOWAIT))";
    }

    /** A connection of H2 keeps its role. */
    @Override
    public String inTransaction(String change) {
        return change;
    }

    /** H2 has its own limit, LOCK_TIMEOUT, which is 2 s by default. */
    @Override
    public <T> T withShortLockWaits(Connection transaction, LocalTransaction.Body<T, RuntimeException> use)
            throws SQLException {
        return use.run(transaction);
    }

    /** While H2 saves the changes of one connection, another connection may go from its first change to its commit. */
    @Override
    public Optional<String> durabilityProblem(Connection connection) throws SQLException {
        return Optional.of(
                Dialect.only(connection, "SELECT COALESCE(DATABASE_PATH(), '')").isEmpty()
                        ? "the database is in memory: use PostgreSQL or MariaDB"
                        : "H2 may keep one half of a transaction, a record without its effect or an effect without its"
                                + " record, if its process is killed while several connections write (H2 issue"
                                + " 2080): use PostgreSQL or MariaDB; or use H2 with one connection at a time and"
                                + " ;WRITE_DELAY=0 in the URL, and omit this check");
    }

    private static String inSchema(String query, String schema) {
        return query + "(" + schema + " = SCHEMA() OR EXISTS (SELECT 1 FROM INFORMATION_SCHEMA.SESSION_STATE"
                + " WHERE STATE_KEY = 'SCHEMA_SEARCH_PATH'))";
    }
}
