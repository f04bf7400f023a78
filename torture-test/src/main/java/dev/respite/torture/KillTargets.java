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
final class KillTargets {

    private final BlockingDeque<Step> next;
    private final Set<Step> pending = ConcurrentHashMap.newKeySet();

    /**
     * KillTargets.
     *
     * @param order the steps, in the order in which they come first
     * @param pending those that are to be hit before anything else is done
     */
    KillTargets(List<Step> order, Set<Step> pending) {
        next = new LinkedBlockingDeque<>(order);
        this.pending.addAll(pending);
    }

    /** The next one, which nobody else gets until it is given back; none if others have them all. */
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

    /** Whether there is one that is pending and was not hit yet. */
    boolean hasPending() {
        return !pending.isEmpty();
    }
}
