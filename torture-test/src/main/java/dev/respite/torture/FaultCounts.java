package dev.respite.torture;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the injected faults. Thread-safe. */
final class FaultCounts {

    private final ConcurrentMap<Category, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final ConcurrentMap<Step, AtomicInteger> killsAt = new ConcurrentHashMap<>();

    /** What is counted. */
    enum Category {
        KILL,
        PAUSE,
        CUT,
        STORE_RESTART
    }

    void add(Category kind) {
        counts.computeIfAbsent(kind, first -> new AtomicInteger()).incrementAndGet();
    }

    void addKillAt(Step step) {
        add(Category.KILL);
        killsAt.computeIfAbsent(step, first -> new AtomicInteger()).incrementAndGet();
    }

    int of(Category kind) {
        return counts.getOrDefault(kind, new AtomicInteger()).get();
    }

    /** Returns the steps at which no worker has been killed. */
    List<Step> stepsWithoutKill() {
        return Arrays.stream(Step.values())
                .filter(step -> !killsAt.containsKey(step))
                .toList();
    }

    @Override
    public String toString() {
        return of(Category.KILL) + " kills, " + of(Category.PAUSE) + " pauses, " + of(Category.CUT) + " cuts, "
                + of(Category.STORE_RESTART) + " restarts of the store";
    }

    /** Returns the number of kills at each step. In a short run it may be 0 for most of them. */
    Map<Step, Integer> killsAt() {
        Map<Step, Integer> all = new EnumMap<>(Step.class);
        for (Step step : Step.values()) {
            all.put(step, killsAt.getOrDefault(step, new AtomicInteger()).get());
        }
        return all;
    }
}
