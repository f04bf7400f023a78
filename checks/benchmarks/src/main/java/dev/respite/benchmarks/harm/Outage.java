package dev.respite.benchmarks.harm;

import dev.respite.sim.scenario.Fault;
import java.time.Duration;

/** The fault of a cell of the grid. */
enum Outage {
    PAUSE_1("pause 1 s", 1, Fault.pause(Outage.SERVICE)),
    PAUSE_3("pause 3 s", 3, Fault.pause(Outage.SERVICE)),
    BLACK_HOLE_1("black hole 1 s", 1, Fault.down(Outage.SERVICE)),
    BLACK_HOLE_10("black hole 10 s", 10, Fault.down(Outage.SERVICE)),
    BLACK_HOLE_60("black hole 60 s", 60, Fault.down(Outage.SERVICE)),
    REFUSAL_10("refusal 10 s", 10, Fault.refuse(Outage.SERVICE)),
    ERRORS_2("2 % errors", 0.02),
    ERRORS_5("5 % errors", 0.05),
    ERRORS_10("10 % errors", 0.1),
    ERRORS_20("20 % errors", 0.2),
    ERRORS_35("35 % errors", 0.35),
    HALF_COSTLY_10("half failing, costly, 10 s", 10, Fault.errors(Outage.SERVICE, 0.5)),
    HALF_COSTLY_60("half failing, costly, 60 s", 60, Fault.errors(Outage.SERVICE, 0.5)),
    HALF_CHEAP_10("half failing, cheap, 10 s", 10, Fault.failFast(Outage.SERVICE, 0.5)),
    HALF_CHEAP_60("half failing, cheap, 60 s", 60, Fault.failFast(Outage.SERVICE, 0.5)),
    ONE_REPLICA_60(
            "one of three replicas failing, 60 s",
            60,
            Fault.errors(Outage.SERVICE, 1).replica(1)),
    BROWNOUT_10("brownout to 30 %, 10 s", 10, Fault.slow(Outage.SERVICE, 1 / 0.3)),

    /** Of {@code explain}; no cell of the grid has it. */
    HALF_COSTLY_30("half failing, costly, 30 s", 30, Fault.errors(Outage.SERVICE, 0.5));

    static final String SERVICE = "service";

    /** The duration of errors without an outage. */
    private static final int CALM_SECONDS = 120;

    private final String label;
    private final int seconds;
    private final Fault fault;

    /** The fraction of attempts that fail while the service is calm; 0 for an outage. */
    private final double errors;

    Outage(String label, int seconds, Fault fault) {
        this(label, seconds, fault, 0);
    }

    Outage(String label, double errors) {
        this(label, CALM_SECONDS, Fault.errors(Outage.SERVICE, errors), errors);
    }

    Outage(String label, int seconds, Fault fault, double errors) {
        this.label = label;
        this.seconds = seconds;
        this.fault = fault.duration(Duration.ofSeconds(seconds));
        this.errors = errors;
    }

    int seconds() {
        return seconds;
    }

    Fault at(Duration start) {
        return fault.at(start);
    }

    /** Returns whether a cell of this utilisation has room for the retries that its lasting errors need. */
    boolean hasRoom(double utilisation) {
        return errors == 0 ? utilisation <= 0.93 : utilisation * (1 + errors) <= 0.95;
    }

    int replicas() {
        return this == ONE_REPLICA_60 ? 3 : 1;
    }

    @Override
    public String toString() {
        return label;
    }
}
