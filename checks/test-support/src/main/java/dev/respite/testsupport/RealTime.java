package dev.respite.testsupport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The only way for a test to set an upper bound on real time. A fault makes a test slow each time, a loaded machine only some times. A
 * bound is therefore tried several times and has to be kept once.
 */
public final class RealTime {
    private static final int TRIES = 5;

    private RealTime() {}

    /** Code of a test that may throw anything. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }

    /** Returns the default time limit of Awaitility, for a test that waits without it. */
    public static Duration patience() {
        return Duration.ofSeconds(Integer.getInteger(Patience.SECONDS, 120));
    }

    /** Asserts that the action takes at most the given time in one of five tries. Each try has to succeed. */
    public static void assertTakesAtMost(Duration limit, Action action) throws Exception {
        List<Duration> tries = new ArrayList<>();
        while (tries.size() < TRIES) {
            long start = System.nanoTime();
            action.run();
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            if (taken.compareTo(limit) <= 0) {
                return;
            }
            tries.add(taken);
        }
        throw new AssertionError("took longer than " + limit + " in each of " + TRIES + " tries: " + tries
                + ". A loaded machine delays some of the tries, a fault delays all of them.");
    }

    /** Asserts that the assertions hold in one of five tries, where they compare figures that were measured in real time. */
    public static void assertOnce(Action assertions) throws Exception {
        List<AssertionError> failures = new ArrayList<>();
        while (failures.size() < TRIES) {
            try {
                assertions.run();
                return;
            } catch (AssertionError failure) {
                failures.add(failure);
            }
        }
        AssertionError all = new AssertionError("failed in each of " + TRIES
                + " tries. A loaded machine distorts some of the tries, a fault distorts all of them.");
        failures.forEach(all::addSuppressed);
        throw all;
    }
}
