package dev.respite;

import dev.respite.policy.StopReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The history of a call while it is written. */
final class Journal {

    private final List<History.Entry> first = new ArrayList<>();
    private final Deque<History.Entry> last = new ArrayDeque<>();
    private int attempts;

    void add(History.Entry entry) {
        attempts++;
        if (first.size() < History.KEPT) {
            first.add(entry);
            return;
        }
        if (last.size() == History.KEPT) {
            last.removeFirst();
        }
        last.addLast(entry);
    }

    History close(long elapsedNanos, StopReason reason) {
        return new History(attempts, Duration.ofNanos(elapsedNanos), reason, first, List.copyOf(last));
    }
}
