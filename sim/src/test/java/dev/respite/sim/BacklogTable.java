package dev.respite.sim;

import dev.respite.driver.AttemptResult;
import dev.respite.driver.CallState;
import dev.respite.driver.ResumableRetry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The table of a durable store: the rows that no instance has picked, in the orders of their due times and of their deferrals. */
final class BacklogTable {

    /** A deferred retry is due after so long if no instance has taken it before: as in the store. */
    private static final long DEFERRED_DUE_NANOS = 3_600_000_000_000L;

    private final TreeSet<Row> waiting =
            new TreeSet<>(Comparator.<Row>comparingLong(row -> row.due).thenComparingInt(row -> row.id));
    private final TreeSet<Row> deferred = new TreeSet<>(
            Comparator.<Row>comparingLong(row -> row.deferredUntil).thenComparingInt(row -> row.id));
    private final List<Long> succeeded = new ArrayList<>();
    private int backlog;
    private int rows;
    private int deadLetters;
    private int looks;
    private int added;

    /** A call. */
    static final class Row {
        private final int id;
        private final boolean isBacklog;
        private long due;
        private long deferredUntil;
        private Optional<CallState> state = Optional.empty();

        private Row(int id, boolean isBacklog, long due) {
            this.id = id;
            this.isBacklog = isBacklog;
            this.due = due;
        }

        /** Before its first attempt a row has no state. */
        CallState state(ResumableRetry retry) {
            return state.orElseGet(retry::begin);
        }
    }

    /** Adds a call that is due now. The backlog is those that the run ends with. */
    void add(boolean isBacklog, long now) {
        waiting.add(new Row(added++, isBacklog, now));
        rows++;
        backlog += isBacklog ? 1 : 0;
    }

    /**
     * Picks rows: those that have been due longest, and those that have been deferred longest.
     *
     * @param free how many rows may be picked
     * @param permitted how many deferred ones
     */
    List<Row> pick(long now, int free, int permitted) {
        List<Row> picked = new ArrayList<>();
        while (picked.size() < Math.min(free, permitted)
                && !deferred.isEmpty()
                && deferred.first().deferredUntil <= now) {
            picked.add(deferred.pollFirst());
        }
        waiting.removeAll(picked);
        while (picked.size() < free && !waiting.isEmpty() && waiting.first().due <= now) {
            picked.add(waiting.pollFirst());
        }
        deferred.removeAll(picked);
        return picked;
    }

    void reschedule(Row row, AttemptResult.Again<?> again, long now) {
        row.state = Optional.of(again.state());
        long at = now + again.delay().toNanos();
        row.due = again.isDeferred() ? now + DEFERRED_DUE_NANOS : at;
        if (again.isDeferred()) {
            row.deferredUntil = at;
            deferred.add(row);
        }
        waiting.add(row);
    }

    /** A call was picked, and no attempt was made. */
    void looked() {
        looks++;
    }

    void succeeded(Row row, long now) {
        rows--;
        backlog -= row.isBacklog ? 1 : 0;
        if (row.isBacklog) {
            succeeded.add(now);
        }
    }

    void givenUp(Row row) {
        rows--;
        backlog -= row.isBacklog ? 1 : 0;
        deadLetters++;
    }

    /** Returns whether the calls of the backlog have ended. */
    boolean isDone() {
        return backlog == 0;
    }

    /** Returns the times at which the calls of the backlog succeeded, in nanoseconds. */
    List<Long> successes() {
        return succeeded;
    }

    int deadLetters() {
        return deadLetters;
    }

    int looks() {
        return looks;
    }
}
