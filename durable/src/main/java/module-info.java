/**
 * Calls that survive a crash and a deployment: their state is in the user's database.
 *
 * @since 0.1
 */
module dev.respite.durable {
    requires transitive dev.respite;
    requires transitive java.net.http;
    requires transitive java.sql;
    requires dev.respite.jdbc;
    requires com.github.kagkarlsson.scheduler;
    // db-scheduler is an automatic module, which resolves no other ones.
    requires org.slf4j;
    requires static dev.respite.idempotency.jdbc;
    requires static dev.respite.http.exchange;
    requires static tools.jackson.databind;
    requires static org.jspecify;

    exports dev.respite.durable;
    exports dev.respite.durable.http;
    exports dev.respite.durable.idempotency;

    // The SQL files of the tables, for Flyway and other tools.
    opens db.respite_durable.postgresql;
    opens db.respite_durable.h2;
    opens db.respite_durable.mariadb;
}
