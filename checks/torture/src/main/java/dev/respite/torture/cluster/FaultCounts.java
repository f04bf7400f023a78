package dev.respite.torture.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Counts the injected faults. Thread-safe. */
public final class FaultCounts {

    private final FaultPlan plan;
    private final Map<Category, Integer> counts = new ConcurrentHashMap<>();
    private final Map<Step, Integer> killsAt = new ConcurrentHashMap<>();

    /** The categories of faults. */
    enum Category {
        DEPLOYMENT("deployments"),
        KILL("kills"),
        PAUSE("pauses"),
        CUT("cuts"),
        FREEZE("freezes"),
        STORE_RESTART("storeRestarts");

        private final String figure;

        Category(String figure) {
            this.figure = figure;
        }
    }

    /** Creates the counts of a plan, all 0. */
    public FaultCounts(FaultPlan plan) {
        this.plan = plan;
    }

    void add(Category kind) {
        counts.merge(kind, 1, Integer::sum);
    }

    void addKillAt(Step step) {
        add(Category.KILL);
        killsAt.merge(step, 1, Integer::sum);
    }

    /** Returns the number of injected faults by category; deployments and freezes only if the plan has any. */
    public Map<String, Long> figures() {
        Map<String, Long> figures = new LinkedHashMap<>();
        for (Category category : Category.values()) {
            if (isPossible(category)) {
                figures.put(category.figure, (long) counts.getOrDefault(category, 0));
            }
        }
        return figures;
    }

    private boolean isPossible(Category category) {
        return switch (category) {
            case DEPLOYMENT -> plan.cycle().contains(FaultKind.DEPLOY);
            case FREEZE -> plan.cycle().contains(FaultKind.FREEZE);
            default -> true;
        };
    }

    /** Returns the steps at which no worker has been killed. */
    public List<Step> stepsWithoutKill() {
        return plan.steps().kill().stream()
                .filter(step -> !killsAt.containsKey(step))
                .toList();
    }

    /** Returns the number of kills at each step. In a short run it may be 0 for most of them. */
    public Map<Step, Integer> killsAt() {
        Map<Step, Integer> all = new LinkedHashMap<>();
        plan.steps().kill().forEach(step -> all.put(step, killsAt.getOrDefault(step, 0)));
        return all;
    }

    @Override
    public String toString() {
        return figures().entrySet().stream()
                .map(figure -> figure.getValue() + " " + figure.getKey())
                .collect(Collectors.joining(", "));
    }
}
