package dev.respite.sim.conclusion;

import dev.respite.sim.PolicySummary;
import dev.respite.sim.SimulationResult;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Estimates the differences between a policy and no retries from the spread of the seeds or, of few, of their blocks. */
final class Spread {

    /** From so many seeds on, their own spread is known well enough. */
    static final int MIN_SEEDS = 5;

    private static final int BLOCK_SECONDS = 2;

    /** Half a percentage point. */
    private static final double LEAST_SUCCESS = 0.005;

    /** Recovery is measured in whole seconds: two may be chance. */
    private static final double LEAST_SECONDS = 3;

    /** Of a few seeds, a recovery counts that takes longer by more than the least window. */
    private static final double FEW_SEEDS_SECONDS = 5;

    /** The quantile of the normal distribution for a 95 % interval. */
    private static final double DEVIATIONS = 1.96;

    private final List<SimulationResult> baseline;
    private final List<SimulationResult> policy;
    private final int seeds;

    private Spread(PolicySummary baseline, PolicySummary policy) {
        this.baseline = baseline.results();
        this.policy = policy.results();
        this.seeds = this.policy.size();
    }

    /** Returns by how much more of the calls succeed, from −1 to 1. */
    static Difference ofSuccess(PolicySummary baseline, PolicySummary policy, Evidence.Setting setting) {
        Spread spread = new Spread(baseline, policy);
        double error = spread.seeds >= MIN_SEEDS
                ? spread.errorOfSeeds()
                : DEVIATIONS
                        * (setting == Evidence.Setting.BURST
                                ? deviationOfCalls(baseline, policy)
                                : spread.deviationOfBlocks());
        return new Difference(policy.successRatio() - baseline.successRatio(), error, LEAST_SUCCESS);
    }

    private double errorOfSeeds() {
        double[] differences = IntStream.range(0, seeds)
                .mapToDouble(seed ->
                        policy.get(seed).successRatio() - baseline.get(seed).successRatio())
                .toArray();
        return quantile(seeds - 1) * Math.sqrt(squares(differences) / (seeds - 1) / seeds);
    }

    /**
     * Takes the differences of blocks of two seconds as independent: each can have either sign if the policy makes no difference.
     * Calls of a second share a queue, often with the calls of the next one.
     */
    private double deviationOfBlocks() {
        double squares = 0;
        for (int seed = 0; seed < seeds; seed++) {
            List<Double> with = policy.get(seed).series().successes();
            List<Double> without = baseline.get(seed).series().successes();
            double calls = Math.max(1, policy.get(seed).calls());
            double callsWithout = Math.max(1, baseline.get(seed).calls());
            double block = 0;
            for (int second = 0; second < with.size(); second++) {
                block += with.get(second) / calls - without.get(second) / callsWithout;
                if (second % BLOCK_SECONDS == BLOCK_SECONDS - 1 || second == with.size() - 1) {
                    squares += block * block;
                    block = 0;
                }
            }
        }
        return Math.sqrt(squares) / seeds;
    }

    /** Takes all calls as independent. */
    private static double deviationOfCalls(PolicySummary baseline, PolicySummary policy) {
        double calls = policy.mean(SimulationResult::calls) * policy.results().size();
        double without = baseline.successRatio();
        double with = policy.successRatio();
        return Math.sqrt((without * (1 - without) + with * (1 - with)) / Math.max(1, calls));
    }

    /** Returns by how many seconds recovery comes earlier. A run that does not recover takes until its end. */
    static Difference ofRecovery(PolicySummary baseline, PolicySummary policy, Evidence.Setting setting) {
        if (setting != Evidence.Setting.FAULT) {
            return new Difference(0, 0, LEAST_SECONDS);
        }
        Spread spread = new Spread(baseline, policy);
        double mean = spread.seconds(baseline.recoverySeconds()) - spread.seconds(policy.recoverySeconds());
        double error = spread.seeds >= MIN_SEEDS
                ? spread.jackknife(baseline.recoverySecondsWithoutEach(), policy.recoverySecondsWithoutEach())
                : mean <= -LEAST_SECONDS ? FEW_SEEDS_SECONDS : 0;
        return new Difference(mean, error, LEAST_SECONDS);
    }

    /** The error of a recovery over the calls of all seeds, from the recoveries that leave one seed out. */
    private double jackknife(List<OptionalInt> without, List<OptionalInt> with) {
        double[] differences = IntStream.range(0, seeds)
                .mapToDouble(seed -> seconds(without.get(seed)) - seconds(with.get(seed)))
                .toArray();
        return quantile(seeds - 1) * Math.sqrt(squares(differences) * (seeds - 1) / seeds);
    }

    private double seconds(OptionalInt recovery) {
        SimulationResult run = policy.get(0);
        return recovery.orElse(run.series().calls().size() - run.scenario().lastFaultEndSeconds());
    }

    private static double squares(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        return Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
    }

    /** Approximates the quantile of Student's distribution for a 95 % interval (Abramowitz and Stegun, 26.7.5). */
    private static double quantile(int degrees) {
        double x = DEVIATIONS;
        return x
                + (Math.pow(x, 3) + x) / (4 * degrees)
                + (5 * Math.pow(x, 5) + 16 * Math.pow(x, 3) + 3 * x) / (96.0 * degrees * degrees);
    }
}
