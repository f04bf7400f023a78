/** The command line of Respite. */
module dev.respite.cli {
    requires dev.respite.http;
    requires dev.respite.micrometer;
    requires dev.respite.sim;
    requires micrometer.registry.prometheus;
    requires info.picocli;
    requires tools.jackson.core;
    requires static org.jspecify;

    opens dev.respite.cli to
            info.picocli;
}
