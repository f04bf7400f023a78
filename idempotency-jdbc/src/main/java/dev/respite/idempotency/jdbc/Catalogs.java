package dev.respite.idempotency.jdbc;

/**
 * Queries for the objects of Respite that a connection sees, one row for each: {@code table t}, {@code primary key of t},
 * {@code column t.c}, {@code index i}, {@code sequence s}. They need no privileges beyond those of the store.
 */
final class Catalogs {

    /** Resolves names by the search path, as the statements of the store do. An index that is being built is not included. */
    static final String POSTGRESQL = "WITH t AS (SELECT oid, relname, relkind FROM pg_class WHERE oid IN ("
            + "to_regclass('respite_idempotency'), to_regclass('respite_idempotency_purge'),"
            + " to_regclass('respite_fence')))"
            + " SELECT CASE relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || relname FROM t"
            + " UNION ALL SELECT 'column ' || t.relname || '.' || a.attname FROM t JOIN pg_attribute a ON"
            + " a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND t.relkind <> 'S'"
            + " UNION ALL SELECT CASE WHEN i.indisprimary THEN 'primary key of ' || t.relname"
            + " ELSE 'index ' || c.relname END FROM t JOIN pg_index i ON i.indrelid = t.oid AND i.indisvalid"
            + " JOIN pg_class c ON c.oid = i.indexrelid";

    /** The current schema, or any if a search path is set. */
    static final String H2 = h2("SELECT 'table ' || TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE ", "TABLE_SCHEMA")
            + h2(
                    " UNION ALL SELECT 'sequence ' || SEQUENCE_NAME FROM INFORMATION_SCHEMA.SEQUENCES WHERE ",
                    "SEQUENCE_SCHEMA")
            + h2(
                    " UNION ALL SELECT 'column ' || TABLE_NAME || '.' || COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE ",
                    "TABLE_SCHEMA")
            + h2(" UNION ALL SELECT 'index ' || INDEX_NAME FROM INFORMATION_SCHEMA.INDEXES WHERE ", "TABLE_SCHEMA")
            + h2(
                    " UNION ALL SELECT 'primary key of ' || TABLE_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE"
                            + " CONSTRAINT_TYPE = 'PRIMARY KEY' AND ",
                    "TABLE_SCHEMA");

    static final String MARIADB = "SELECT CONCAT(IF(TABLE_TYPE = 'SEQUENCE', 'sequence ', 'table '), TABLE_NAME)"
            + " FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'respite\\_%'"
            + " UNION ALL SELECT CONCAT('column ', TABLE_NAME, '.', COLUMN_NAME) FROM information_schema.COLUMNS"
            + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'respite\\_%'"
            + " UNION ALL SELECT IF(INDEX_NAME = 'PRIMARY', CONCAT('primary key of ', TABLE_NAME),"
            + " CONCAT('index ', INDEX_NAME)) FROM information_schema.STATISTICS"
            + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'respite\\_%'";

    private Catalogs() {}

    private static String h2(String query, String schema) {
        return query + "(" + schema + " = SCHEMA() OR EXISTS (SELECT 1 FROM INFORMATION_SCHEMA.SESSION_STATE"
                + " WHERE STATE_KEY = 'SCHEMA_SEARCH_PATH'))";
    }
}
