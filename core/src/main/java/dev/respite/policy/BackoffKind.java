package dev.respite.policy;

import java.util.Locale;

/** The named ways in which delays grow. */
public enum BackoffKind {
    /** No delay. */
    IMMEDIATE,
    /** The base delay each time. */
    FIXED,
    /** The base delay, and an increment more each time. */
    LINEAR,
    /** The base delay, times the multiplier each time: the default. */
    EXPONENTIAL,
    /** A draw between the base delay and three times the last delay: it brings its own jitter. */
    DECORRELATED,
    /** The base delay times 1, 2, 3, 5, 8, …. */
    FIBONACCI;

    /** Returns whether a jitter can be put on top. */
    boolean takesJitter() {
        return this != IMMEDIATE && this != DECORRELATED;
    }

    /** {@return the value of the key {@code backoff} in the policy's text form} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
