package dev.respite.durable;

import dev.respite.durable.CallStatements.CallRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The seats of an instance, one for each call that it runs at the same time. No task can take all of them: each task keeps seats as
 * long as it runs fewer calls than that. All kept seats together are at most half, so with many tasks some share them. The others
 * are general. Safe for use by any number of threads.
 */
final class Seats {

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
    Seats(int threads, Map<String, Limits> limits, long now) {
        this.threads = threads;
        int each = Math.max(1, threads / (2 * Math.max(1, limits.size())));
        limits.forEach((name, limit) -> tasks.put(name, new TaskSeats(each, limit, now)));
        this.kept = (int) Math.min(
                threads / 2,
                tasks.values().stream().mapToLong(task -> task.kept).sum());
    }

    /**
     * The limits of a task in one instance.
     *
     * @param concurrentCalls how many calls may run at the same time; empty for as many as there are seats
     * @param perSecond how many attempts may begin in a second; empty for any number
     */
    record Limits(OptionalInt concurrentCalls, OptionalDouble perSecond) {
        static final Limits NONE = new Limits(OptionalInt.empty(), OptionalDouble.empty());
    }

    private static final class TaskSeats {

        private final int limit;
        private final int kept;
        private final double rate;
        private final double burst;
        private final Set<CallRow> running = new HashSet<>();
        private double tokens;
        private long refilledAt;

        TaskSeats(int kept, Limits limits, long now) {
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

        Share share(int general, int keptLeft, long now) {
            // The clock is read before the lock, so a later time may have come first.
            long passed = Math.max(0, now - refilledAt);
            refilledAt += passed;
            if (tokens < burst) {
                tokens = Math.min(burst, tokens + rate * passed / 1e9);
            }
            int own = Math.min(kept - inKept(), keptLeft);
            int seats = (int) Math.min(Math.min(own + general, limit - running.size()), tokens);
            return new Share(seats, Math.min(own, seats));
        }
    }

    /**
     * Returns the free seats.
     *
     * @param now the time by a monotonic clock, in nanoseconds
     */
    Free free(long now) {
        lock.lock();
        try {
            int all = tasks.values().stream()
                    .mapToInt(task -> task.running.size())
                    .sum();
            int inKept = Math.min(
                    kept, tasks.values().stream().mapToInt(TaskSeats::inKept).sum());
            int general = threads - kept - (all - inKept);
            SortedMap<String, Share> shares = new TreeMap<>();
            tasks.forEach((name, task) -> shares.put(name, task.share(general, kept - inKept, now)));
            return new Free(general, kept - inKept, shares);
        } finally {
            lock.unlock();
        }
    }

    /** Gives seats to calls that were chosen for {@link #free}. */
    void take(List<CallRow> calls) {
        lock.lock();
        try {
            for (CallRow call : calls) {
                TaskSeats task = seatsOf(call);
                task.running.add(call);
                task.tokens -= 1;
            }
        } finally {
            lock.unlock();
        }
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

    private TaskSeats seatsOf(CallRow call) {
        return Objects.requireNonNull(tasks.get(call.task()), call.task());
    }

    /**
     * The seats that a task may take.
     *
     * @param seats the greatest number of calls
     * @param kept how many of them may take kept seats
     */
    record Share(int seats, int kept) {}

    /** The free seats at one moment. */
    record Free(int general, int kept, SortedMap<String, Share> tasks) {

        Share of(String task) {
            return Objects.requireNonNull(tasks.get(task), task);
        }

        /** Returns whether one of the tasks may take a seat. */
        boolean isAnyFree(Set<String> names) {
            return names.stream().anyMatch(name -> of(name).seats > 0);
        }

        /**
         * Chooses calls. Those in kept seats come first. The general seats go round the tasks: to one call of each, then to another of
         * each, and within a round to the oldest first. {@link PickStatements} has the same rule for PostgreSQL.
         *
         * @param oldestFirst due calls
         * @param task returns the name of the task of a call
         */
        <C> List<C> choose(List<C> oldestFirst, Function<C, String> task) {
            Map<String, Integer> ranks = new HashMap<>();
            SortedMap<Integer, List<C>> rounds = new TreeMap<>();
            for (C call : oldestFirst) {
                Share share = of(task.apply(call));
                int rank = ranks.merge(task.apply(call), 1, Integer::sum);
                if (rank <= share.seats) {
                    rounds.computeIfAbsent(Math.max(0, rank - share.kept), round -> new ArrayList<>())
                            .add(call);
                }
            }
            int inKept = Math.min(kept, rounds.getOrDefault(0, List.of()).size());
            return rounds.values().stream()
                    .flatMap(List::stream)
                    .limit(general + inKept)
                    .toList();
        }

        /** Returns the tasks that have no free seat after calls were chosen: they may have more calls that are due. */
        Set<String> exhausted(List<CallRow> chosen) {
            Map<String, Long> taken =
                    chosen.stream().collect(Collectors.groupingBy(CallRow::task, Collectors.counting()));
            long inGeneral = 0;
            for (Map.Entry<String, Long> each : taken.entrySet()) {
                inGeneral += Math.max(0, each.getValue() - of(each.getKey()).kept);
            }
            boolean isFull = chosen.size() >= general + kept;
            boolean isGeneralFull = isFull || inGeneral >= general;
            return tasks.keySet().stream()
                    .filter(name -> {
                        long own = taken.getOrDefault(name, 0L);
                        return own >= of(name).seats || isFull || (isGeneralFull && own >= of(name).kept);
                    })
                    .collect(Collectors.toSet());
        }
    }
}
