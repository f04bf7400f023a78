package dev.respite.sim.foresight;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.Foresight.Risk;
import dev.respite.sim.foresight.Foresight.Situation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs an incident with and without retries on the same arrivals, until the seeds decide the difference.
 *
 * <p>Retries do harm if they cost more than {@link Incident#maxPoints()} of the calls that begin in the incident and the
 * recovery. They also do harm if the recovery takes more than 1.3 times as long as without retries, and 2 s.
 */
final class Experiment {

    /** The seconds after an incident that show a fast recovery. If there is none, the runs are repeated with more. */
    private static final int SHORT_AFTER = 25;

    private static final int LONG_AFTER = 100;

    private static final int MIN_SEEDS = 3;
    private static final int MAX_SEEDS = 60;

    /** The calls of one window that all seeds together have at least. */
    private static final int FEW_WINDOW_CALLS = 400;

    /** The same for the answer that retries do no harm, since harm may be rare. */
    private static final int MIN_WINDOW_CALLS = 1_500;

    /** The same after which the seeds do not decide. */
    private static final int MAX_WINDOW_CALLS = 6_000;

    /** The distance of the points from their limit, in standard errors. */
    private static final double DECIDED = 2;

    private final Fleet fleet;
    private final Incident incident;
    private final RetryPolicy policy;
    private final RetryPolicy none;
    private final List<CallCounts> with = new ArrayList<>();
    private final List<CallCounts> without = new ArrayList<>();
    private int after = SHORT_AFTER;

    private Experiment(Fleet fleet, Incident incident, RetryPolicy policy) {
        this.fleet = fleet;
        this.incident = incident;
        this.policy = policy;
        this.none = Fleet.withoutRetries(policy);
    }

    /** The situation of the clients in an incident, and the fraction of the calls that succeed before it without retries. */
    record Measured(Situation situation, double calm) {}

    /** Returns the situation of the clients in an incident. */
    static Measured run(Fleet fleet, Incident incident, RetryPolicy policy) {
        return new Experiment(fleet, incident, policy).measured();
    }

    /** Returns the risk in an incident, faster than the whole situation if it is harmful. */
    static Risk risk(Fleet fleet, Incident incident, RetryPolicy policy) {
        return new Experiment(fleet, incident, policy).decided();
    }

    private Measured measured() {
        Risk risk = decided();
        if (!isOver(difference(0, 1))) {
            lengthen(Math.min(with.size(), seeds(FEW_WINDOW_CALLS / 2)));
        }
        Difference all = difference(0, 1);
        int until = all.until();
        double calls = Math.max(1, all.with().begun(0, until));
        Situation situation = new Situation(
                incident.toString(),
                risk,
                all.with().succeeded(0, until) / calls,
                all.without().succeeded(0, until) / calls,
                all.recovery(),
                all.recoveryWithout());
        return new Measured(situation, all.without().calm());
    }

    private Risk decided() {
        int enough = seeds(MIN_WINDOW_CALLS);
        int greatest = seeds(MAX_WINDOW_CALLS);
        int seeds = seeds(FEW_WINDOW_CALLS);
        while (true) {
            runTo(seeds);
            if (!isOver(difference(0, 1)) && isCalm(difference(0, 1)) && risk() != Risk.HARMFUL) {
                lengthen(seeds);
            }
            Risk risk = risk();
            if (risk == Risk.HARMFUL || seeds >= greatest || !isComparable(difference(0, 1))) {
                return risk;
            }
            if (risk == Risk.NONE && seeds >= enough) {
                return risk;
            }
            seeds = risk == Risk.NONE ? enough : Math.min(greatest, seeds + 1 + seeds / 2);
        }
    }

    private int seeds(int windowCalls) {
        double seeds = Math.ceil(windowCalls / (Difference.WINDOW * fleet.rate()));
        return (int) Math.max(MIN_SEEDS, Math.min(MAX_SEEDS, seeds));
    }

    /** Returns whether more seconds after the incident have no effect on the difference. */
    private boolean isOver(Difference difference) {
        boolean areRecovered = difference.recovery().isPresent()
                && difference.recoveryWithout().isPresent();
        return areRecovered || after == LONG_AFTER;
    }

    private void lengthen(int seeds) {
        after = LONG_AFTER;
        with.clear();
        without.clear();
        runTo(seeds);
    }

    private void runTo(int seeds) {
        for (int seed = with.size() + 1; seed <= seeds; seed++) {
            int warmUp = fleet.warmUpSeconds();
            with.add(CallCounts.of(fleet.scenario(incident, after, false), warmUp, policy, seed));
            without.add(CallCounts.of(fleet.scenario(incident, after, true), warmUp, none, seed));
        }
    }

    /** Returns the difference in every n-th run. */
    private Difference difference(int first, int step) {
        return Difference.of(every(with, first, step), every(without, first, step), incident.seconds());
    }

    private static List<CallCounts> every(List<CallCounts> runs, int first, int step) {
        return IntStream.range(0, runs.size())
                .filter(index -> index % step == first)
                .mapToObj(runs::get)
                .toList();
    }

    private Risk risk() {
        Difference all = difference(0, 1);
        int until = all.until();
        double points = all.points(until);
        double error = DECIDED * error(all, until);
        boolean isSlow = isOver(all) && excesses().allMatch(seconds -> seconds > 0);
        if (points - error > incident.maxPoints() || isSlow) {
            return Risk.HARMFUL;
        }
        if (isOneOverloadedAtTheEnd()) {
            return Risk.UNKNOWN;
        }
        boolean isFast = isOver(all) && excesses().allMatch(seconds -> seconds <= 0);
        return points + error < incident.maxPoints() && isFast && isComparable(all) ? Risk.NONE : Risk.UNKNOWN;
    }

    /** Returns whether a run does not recover. If one of some does not, others of the same kind will not either. */
    private boolean isOneOverloadedAtTheEnd() {
        return IntStream.range(0, with.size())
                .anyMatch(index -> difference(index, with.size()).isOverloadedAtTheEnd());
    }

    /** Returns the excess in all runs and in each half of them. */
    private DoubleStream excesses() {
        return Stream.of(difference(0, 1), difference(0, 2), difference(1, 2)).mapToDouble(Difference::excess);
    }

    /** Returns whether the service without retries is calm enough, and recovers, so that retries can be called harmless. */
    private static boolean isComparable(Difference all) {
        return isCalm(all) && all.recoveryWithout().isPresent();
    }

    private static boolean isCalm(Difference all) {
        return all.without().calm() >= Foresight.MIN_CALM;
    }

    /** Returns the standard error of the points over the seeds, at least half of the error of independent calls. */
    private double error(Difference all, int until) {
        double mean = all.points(until);
        double squares = IntStream.range(0, with.size())
                .mapToDouble(index -> difference(index, with.size()).points(until) - mean)
                .map(deviation -> deviation * deviation)
                .sum();
        int calls = all.with().begun(0, until);
        double ratio = (all.with().succeeded(0, until) + 1.0) / (calls + 2.0);
        double least = 50 * Math.sqrt(ratio * (1 - ratio) / (calls + 2.0));
        return Math.max(least, Math.sqrt(squares / (with.size() - 1) / with.size()));
    }
}
