package dev.respite.sim.scenario;

import java.time.Duration;

/** Range checks, in one voice. */
public final class Checks {

    /** The longest time in a scenario: far from where nanoseconds would overflow. */
    private static final Duration MAX_TIME = Duration.ofHours(24);

    private Checks() {}

    /**
     * Checks that a number is in its range.
     *
     * @param what the key in the message
     * @param value the number
     * @param least the smallest that is allowed
     * @param most the greatest that is allowed
     * @throws InvalidScenarioException if it is not
     */
    public static void range(String what, double value, double least, double most) {
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
