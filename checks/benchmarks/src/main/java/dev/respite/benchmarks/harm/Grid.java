package dev.respite.benchmarks.harm;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.SimulationResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Runs cells on all processors. The runs without retries are made once for each outage and utilisation, for any clients. */
final class Grid {

    private static final RetryPolicy NONE = RetryPolicy.parse("max-attempts=1");

    private final long firstSeed;
    private final int seeds;
    private final Map<Cell, List<SimulationResult>> none = new ConcurrentHashMap<>();

    Grid(long firstSeed, int seeds) {
        this.firstSeed = firstSeed;
        this.seeds = seeds;
    }

    List<Finding> run(List<Cell> cells, RetryPolicy policy, Runnable cellOver) {
        return cells.parallelStream()
                .map(cell -> {
                    List<SimulationResult> without =
                            none.computeIfAbsent(cell.withoutClients(), key -> results(key, NONE));
                    Finding finding = Finding.of(cell, without, results(cell, policy));
                    cellOver.run();
                    return finding;
                })
                .toList();
    }

    private List<SimulationResult> results(Cell cell, RetryPolicy policy) {
        List<SimulationResult> results = new ArrayList<>();
        for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
            results.add(cell.run(policy, seed));
        }
        return results;
    }
}
