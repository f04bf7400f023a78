package dev.respite.policy;

/** Range checks of numbers. */
final class Ranges {

    private Ranges() {}

    static void check(String what, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(what + " " + Numbers.format(value) + ": must be from "
                    + Numbers.format(least) + " to " + Numbers.format(most));
        }
    }
}
