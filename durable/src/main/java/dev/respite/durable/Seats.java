package dev.respite.durable;

import dev.respite.durable.CallStatements.CallRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The seats of an instance, one for each call that it runs at the same time. No task can take all of them: each task keeps seats as
 * long as it runs fewer calls than that. All kept seats together are at most half, so with many tasks some share them. The others
 * are general. Safe for use by any number of threads.
 *
 * <p>While all tasks with a backlog have calls that end quickly, calls are picked ahead: as many as end while others are picked, by
 * Little's law. They wait for seats, so that no seat is free during a pick. A call that waits too long is put back. Beside a slow
 * task none is picked ahead, since those that wait would leave no general seat to it.
 */
final class Seats {

    /** So much of a second may be made up for at once. */
    private static final double BURST = 0.2;

    /** Calls are picked ahead if they take less time. */
    private static final Duration QUICK = Duration.ofMillis(25);

    /** The longest that a call waits for a seat. */
    private static final Duration MAX_WAIT = QUICK.multipliedBy(4);

    /** A pick that begins has to wait for the end of the one before. */
    private static final int PICKS = 2;

    private final int threads;
    private final int kept;
    private final SortedMap<String, TaskSeats> tasks = new TreeMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /** The tasks that may have more due calls than the last pick had seats for. */
    private Set<String> exhausted = Set.of();

    private final Mean pick = new Mean();
    private boolean closed;

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

    /** A mean of durations, in nanoseconds: each has an eighth of the weight. 0 is unknown. */
    private static final class Mean {

        private long nanos;

        void add(long duration) {
            nanos += nanos == 0 ? duration : (duration - nanos) / 8;
        }

        void atLeast(Duration duration) {
            nanos = Math.max(nanos, duration.toNanos());
        }
    }

    private static final class TaskSeats {

        private final int limit;
        private final int kept;
        private final double rate;
        private final double burst;
        /** The times at which the calls got their seats. */
        private final Map<CallRow, Long> running = new HashMap<>();

        private final Mean attempt = new Mean();

        /** The calls that were picked ahead, in the order of their picks. */
        private final Map<CallRow, Condition> waiting = new LinkedHashMap<>();

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

        Share share(Unused unused, int ahead, long now) {
            // The clock is read before the lock, so a later time may have come first.
            long passed = Math.max(0, now - refilledAt);
            refilledAt += passed;
            if (tokens < burst) {
                tokens = Math.min(burst, tokens + rate * passed / 1e9);
            }
            int seats = (int) Math.min(unused.of(this), tokens);
            int own = Math.min(kept - inKept(), unused.kept);
            int more = (int) Math.min(ahead, tokens - seats);
            return new Share(seats + more, Math.min(own, seats), more);
        }

        boolean isQuick() {
            return attempt.nanos > 0 && attempt.nanos <= QUICK.toNanos();
        }

        /**
         * Returns how many calls may be picked ahead. They are picked when half of those that may wait are gone.
         *
         * @param seats the seats that the task has if it shares them with all that have a backlog
         */
        int ahead(int seats, Mean pick) {
            int all = (int)
                    Math.max(1, Math.min(seats, limit) * Math.min(1, (double) PICKS * pick.nanos / attempt.nanos));
            return waiting.size() > all / 2 ? 0 : all - waiting.size();
        }
    }

    /** The general and the kept seats that no call has. */
    private record Unused(int general, int kept) {

        int of(TaskSeats task) {
            return Math.min(Math.min(task.kept - task.inKept(), kept) + general, task.limit - task.running.size());
        }
    }

    private Unused unused() {
        int all = 0;
        int inKept = 0;
        for (TaskSeats task : tasks.values()) {
            all += task.running.size();
            inKept += task.inKept();
        }
        inKept = Math.min(kept, inKept);
        return new Unused(threads - kept - (all - inKept), kept - inKept);
    }

    /**
     * Returns the free seats, and how many calls may be picked ahead.
     *
     * @param now the time by a monotonic clock, in nanoseconds
     */
    Free free(long now) {
        lock.lock();
        try {
            Unused unused = unused();
            boolean isAheadAllowed = pick.nanos > 0 && isAllQuick();
            SortedMap<String, Share> shares = new TreeMap<>();
            int ahead = 0;
            for (Map.Entry<String, TaskSeats> each : tasks.entrySet()) {
                int own = isAheadAllowed && exhausted.contains(each.getKey())
                        ? each.getValue().ahead(threads / exhausted.size(), pick)
                        : 0;
                Share share = each.getValue().share(unused, own, now);
                shares.put(each.getKey(), share);
                ahead += share.ahead;
            }
            return new Free(unused.general + ahead, unused.kept, shares);
        } finally {
            lock.unlock();
        }
    }

    private boolean isAllQuick() {
        return exhausted.stream().allMatch(name -> seatsOf(name).isQuick());
    }

    /**
     * Returns whether a task may have more due calls, and a free seat for one.
     *
     * @param now the time by a monotonic clock, in nanoseconds
     */
    boolean isFreeForMore(long now) {
        lock.lock();
        try {
            return !exhausted.isEmpty() && free(now).isAnyFree(exhausted);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives seats to calls, and has those wait that were picked ahead.
     *
     * @param free the seats for which they were chosen
     * @param calls the chosen calls, the oldest first
     * @param now the time by a monotonic clock, in nanoseconds
     * @param picking how long the pick has taken, in nanoseconds
     */
    void take(Free free, List<CallRow> calls, long now, long picking) {
        lock.lock();
        try {
            for (CallRow call : calls) {
                TaskSeats task = seatsOf(call.task());
                task.tokens -= 1;
                task.waiting.put(call, lock.newCondition());
            }
            if (!calls.isEmpty()) {
                pick.add(picking);
            }
            exhausted = free.exhausted(calls);
            seatWaiting(now);
        } finally {
            lock.unlock();
        }
    }

    /** Gives each free seat to the task that runs the fewest calls. */
    private void seatWaiting(long now) {
        Optional<TaskSeats> next = nextToSeat();
        while (next.isPresent()) {
            TaskSeats task = next.get();
            CallRow call = task.waiting.keySet().iterator().next();
            task.running.put(call, now);
            Objects.requireNonNull(task.waiting.remove(call)).signal();
            next = nextToSeat();
        }
    }

    private Optional<TaskSeats> nextToSeat() {
        Unused unused = unused();
        return tasks.values().stream()
                .filter(task -> !task.waiting.isEmpty() && unused.of(task) > 0)
                .min(Comparator.comparing(task -> task.running.size()));
    }

    /**
     * Waits until a call has its seat.
     *
     * @return false if it has waited too long, or its thread was interrupted, or the seats are closed: it must not begin
     */
    boolean await(CallRow call) {
        lock.lock();
        TaskSeats task = seatsOf(call.task());
        try {
            long left = MAX_WAIT.toNanos();
            for (Condition seated = task.waiting.get(call);
                    seated != null && !closed;
                    seated = task.waiting.get(call)) {
                if (left <= 0) {
                    // The task is slower than it was: no call is picked ahead until others have ended quickly.
                    task.attempt.atLeast(MAX_WAIT);
                    break;
                }
                left = seated.awaitNanos(left);
            }
            return task.running.containsKey(call);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            task.waiting.remove(call);
            lock.unlock();
        }
    }

    /** Has no call wait any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            tasks.values().forEach(task -> task.waiting.values().forEach(Condition::signal));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Frees the seat of a call, if it has one, for those that wait.
     *
     * @param now the time by a monotonic clock, in nanoseconds
     */
    void release(CallRow call, long now) {
        lock.lock();
        try {
            TaskSeats task = seatsOf(call.task());
            @Nullable Long since = task.running.remove(call);
            if (since != null) {
                task.attempt.add(now - since);
            }
            seatWaiting(now);
        } finally {
            lock.unlock();
        }
    }

    private TaskSeats seatsOf(String task) {
        return Objects.requireNonNull(tasks.get(task), task);
    }

    /**
     * The seats that a task may take.
     *
     * @param calls the greatest number of calls
     * @param kept how many of them may take kept seats
     * @param ahead how many of them may wait for seats
     */
    record Share(int calls, int kept, int ahead) {}

    /**
     * The free seats at one moment.
     *
     * @param general the general seats, and the calls that may wait for seats
     * @param kept the kept seats
     * @param tasks the shares of the tasks
     */
    record Free(int general, int kept, SortedMap<String, Share> tasks) {

        Share of(String task) {
            return Objects.requireNonNull(tasks.get(task), task);
        }

        /** Returns whether one of the tasks may take a seat. */
        boolean isAnyFree(Set<String> names) {
            return names.stream().anyMatch(name -> of(name).calls > 0);
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
                if (rank <= share.calls) {
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
            Map<String, Integer> taken = new HashMap<>();
            chosen.forEach(call -> taken.merge(call.task(), 1, Integer::sum));
            int inGeneral = 0;
            for (Map.Entry<String, Integer> each : taken.entrySet()) {
                inGeneral += Math.max(0, each.getValue() - of(each.getKey()).kept);
            }
            boolean isFull = chosen.size() >= general + kept;
            boolean isGeneralFull = isFull || inGeneral >= general;
            return tasks.keySet().stream()
                    .filter(name -> {
                        int own = taken.getOrDefault(name, 0);
                        return own >= of(name).calls || isFull || (isGeneralFull && own >= of(name).kept);
                    })
                    .collect(Collectors.toSet());
        }
    }
}
