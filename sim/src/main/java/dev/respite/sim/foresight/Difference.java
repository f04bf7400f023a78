package dev.respite.sim.foresight;

import java.util.List;
import java.util.OptionalInt;

/**
 * The difference that retries make in runs with the same arrivals.
 *
 * <p>A service has recovered when 95 % of its calm success has lasted for 20 s, over 5 s each.
 *
 * @param with the calls of all runs with retries
 * @param without the same without retries
 * @param end the second in which the incident ends, from its beginning on
 */
record Difference(CallCounts with, CallCounts without, int end) {

    /** The seconds over which calls are counted. */
    static final int WINDOW = 5;

    /** The seconds that count as the recovery if there is none. */
    static final int NEVER = 100;

    private static final int STAYS = 20;
    private static final double ENOUGH = 0.95;
    private static final double OVERLOADED = 0.5;
    private static final double SLOWER = 1.3;
    private static final double LATER = 2;

    static Difference of(List<CallCounts> with, List<CallCounts> without, int end) {
        return new Difference(CallCounts.sum(with), CallCounts.sum(without), end);
    }

    OptionalInt recovery() {
        return recovery(with);
    }

    OptionalInt recoveryWithout() {
        return recovery(without);
    }

    private OptionalInt recovery(CallCounts calls) {
        for (int start = end; start <= calls.seconds() - STAYS; start++) {
            if (isRecovered(calls, start)) {
                return OptionalInt.of(start - end);
            }
        }
        return OptionalInt.empty();
    }

    private boolean isRecovered(CallCounts calls, int start) {
        for (int from = start; from + WINDOW <= start + STAYS; from++) {
            double least = ENOUGH * without.calm() * calls.begun(from, from + WINDOW);
            if (calls.succeeded(from, from + WINDOW) < least) {
                return false;
            }
        }
        return true;
    }

    /** Returns the seconds of the recovery beyond 1.3 times the recovery without retries and 2 s; negative if it is faster. */
    double excess() {
        return recovery().orElse(NEVER) - (SLOWER * recoveryWithout().orElse(NEVER) + LATER);
    }

    /** Returns whether less than half as many calls as without retries succeed of those that begin in the last 20 s. */
    boolean isOverloadedAtTheEnd() {
        int from = with.seconds() - STAYS;
        return with.succeeded(from, with.seconds()) < OVERLOADED * without.succeeded(from, with.seconds());
    }

    /** Returns the end of the slower recovery, at least one window after the incident. */
    int until() {
        int last = with.seconds() - end;
        int slower = Math.max(recovery().orElse(last), recoveryWithout().orElse(last));
        return end + Math.min(last, Math.max(WINDOW, slower));
    }

    /** Returns the percentage points of the calls until a second that succeed without retries only. */
    double points(int until) {
        return 100.0 * (without.succeeded(0, until) - with.succeeded(0, until)) / Math.max(1, with.begun(0, until));
    }
}
