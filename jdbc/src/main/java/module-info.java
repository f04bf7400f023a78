/**
 * Transactions of JDBC that are run again as a whole.
 *
 * @since 0.1
 */
@SuppressWarnings("module") // the modules of the qualified export are built later
module dev.respite.jdbc {
    requires transitive dev.respite;
    requires transitive java.sql;
    requires static org.jspecify;

    exports dev.respite.jdbc;
    exports dev.respite.jdbc.transaction to
            dev.respite.durable,
            dev.respite.idempotency.jdbc;
}
