package dev.respite.durable;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The seats of an instance, one for each call that it runs at the same time. No task can take all of them: each task keeps seats as
 * long as it runs fewer calls than that. All kept seats together are at most half, so with many tasks some share them. The others
 * are general. A task may have limits of its own: of its calls at the same time, and of those that begin in a second.
 *
 * <p>Safe for use by any number of threads.
 */
final class Seats {

    private static final double NANOS_PER_SECOND = 1e9;

    /** So much of a second may be made up for at once. */
    private static final double BURST = 0.2;

    private final int threads;
    private final int kept;
    private final SortedMap<String, TaskSeats> tasks = new TreeMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * Creates free seats.
     *
     * @param threads their number
     * @param limits the limits of each task, by its name
     * @param now the time by a monotonic clock, in nanoseconds
     */
    Seats(int threads, Map<String, TaskLimits> limits, long now) {
        this.threads = threads;
        int each = Math.max(1, threads / (2 * Math.max(1, limits.size())));
        long all = 0;
        for (Map.Entry<String, TaskLimits> task : limits.entrySet()) {
            TaskSeats seats = new TaskSeats(each, task.getValue(), now);
            tasks.put(task.getKey(), seats);
            all += seats.kept;
        }
        this.kept = (int) Math.min(all, threads / 2);
    }

    /** The seats of a task. */
    private static final class TaskSeats {

        private final int limit;
        private final int kept;
        private final double rate;
        private final double burst;
        private final Set<CallRow> running = new HashSet<>();
        private double tokens;
        private long refilledAt;

        TaskSeats(int kept, TaskLimits limits, long now) {
            this.limit = limits.concurrentCalls().orElse(Integer.MAX_VALUE);
            this.kept = Math.min(kept, limit);
            this.rate = limits.perSecond().orElse(Double.POSITIVE_INFINITY);
            this.burst = Math.max(1, rate * BURST);
            this.tokens = burst;
            this.refilledAt = now;
        }

        int inKept() {
            return Math.min(running.size(), kept);
        }

        /** Returns how many calls may begin, whatever the others run. */
        int permitted(long now) {
            // The clock is read before the lock, so a later time may have come first.
            long passed = Math.max(0, now - refilledAt);
            refilledAt += passed;
            if (tokens < burst) {
                tokens = Math.min(burst, tokens + rate * passed / NANOS_PER_SECOND);
            }
            return (int) Math.min(limit - running.size(), tokens);
        }

        FreeSeats.Share share(int general, int keptLeft, long now) {
            int own = Math.min(kept - inKept(), keptLeft);
            int seats = Math.min(own + general, permitted(now));
            return new FreeSeats.Share(seats, Math.min(own, seats));
        }
    }

    /**
     * Returns the free seats.
     *
     * @param now the time by a monotonic clock, in nanoseconds
     */
    FreeSeats free(long now) {
        lock.lock();
        try {
            int all = tasks.values().stream()
                    .mapToInt(task -> task.running.size())
                    .sum();
            int inKept = Math.min(
                    kept, tasks.values().stream().mapToInt(TaskSeats::inKept).sum());
            int general = threads - kept - (all - inKept);
            SortedMap<String, FreeSeats.Share> shares = new TreeMap<>();
            tasks.forEach((name, task) -> shares.put(name, task.share(general, kept - inKept, now)));
            return new FreeSeats(general, kept - inKept, shares);
        } finally {
            lock.unlock();
        }
    }

    /** Gives seats to calls that were chosen for {@link #free}, and returns how many calls of each task they are. */
    Map<String, Integer> take(List<CallRow> calls) {
        Map<String, Integer> taken = new HashMap<>();
        lock.lock();
        try {
            for (CallRow call : calls) {
                TaskSeats task = seatsOf(call);
                task.running.add(call);
                task.tokens -= 1;
                taken.merge(call.task(), 1, Integer::sum);
            }
        } finally {
            lock.unlock();
        }
        return taken;
    }

    private TaskSeats seatsOf(CallRow call) {
        return Objects.requireNonNull(tasks.get(call.task()), call.task());
    }

    /** Frees the seat of a call, if it has one. */
    void release(CallRow call) {
        lock.lock();
        try {
            seatsOf(call).running.remove(call);
        } finally {
            lock.unlock();
        }
    }
}
