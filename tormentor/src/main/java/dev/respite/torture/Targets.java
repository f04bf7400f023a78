package dev.respite.torture;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * The steps at which workers are to be killed: each once before any comes again, and one that was missed comes next. Safe for
 * use by any number of threads.
 */
final class Targets {

    private final BlockingDeque<Step> next;
    private final Set<Step> urgent = ConcurrentHashMap.newKeySet();

    /**
     * Targets.
     *
     * @param order the steps, in the order in which they come first
     * @param urgent those that are to be hit before anything else is done
     */
    Targets(List<Step> order, Set<Step> urgent) {
        next = new LinkedBlockingDeque<>(order);
        this.urgent.addAll(urgent);
    }

    /** The next one, which nobody else gets until it is given back; none if others have them all. */
    Optional<Step> take() {
        return Optional.ofNullable(next.poll());
    }

    void giveBack(Step step, boolean hit) {
        if (hit) {
            urgent.remove(step);
            next.addLast(step);
        } else {
            next.addFirst(step);
        }
    }

    /** Whether there is one that is urgent and was not hit yet. */
    boolean isAnyUrgent() {
        return !urgent.isEmpty();
    }
}
