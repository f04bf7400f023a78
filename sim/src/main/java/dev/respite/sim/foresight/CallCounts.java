package dev.respite.sim.foresight;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationEvent;
import dev.respite.sim.SimulationListener;
import dev.respite.sim.scenario.Scenario;
import java.util.List;
import java.util.stream.IntStream;

/** Counts the calls of runs by the second in which they began, from the beginning of the incident on. */
final class CallCounts implements SimulationListener {

    /** The first seconds of a run, in which the service is empty. */
    private static final double EMPTY_SECONDS = 5;

    private final int warmUp;
    private final int[] begun;
    private final int[] succeeded;
    private int calmBegun;
    private int calmSucceeded;

    private CallCounts(int warmUp, int seconds) {
        this.warmUp = warmUp;
        this.begun = new int[seconds];
        this.succeeded = new int[seconds];
    }

    /** Runs a scenario, whose incident begins after the warm-up, under a policy. */
    static CallCounts of(Scenario scenario, int warmUp, RetryPolicy policy, long seed) {
        int seconds = Math.toIntExact(scenario.duration().toSeconds()) - warmUp;
        CallCounts counts = new CallCounts(warmUp, seconds);
        Simulation.observe(scenario, policy, seed, counts);
        return counts;
    }

    /** Returns the counts of several runs together. */
    static CallCounts sum(List<CallCounts> runs) {
        CallCounts sum = new CallCounts(runs.get(0).warmUp, runs.get(0).begun.length);
        for (CallCounts run : runs) {
            sum.calmBegun += run.calmBegun;
            sum.calmSucceeded += run.calmSucceeded;
            for (int second = 0; second < sum.begun.length; second++) {
                sum.begun[second] += run.begun[second];
                sum.succeeded[second] += run.succeeded[second];
            }
        }
        return sum;
    }

    @Override
    public void on(SimulationEvent event) {
        if (event instanceof SimulationEvent.CallEnded ended) {
            add((ended.nanos() - ended.latencyNanos()) / 1e9 - warmUp, ended.reason() == StopReason.ACCEPTED ? 1 : 0);
        }
    }

    private void add(double second, int success) {
        if (second >= 0) {
            begun[(int) second]++;
            succeeded[(int) second] += success;
        } else if (second + warmUp > EMPTY_SECONDS) {
            calmBegun++;
            calmSucceeded += success;
        }
    }

    /** Returns the fraction of the calls that succeed before the incident. */
    double calm() {
        return calmSucceeded / (double) Math.max(1, calmBegun);
    }

    int begun(int from, int to) {
        return IntStream.range(from, to).map(second -> begun[second]).sum();
    }

    int succeeded(int from, int to) {
        return IntStream.range(from, to).map(second -> succeeded[second]).sum();
    }

    /** Returns the seconds from the beginning of the incident to the end of the run. */
    int seconds() {
        return begun.length;
    }
}
