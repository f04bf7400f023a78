package dev.respite.policy;

import java.time.Duration;

/** Range checks of numbers. */
final class Ranges {

    private Ranges() {}

    static void check(String what, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(what + " " + Numbers.format(value) + ": must be from "
                    + Numbers.format(least) + " to " + Numbers.format(most));
        }
    }

    static void check(String what, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(what + " " + Numbers.format(value) + ": must be from "
                    + Numbers.format(least) + " to " + Numbers.format(most));
        }
    }
}
