/**
 * The command line of Respite.
 *
 * @since 0.1
 */
module dev.respite.cli {
    requires dev.respite.durable;
    requires dev.respite.http.exchange;
    requires dev.respite.idempotency.jdbc;
    requires dev.respite.idempotency.redis;
    requires dev.respite.sim;
    requires info.picocli;
    requires java.naming;
    // Lettuce is an automatic module, so the module that it needs must be required here.
    requires org.slf4j;
    requires tools.jackson.core;
    requires static org.jspecify;

    uses java.sql.Driver;

    // Picocli sets the fields of commands.
    opens dev.respite.cli to
            info.picocli;
    opens dev.respite.cli.records to
            info.picocli;
}
