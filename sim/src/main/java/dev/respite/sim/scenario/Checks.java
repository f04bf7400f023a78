package dev.respite.sim.scenario;

import java.time.Duration;

/** Range checks, in one voice. */
final class Checks {

    /** The longest time in a scenario: far from where nanoseconds would overflow. */
    private static final Duration MAX_TIME = Duration.ofHours(24);

    private Checks() {}

    static void range(String what, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new InvalidScenarioException(what + " " + Formats.number(value) + ": must be from "
                    + Formats.number(least) + " to " + Formats.number(most));
        }
    }

    static void time(String what, Duration time) {
        if (time.isNegative() || time.compareTo(MAX_TIME) > 0) {
            throw new InvalidScenarioException(what + " " + time + ": must be from 0 to 24h");
        }
    }

    static void positive(String what, Duration time) {
        time(what, time);
        if (time.isZero()) {
            throw new InvalidScenarioException(what + " 0: must be longer than that");
        }
    }
}
