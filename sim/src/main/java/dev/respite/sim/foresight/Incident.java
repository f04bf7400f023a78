package dev.respite.sim.foresight;

import dev.respite.sim.scenario.Fault;
import java.time.Duration;

/** The situations of a foresight: errors that last, and outages. */
enum Incident {
    ERRORS_5("5 % errors", 30, Incident.CALM_POINTS),
    ERRORS_20("20 % errors", 60, Incident.CALM_POINTS),
    PAUSE("pause of 1 s", 1, Incident.OUTAGE_POINTS),
    BLACK_HOLE("black hole of 10 s", 10, Incident.OUTAGE_POINTS),
    HALF_FAILING("half failing for 30 s", 30, Incident.OUTAGE_POINTS);

    /** The name of the service in the scenarios. */
    static final String SERVICE = "service";

    /** The points that harmless retries may cost while a fraction of the attempts fails by chance. */
    private static final double CALM_POINTS = 2;

    /** The points that harmless retries may cost in an outage and its recovery. */
    private static final double OUTAGE_POINTS = 5;

    private final String label;
    private final int seconds;
    private final double maxPoints;

    Incident(String label, int seconds, double maxPoints) {
        this.label = label;
        this.seconds = seconds;
        this.maxPoints = maxPoints;
    }

    Fault at(int second) {
        return fault().duration(Duration.ofSeconds(seconds)).at(Duration.ofSeconds(second));
    }

    private Fault fault() {
        return switch (this) {
            case ERRORS_5 -> Fault.errors(SERVICE, 0.05);
            case ERRORS_20 -> Fault.errors(SERVICE, 0.2);
            case PAUSE -> Fault.pause(SERVICE);
            case BLACK_HOLE -> Fault.down(SERVICE);
            case HALF_FAILING -> Fault.errors(SERVICE, 0.5);
        };
    }

    int seconds() {
        return seconds;
    }

    /** Returns the percentage points of the calls that may be lost, compared with no retries. */
    double maxPoints() {
        return maxPoints;
    }

    @Override
    public String toString() {
        return label;
    }
}
