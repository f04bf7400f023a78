package dev.respite.benchmarks.harm;

import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Service;
import java.time.Duration;

/** The outage of a cell of the grid, 40 s after the beginning. */
enum Outage {
    BLACK_HOLE_1("black hole 1 s", Kind.GONE, 1, Fault.down(Outage.SERVICE)),
    BLACK_HOLE_10("black hole 10 s", Kind.GONE, 10, Fault.down(Outage.SERVICE)),
    BLACK_HOLE_60("black hole 60 s", Kind.GONE, 60, Fault.down(Outage.SERVICE)),
    REFUSAL_10("refusal 10 s", Kind.GONE, 10, Fault.refuse(Outage.SERVICE)),
    REFUSAL_60("refusal 60 s", Kind.GONE, 60, Fault.refuse(Outage.SERVICE)),
    PAUSE("pause 1 s", Kind.GONE, 1, Fault.pause(Outage.SERVICE)),
    HALF_COSTLY_10("half failing, costly, 10 s", Kind.PARTIAL, 10, Fault.errors(Outage.SERVICE, 0.5)),
    HALF_COSTLY_60("half failing, costly, 60 s", Kind.PARTIAL, 60, Fault.errors(Outage.SERVICE, 0.5)),
    HALF_CHEAP_10("half failing, cheap, 10 s", Kind.PARTIAL, 10, Fault.failFast(Outage.SERVICE, 0.5)),
    ALL_COSTLY_10("all failing, costly, 10 s", Kind.COSTLY, 10, Fault.errors(Outage.SERVICE, 1)),
    ALL_CHEAP_10("all failing, cheap, 10 s", Kind.COSTLY, 10, Fault.failFast(Outage.SERVICE, 1)),
    BROWNOUT("brownout to 30 %, 5 s", Kind.COSTLY, 5, Fault.slow(Outage.SERVICE, 1 / 0.3)),
    HALF_COSTLY_MIXED_30("half failing, mixed operations, 30 s", Kind.MIXED, 30, Fault.errors(Outage.SERVICE, 0.5)),
    ONE_REPLICA_30(
            "one of three replicas failing, 30 s",
            Kind.PARTIAL,
            30,
            Fault.errors(Outage.SERVICE, 1).replica(1));

    static final String SERVICE = "service";
    static final Duration AT = Duration.ofSeconds(40);

    private final String label;
    private final Kind kind;
    private final Duration lasting;
    private final Fault fault;

    /** The aims by which an outage is judged. */
    enum Kind {
        /** No request succeeds. */
        GONE,
        /** The service spends work on requests that fail. */
        COSTLY,
        /** As costly, and some attempts succeed. */
        PARTIAL,
        /** As partial, with operations that differ much in length: reported. */
        MIXED
    }

    Outage(String label, Kind kind, int seconds, Fault fault) {
        this.label = label;
        this.kind = kind;
        this.lasting = Duration.ofSeconds(seconds);
        this.fault = fault.duration(Duration.ofSeconds(seconds));
    }

    Kind kind() {
        return kind;
    }

    Duration lasting() {
        return lasting;
    }

    Fault fault() {
        return fault.at(AT);
    }

    /** Returns the service of 300 requests a second. */
    Service service() {
        Duration work = Duration.ofMillis(10);
        return switch (this) {
            case ONE_REPLICA_30 ->
                Service.named(SERVICE).replicas(3).workers(1).serviceTime(Distribution.exponential(work));
            case HALF_COSTLY_MIXED_30 ->
                Service.named(SERVICE)
                        .workers(3)
                        .serviceTime(Distribution.exponential(Duration.ofNanos(2_702_703), 10, 0.3));
            default -> Service.named(SERVICE).workers(3).serviceTime(Distribution.exponential(work));
        };
    }

    /** Returns the maximum of attempts for each call that begins in the outage; infinite if there is no such aim. */
    double maxAttempts() {
        return switch (this) {
            case BLACK_HOLE_10, BLACK_HOLE_60, REFUSAL_60, ALL_CHEAP_10 -> 1.1;
            case REFUSAL_10 -> 1.6;
            default -> Double.POSITIVE_INFINITY;
        };
    }

    @Override
    public String toString() {
        return label;
    }
}
