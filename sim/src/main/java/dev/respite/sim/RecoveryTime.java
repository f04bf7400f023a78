package dev.respite.sim;

import dev.respite.sim.scenario.Scenario;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Calculates recovery times: of one run from its goodput, and of a comparison from the calls of all its runs together. */
final class RecoveryTime {

    /** The window of one run, and the least one of a comparison, in seconds. */
    private static final int MIN_WINDOW = 5;

    /** A window of a comparison grows until it has so many calls, or until it is as long as a recovery must last. */
    private static final int WINDOW_CALLS = 1_000;

    /** The seconds that a recovery must last. */
    private static final int STAYS = Scenario.RECOVERY_SECONDS;

    private static final double ENOUGH = 0.95;

    private final Scenario scenario;
    private final double[] calls;
    private final double[] successes;

    private RecoveryTime(Scenario scenario, double[] calls, double[] successes) {
        this.scenario = scenario;
        this.calls = calls;
        this.successes = successes;
    }

    /** Returns the recovery time of all calls of runs that differ by their seeds only. */
    static RecoveryTime of(Scenario scenario, List<Series> runs) {
        int seconds = runs.get(0).calls().size();
        double[] calls = new double[seconds];
        double[] successes = new double[seconds];
        for (Series run : runs) {
            for (int second = 0; second < seconds; second++) {
                calls[second] += run.calls().get(second);
                successes[second] += run.successes().get(second);
            }
        }
        return new RecoveryTime(scenario, calls, successes);
    }

    /**
     * Whole seconds from the end of the last fault to the first second from which goodput, over five seconds each, stays at
     * 95 % of the load for 20 s. The load is the calls that begin meanwhile or, if they wait for answers, those that
     * succeeded before the fault, if any did.
     */
    static OptionalInt seconds(Scenario scenario, Series run) {
        RecoveryTime time = new RecoveryTime(scenario, counts(run.calls()), counts(run.goodput()));
        return time.seconds(MIN_WINDOW, 1);
    }

    private static double[] counts(List<Double> series) {
        return series.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Returns the recovery time of the other runs. */
    RecoveryTime without(Series run) {
        return new RecoveryTime(scenario, difference(calls, run.calls()), difference(successes, run.successes()));
    }

    private static double[] difference(double[] counts, List<Double> of) {
        return IntStream.range(0, counts.length)
                .mapToDouble(second -> counts[second] - of.get(second))
                .toArray();
    }

    /**
     * Whole seconds from the end of the last fault to the first second from which success stays at 95 % of that before the first
     * fault for 20 s. Success is the ratio of the calls that begin within a window or, if callers wait for results, their number.
     */
    OptionalInt seconds() {
        if (sum(successes, 0, successes.length) == 0) {
            return OptionalInt.empty();
        }
        double perSecond = sum(calls, 0, calls.length) / calls.length;
        int window = (int) Math.max(MIN_WINDOW, Math.min(STAYS, Math.ceil(WINDOW_CALLS / perSecond)));
        int first = firstFault(scenario, calls.length);
        double before = sum(successes, 0, first);
        return seconds(window, before == 0 ? 1 : before / sum(calls, 0, first));
    }

    private OptionalInt seconds(int window, double ratio) {
        if (scenario.faults().isEmpty()) {
            return OptionalInt.of(0);
        }
        int end = scenario.lastFaultEndSeconds();
        for (int start = end; start <= calls.length - STAYS; start++) {
            if (isRecovered(start, window, ratio)) {
                return OptionalInt.of(start - end);
            }
        }
        return OptionalInt.empty();
    }

    private boolean isRecovered(int start, int window, double ratio) {
        int first = firstFault(scenario, calls.length);
        double before = first == 0 ? 0 : sum(successes, 0, first) / first * window;
        boolean waits = before > 0
                && scenario.load().groups().stream()
                        .anyMatch(group -> group.arrivals().isClosed());
        for (int from = start; from + window <= start + STAYS; from++) {
            double load = waits ? before : ratio * sum(calls, from, from + window);
            if (sum(successes, from, from + window) < ENOUGH * load) {
                return false;
            }
        }
        return true;
    }

    /** Calls that succeeded in a second, on average, before the first fault; in a run without one, in all of it. */
    static double meanBefore(Scenario scenario, Series series) {
        int first = firstFault(scenario, series.goodput().size());
        return first == 0 ? 0 : sum(counts(series.goodput()), 0, first) / first;
    }

    private static int firstFault(Scenario scenario, int otherwise) {
        return scenario.faults().stream()
                .mapToInt(fault -> (int) (fault.startNanos() / 1_000_000_000L))
                .min()
                .orElse(otherwise);
    }

    /** Calls that succeeded in a second, on average, in the last seconds of the run. */
    static double meanAfter(Series series) {
        int seconds = series.goodput().size();
        int from = Math.max(0, seconds - STAYS);
        return sum(counts(series.goodput()), from, seconds) / (seconds - from);
    }

    private static double sum(double[] counts, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += counts[i];
        }
        return sum;
    }
}
