package dev.respite.idempotency.jdbc;

/**
 * The names of the objects of Respite in SQL, each with its schema: the tables of the records and of the purge mark, and the
 * sequence of the fences. The schema is the one that the first connection sees, so the work may change the search path or the
 * current schema of its connection.
 */
record Tables(String records, String purge, String fences) {

    /** Returns a statement with the names in place of {@code {records}}, {@code {purge}} and {@code {fences}}. */
    String named(String sql) {
        return sql.replace("{records}", records).replace("{purge}", purge).replace("{fences}", fences);
    }
}
