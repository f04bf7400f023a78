package dev.respite.torture.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;

/** The steps at which workers are killed: each one once before any is repeated; a missed one is next. Thread-safe. */
final class KillTargets {

    private final BlockingDeque<Step> next;
    private final Set<Step> pending = ConcurrentHashMap.newKeySet();

    /**
     * Creates the targets.
     *
     * @param order the steps in the order of their first use
     * @param pending the steps that must be hit before any other fault is injected
     */
    KillTargets(List<Step> order, Set<Step> pending) {
        next = new LinkedBlockingDeque<>(order);
        this.pending.addAll(pending);
    }

    /** Returns the targets of a plan, in the order of its seed. */
    static KillTargets of(FaultPlan plan) {
        List<Step> order = new ArrayList<>(plan.steps().kill());
        Collections.shuffle(order, new Random(plan.seed()));
        return new KillTargets(order, plan.steps().killFirst() ? Set.copyOf(order) : Set.of());
    }

    /** Takes the next step, which is not available to others until it is released. Empty if all steps are taken. */
    Optional<Step> take() {
        return Optional.ofNullable(next.poll());
    }

    void release(Step step, boolean hit) {
        if (hit) {
            pending.remove(step);
            next.addLast(step);
        } else {
            next.addFirst(step);
        }
    }

    /** Returns whether a pending step has not been hit yet. */
    boolean hasPending() {
        return !pending.isEmpty();
    }
}
