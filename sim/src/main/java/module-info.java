/**
 * Sees what a retry policy does to a service, before an outage does.
 *
 * @since 0.1
 */
module dev.respite.sim {
    requires transitive dev.respite;
    requires dev.respite.admission;
    requires HdrHistogram;
    requires org.snakeyaml.engine;
    requires static org.jspecify;

    exports dev.respite.sim;
    exports dev.respite.sim.conclusion;
    exports dev.respite.sim.foresight;
    exports dev.respite.sim.report;
    exports dev.respite.sim.scenario;
}
