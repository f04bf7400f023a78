package dev.respite.benchmarks.harm;

import dev.respite.sim.SimulationResult;
import java.util.List;
import java.util.Locale;

/**
 * The effect of a policy in a cell, compared with no retries: means over the seeds.
 *
 * @param cell the cell
 * @param recovery seconds until the service has recovered; a run that has not recovered within 100 s counts as 120
 * @param withoutRetries the same without retries
 * @param never whether a run did not recover that does without retries
 * @param attempts attempts for each call that began in the outage; all retries of the run count as theirs
 * @param below percentage points of calls that succeeded less than without retries, in the whole run
 */
record Finding(Cell cell, double recovery, double withoutRetries, boolean never, double attempts, double below) {

    private static final int NEVER = 120;

    static Finding of(Cell cell, List<SimulationResult> none, List<SimulationResult> ours) {
        boolean never = false;
        double below = 0;
        double attempts = 0;
        for (int i = 0; i < ours.size(); i++) {
            SimulationResult with = ours.get(i);
            SimulationResult without = none.get(i);
            never |= with.recoverySeconds().isEmpty()
                    && without.recoverySeconds().isPresent();
            below += 100 * (succeeded(without) - succeeded(with)) / ours.size();
            double begun =
                    cell.utilisation() * Cell.CAPACITY * cell.outage().lasting().toSeconds();
            attempts += (1 + (with.attempts() - with.calls()) / begun) / ours.size();
        }
        return new Finding(cell, recovery(ours), recovery(none), never, attempts, below);
    }

    private static double succeeded(SimulationResult result) {
        return result.succeeded() / (double) result.calls();
    }

    private static double recovery(List<SimulationResult> results) {
        return results.stream()
                .mapToInt(result -> result.recoverySeconds().orElse(NEVER))
                .average()
                .orElseThrow();
    }

    /** Returns the excess of the recovery over 1.3 times that without retries and 2 s; negative if there is none. */
    double excess() {
        return recovery - (1.3 * withoutRetries + 2);
    }

    boolean isOver() {
        return excess() > 0;
    }

    boolean hasTooManyAttempts() {
        return attempts > cell.outage().maxAttempts();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: recovery %.1f s (none %.1f s)%s, %.2f attempts, %.1f points below none",
                cell,
                recovery,
                withoutRetries,
                never ? ", not always" : "",
                attempts,
                below);
    }
}
