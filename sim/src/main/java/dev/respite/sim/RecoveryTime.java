package dev.respite.sim;

import dev.respite.sim.scenario.Scenario;
import java.util.List;
import java.util.OptionalInt;

/** Calculates the recovery time of a run from its series. */
final class RecoveryTime {

    /** The seconds over which goodput is averaged. */
    private static final int WINDOW = 5;

    /** The seconds that it must last. */
    private static final int STAYS = Scenario.RECOVERY_SECONDS;

    private static final double ENOUGH = 0.95;

    private RecoveryTime() {}

    /**
     * Whole seconds from the end of the last fault to the first second from which goodput, over five seconds each, stays at
     * 95 % of the load for 20 s. The load is the calls that begin meanwhile or, if they wait for answers, those that
     * succeeded before the fault, if any did.
     */
    static OptionalInt seconds(Scenario scenario, Series series) {
        if (scenario.faults().isEmpty()) {
            return OptionalInt.of(0);
        }
        int end = scenario.lastFaultEndSeconds();
        int last = series.calls().size() - STAYS;
        for (int start = end; start <= last; start++) {
            if (isRecovered(scenario, series, start)) {
                return OptionalInt.of(start - end);
            }
        }
        return OptionalInt.empty();
    }

    private static boolean isRecovered(Scenario scenario, Series series, int start) {
        double before = meanBefore(scenario, series) * WINDOW;
        boolean waits = before > 0
                && scenario.load().groups().stream()
                        .anyMatch(group -> group.arrivals().isClosed());
        for (int from = start; from + WINDOW <= start + STAYS; from++) {
            double load = waits ? before : sum(series.calls(), from, from + WINDOW);
            if (sum(series.goodput(), from, from + WINDOW) < ENOUGH * load) {
                return false;
            }
        }
        return true;
    }

    /** Calls that succeeded in a second, on average, before the first fault; in a run without one, in all of it. */
    static double meanBefore(Scenario scenario, Series series) {
        int first = scenario.faults().stream()
                .mapToInt(fault -> (int) (fault.startNanos() / 1_000_000_000L))
                .min()
                .orElse(series.goodput().size());
        return first == 0 ? 0 : sum(series.goodput(), 0, first) / first;
    }

    /** Calls that succeeded in a second, on average, in the last seconds of the run. */
    static double meanAfter(Series series) {
        int seconds = series.goodput().size();
        int from = Math.max(0, seconds - STAYS);
        return sum(series.goodput(), from, seconds) / (seconds - from);
    }

    private static double sum(List<Double> series, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += series.get(i);
        }
        return sum;
    }
}
