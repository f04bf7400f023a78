package dev.respite.benchmarks.harm;

import dev.respite.policy.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * The effect of a policy in a cell, compared with no retries on the same arrivals.
 *
 * @param cell the cell
 * @param points percentage points of the calls that begin in the outage and the recovery: as many fewer succeed than without
 *     retries; negative if more do
 * @param error the standard error of the points, over the seeds
 * @param recovery seconds from the end of the outage to the recovery, over the calls of all seeds; empty if it is not within 100 s
 * @param none the same without retries
 * @param calm the fraction of calls that succeed before the outage without retries
 * @param twice the fraction of clients that have called at least twice before the outage
 * @param thrice the same for three calls
 * @param seeds the number of seeds
 */
record Finding(
        Cell cell,
        double points,
        double error,
        OptionalInt recovery,
        OptionalInt none,
        double calm,
        double twice,
        double thrice,
        int seeds) {

    private static final RetryPolicy NONE = RetryPolicy.parse("max-attempts=1");
    private static final double MAX_ERROR = 0.5;

    /** The factor by which seeds are added until they decide. */
    private static final int MORE = 3;

    /** The standard errors between points and a limit that decide. */
    private static final double DECIDED = 3;

    private static final int MIN_SEEDS = 3;

    /** The seconds after an outage in which most recoveries end. */
    private static final int SHORT_AFTER = 25;

    /** Seeds that are enough for any cell. */
    static final int MAX_SEEDS = 300;

    /** The seconds over which calls are counted, and the calls that these have at least, over all seeds. */
    private static final int WINDOW = 5;

    private static final int WINDOW_CALLS = 1_000;

    /** The seconds for which a recovery lasts. */
    private static final int STAYS = 20;

    private static final double ENOUGH = 0.95;

    /** As many calls of a service succeed that is not too full without retries. */
    private static final double CALM = 0.98;

    private static final double MIN_CALLED_THRICE = 0.95;

    /** Runs a cell until the seeds decide its points. */
    static Finding of(Cell cell, RetryPolicy policy, long firstSeed, int maxSeeds) {
        int seeds = Math.max(MIN_SEEDS, (int) Math.ceil(WINDOW_CALLS / (WINDOW * cell.rate())));
        return of(cell, policy, firstSeed, new Effort(seeds, maxSeeds, Cell.AFTER), Finding::isDecided);
    }

    /**
     * Runs a cell until the seeds decide whether its points exceed a limit. The runs end a short time after the outage unless they
     * need more for both recoveries.
     *
     * @param minSeeds the least number of seeds
     * @param minWindowCalls the calls in 5 s that all seeds have at least
     */
    static Finding beside(
            double limit, Cell cell, RetryPolicy policy, long firstSeed, int minSeeds, int minWindowCalls) {
        int seeds = Math.max(minSeeds, (int) Math.ceil(minWindowCalls / (WINDOW * cell.rate())));
        Predicate<Finding> isDecided =
                finding -> finding.error <= Math.max(MAX_ERROR, Math.abs(finding.points - limit) / DECIDED);
        Effort brief = new Effort(seeds, MORE * seeds, SHORT_AFTER);
        Finding finding = of(cell, policy, firstSeed, brief, isDecided);
        return finding.recovery.isPresent() && finding.none.isPresent()
                ? finding
                : of(cell, policy, firstSeed, new Effort(seeds, MORE * seeds, Cell.AFTER), isDecided);
    }

    /** The seeds of a cell at the beginning and at most, and the seconds after its outage. */
    private record Effort(int seeds, int maxSeeds, int after) {}

    private static Finding of(
            Cell cell, RetryPolicy policy, long firstSeed, Effort effort, Predicate<Finding> isDecided) {
        List<CellRun> ours = new ArrayList<>();
        List<CellRun> none = new ArrayList<>();
        Finding finding;
        do {
            for (int more = Math.max(effort.seeds - ours.size(), 1 + ours.size() / 4); more > 0; more--) {
                long seed = firstSeed + ours.size();
                ours.add(CellRun.of(cell, policy, seed, effort.after));
                none.add(CellRun.of(cell, NONE, seed, effort.after));
            }
            finding = of(cell, ours, none, effort.after);
        } while (!isDecided.test(finding) && ours.size() < effort.maxSeeds);
        return finding;
    }

    private static Finding of(Cell cell, List<CellRun> ours, List<CellRun> none, int after) {
        double calm = sum(none, CellRun::calmSucceeded) / (double) sum(none, CellRun::calmBegun);
        int end = cell.outage().seconds();
        OptionalInt recovery = recovery(ours, end, calm);
        OptionalInt without = recovery(none, end, calm);
        int until = end + Math.max(WINDOW, Math.max(recovery.orElse(after), without.orElse(after)));
        double[] points = IntStream.range(0, ours.size())
                .mapToDouble(i -> 100.0
                        * (none.get(i).succeeded(0, until) - ours.get(i).succeeded(0, until))
                        / Math.max(1, ours.get(i).begun(0, until)))
                .toArray();
        double mean = IntStream.range(0, points.length)
                .mapToDouble(i -> points[i])
                .average()
                .orElseThrow();
        double squares = IntStream.range(0, points.length)
                .mapToDouble(i -> (points[i] - mean) * (points[i] - mean))
                .sum();
        return new Finding(
                cell,
                mean,
                Math.sqrt(squares / (points.length - 1) / points.length),
                recovery,
                without,
                calm,
                ours.get(0).called(2),
                ours.get(0).called(3),
                ours.size());
    }

    /** The first second from which each window of the next 20 s has 95 % of the successes of a calm service. */
    private static OptionalInt recovery(List<CellRun> runs, int end, double calm) {
        int last = runs.get(0).seconds() - STAYS;
        for (int start = end; start <= last; start++) {
            if (isRecovered(runs, start, calm)) {
                return OptionalInt.of(start - end);
            }
        }
        return OptionalInt.empty();
    }

    private static boolean isRecovered(List<CellRun> runs, int start, double calm) {
        for (int from = start; from + WINDOW <= start + STAYS; from++) {
            int second = from;
            int begun = sum(runs, run -> run.begun(second, second + WINDOW));
            int succeeded = sum(runs, run -> run.succeeded(second, second + WINDOW));
            if (succeeded < ENOUGH * calm * begun) {
                return false;
            }
        }
        return true;
    }

    private static int sum(List<CellRun> runs, ToIntFunction<CellRun> count) {
        return runs.stream().mapToInt(count).sum();
    }

    /** Returns whether the error is at most half a point, or so small that the points are beyond each limit. */
    private boolean isDecided() {
        return error <= Math.max(MAX_ERROR, (points - 10) / 5);
    }

    /** Returns 1 or 2, the region of the cell; 0 if the service is too full without retries. */
    int region() {
        return calm < CALM ? 0 : cell.isRegion1(twice) ? 1 : 2;
    }

    /** Returns whether 95 % of the clients have called at least three times before the outage. */
    boolean hasCalledThrice() {
        return thrice >= MIN_CALLED_THRICE;
    }

    boolean isNever() {
        return recovery.isEmpty() && none.isPresent();
    }

    /** Returns the seconds beyond 1.3 times the recovery without retries and 2 s; negative if there are none. */
    double excess() {
        return recovery.orElse(Cell.AFTER) - (1.3 * none.orElse(Cell.AFTER) + 2);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %.1f points below none (± %.1f, %d seeds), recovery %s s (none %s s), calm %.1f %%, called twice %.0f %%",
                cell,
                points,
                error,
                seeds,
                recovery.isPresent() ? recovery.getAsInt() : "never",
                none.isPresent() ? none.getAsInt() : "never",
                100 * calm,
                100 * twice);
    }
}
