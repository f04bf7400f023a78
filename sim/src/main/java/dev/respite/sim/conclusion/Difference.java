package dev.respite.sim.conclusion;

import dev.respite.sim.PolicySummary;
import dev.respite.sim.SimulationResult;
import java.util.DoubleSummaryStatistics;
import java.util.stream.IntStream;

/**
 * By how much more of the calls succeed under a policy than without retries. The runs of both are compared seed by seed, since
 * they meet the same arrivals and the same faults.
 *
 * @param mean the mean over the seeds, from −1 to 1; negative if fewer succeed
 * @param least the smallest of the seeds
 * @param greatest the greatest of the seeds
 * @param margin the least difference that counts
 */
record Difference(double mean, double least, double greatest, double margin) {

    /** The smallest margin of one seed: half a percentage point. */
    static final double MIN_OF_ONE_SEED = 0.005;

    /** The smallest margin of several seeds: a tenth of a percentage point. */
    static final double MIN_OF_SEEDS = 0.001;

    private static final double DEVIATIONS = 2;

    static Difference of(PolicySummary baseline, PolicySummary policy) {
        DoubleSummaryStatistics seeds = IntStream.range(0, policy.results().size())
                .mapToDouble(seed -> policy.results().get(seed).successRatio()
                        - baseline.results().get(seed).successRatio())
                .summaryStatistics();
        double calls = policy.mean(SimulationResult::calls) * seeds.getCount();
        return new Difference(
                seeds.getAverage(),
                seeds.getMin(),
                seeds.getMax(),
                margin(baseline.successRatio(), policy.successRatio(), calls, (int) seeds.getCount()));
    }

    /**
     * Two standard deviations of the difference of two ratios that were counted over so many calls each, but not less than the
     * smallest margin.
     */
    static double margin(double baseline, double policy, double calls, int seeds) {
        double variance = baseline * (1 - baseline) + policy * (1 - policy);
        double chance = calls == 0 ? 0 : DEVIATIONS * Math.sqrt(variance / calls);
        return Math.max(seeds == 1 ? MIN_OF_ONE_SEED : MIN_OF_SEEDS, chance);
    }

    /**
     * Returns whether more calls succeed: by the margin on average, and with each of the seeds.
     *
     * @return true if the policy gains calls
     */
    boolean isMore() {
        return mean >= margin && least > 0;
    }

    /**
     * Returns whether fewer calls succeed: by the margin on average, and with each of the seeds.
     *
     * @return true if the policy loses calls
     */
    boolean isLess() {
        return mean <= -margin && greatest < 0;
    }
}
