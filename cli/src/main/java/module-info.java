/** The command line of Respite. */
module dev.respite.cli {
    requires com.h2database;
    requires com.zaxxer.hikari;
    requires dev.respite.http;
    requires dev.respite.idempotency.jdbc;
    requires dev.respite.idempotency.redis;
    requires dev.respite.micrometer;
    requires dev.respite.sim;
    requires micrometer.registry.prometheus;
    requires info.picocli;
    requires java.naming;
    requires jdk.httpserver;
    requires tools.jackson.core;
    requires static org.jspecify;

    uses java.sql.Driver;

    opens dev.respite.cli to
            info.picocli;
}
