package dev.respite.torture.fault;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the injected faults. Thread-safe. */
public final class FaultCounts {

    private final List<Step> steps;
    private final ConcurrentMap<Category, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final ConcurrentMap<Step, AtomicInteger> killsAt = new ConcurrentHashMap<>();

    /** What is counted. */
    public enum Category {
        KILL,
        PAUSE,
        CUT,
        DEPLOYMENT,
        STORE_RESTART
    }

    /**
     * Creates the counts, all 0.
     *
     * @param steps the steps at which workers are killed
     */
    public FaultCounts(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    void add(Category kind) {
        counts.computeIfAbsent(kind, first -> new AtomicInteger()).incrementAndGet();
    }

    void addKillAt(Step step) {
        add(Category.KILL);
        killsAt.computeIfAbsent(step, first -> new AtomicInteger()).incrementAndGet();
    }

    /** Returns how many faults of a category were injected. */
    public int of(Category kind) {
        return counts.getOrDefault(kind, new AtomicInteger()).get();
    }

    /** Returns the steps at which no worker has been killed. */
    public List<Step> stepsWithoutKill() {
        return steps.stream().filter(step -> !killsAt.containsKey(step)).toList();
    }

    @Override
    public String toString() {
        return of(Category.KILL) + " kills, " + of(Category.PAUSE) + " pauses, " + of(Category.CUT) + " cuts, "
                + (of(Category.DEPLOYMENT) == 0 ? "" : of(Category.DEPLOYMENT) + " deployments, ")
                + of(Category.STORE_RESTART) + " restarts of the store";
    }

    /** Returns the number of kills at each step. In a short run it may be 0 for most of them. */
    public Map<Step, Integer> killsAt() {
        Map<Step, Integer> all = new LinkedHashMap<>();
        for (Step step : steps) {
            all.put(step, killsAt.getOrDefault(step, new AtomicInteger()).get());
        }
        return all;
    }
}
