package dev.respite.benchmarks.harm;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationEvent;
import dev.respite.sim.SimulationListener;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The calls of one run, by the second in which they began, from the beginning of the outage on. */
final class CellRun implements SimulationListener {

    /** The first seconds of a run, in which the service is empty. */
    private static final double EMPTY_SECONDS = 5;

    private final Cell cell;
    private final int warmUp;
    private final int[] begun;
    private final int[] succeeded;
    private final Map<String, int[]> callsBefore = new HashMap<>();
    private int calmBegun;
    private int calmSucceeded;

    private CellRun(Cell cell, int after) {
        this.cell = cell;
        this.warmUp = cell.traffic().warmUpSeconds();
        int seconds = cell.outage().seconds() + after;
        this.begun = new int[seconds];
        this.succeeded = new int[seconds];
    }

    /** Runs a cell under a policy, until so many seconds after the outage. */
    static CellRun of(Cell cell, RetryPolicy policy, long seed, int after) {
        CellRun run = new CellRun(cell, after);
        boolean isOneClient = policy.limits().maxAttempts() == 1;
        Simulation.observe(cell.scenario(isOneClient, after), cell.policy(policy), seed, run);
        return run;
    }

    @Override
    public void on(SimulationEvent event) {
        if (event instanceof SimulationEvent.CallEnded ended) {
            add(ended, (ended.nanos() - ended.latencyNanos()) / 1e9 - warmUp);
        }
    }

    private void add(SimulationEvent.CallEnded ended, double second) {
        boolean isSuccess = ended.reason() == StopReason.ACCEPTED;
        if (second >= 0) {
            begun[(int) second]++;
            succeeded[(int) second] += isSuccess ? 1 : 0;
            return;
        }
        int[] calls = callsBefore.computeIfAbsent(ended.call().layer().caller(), group -> new int[cell.clients()]);
        calls[ended.call().client()]++;
        if (second + warmUp > EMPTY_SECONDS) {
            calmBegun++;
            calmSucceeded += isSuccess ? 1 : 0;
        }
    }

    /** Returns the fraction of the clients that have made at least so many calls before the outage. */
    double called(int atLeast) {
        long clients = callsBefore.values().stream()
                .mapToLong(group ->
                        Arrays.stream(group).filter(calls -> calls >= atLeast).count())
                .sum();
        return clients / (double) cell.clients();
    }

    int begun(int from, int to) {
        return sum(begun, from, to);
    }

    int succeeded(int from, int to) {
        return sum(succeeded, from, to);
    }

    int seconds() {
        return begun.length;
    }

    int calmBegun() {
        return calmBegun;
    }

    int calmSucceeded() {
        return calmSucceeded;
    }

    private static int sum(int[] counts, int from, int to) {
        int sum = 0;
        for (int second = from; second < to; second++) {
            sum += counts[second];
        }
        return sum;
    }
}
