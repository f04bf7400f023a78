/**
 * Runs work exactly once whose effect is in a database: the record is in the same transaction.
 *
 * @since 0.1
 */
module dev.respite.idempotency.jdbc {
    requires transitive dev.respite.idempotency;
    requires transitive java.sql;
    requires dev.respite.jdbc;
    requires static org.jspecify;

    exports dev.respite.idempotency.jdbc;

    // The SQL files of the tables, for Flyway and other tools.
    opens db.respite.postgresql;
    opens db.respite.h2;
    opens db.respite.mariadb;
}
