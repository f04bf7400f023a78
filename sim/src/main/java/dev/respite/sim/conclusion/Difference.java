package dev.respite.sim.conclusion;

/**
 * A difference between a policy and no retries, with its uncertainty. Both meet the same arrivals and the same faults in each seed.
 *
 * @param mean the difference; negative if the policy does worse
 * @param error half the width of its 95 % interval
 * @param least the least difference that counts
 */
record Difference(double mean, double error, double least) {

    /** The error may be so many times the distance: a smaller distance is not known well enough for an estimate. */
    private static final double MAX_FACTOR = 6;

    /** Returns whether the seeds decide that the policy does better, by as much as counts. */
    boolean isBetter() {
        return mean >= least && mean > error;
    }

    /** Returns whether the policy does better by as much as counts, and the seeds do not decide it. */
    boolean mayBeBetter() {
        return mean >= least && mean <= error;
    }

    /** Returns whether the seeds decide that the policy does worse, by as much as counts. */
    boolean isWorse() {
        return mean + error <= -least;
    }

    /** Returns whether the seeds do not exclude that the policy does worse, by as much as counts, and do not decide it. */
    boolean mayBeWorse() {
        return mean - error <= -least && !isWorse();
    }

    /** Estimates the number of seeds that decide, at least one more than those that did not. The error shrinks with its root. */
    long decidingSeeds(int seeds) {
        double distance = mean >= least ? mean : Math.abs(mean + least);
        double factor = Math.min(MAX_FACTOR, error / distance);
        return (long) Math.max(seeds + 1, Math.ceil(seeds * factor * factor));
    }
}
