package dev.respite.durable;

import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The calls that have not ended: to find, list, reschedule and cancel. It needs the database only, so an operator's tool can use
 * it. Safe for use by any number of threads.
 *
 * <p>A call that runs is left as it is, unless its instance has missed eight heartbeats, two minutes by default: then it has died,
 * or is cut off. If it goes on all the same, it cannot commit the effect or the end of the call. The lost attempt counts.
 *
 * <pre>{@code
 * PendingCalls calls = PendingCalls.of(dataSource);
 * for (PendingCall call : calls.list(PendingCall.Filter.all().withTask("payment").withError("ConnectException"))) {
 *     calls.runNow(call.task(), call.id());
 * }
 * }</pre>
 */
public final class PendingCalls {

    private final CallDatabase database;
    private final TimeSource time;
    private final Sequences sequences;
    private final GiveUp giveUp;
    private final CallStatements calls;
    private final PendingCallStatements rows;

    PendingCalls(CallDatabase database, Sequences sequences) {
        this.database = database;
        this.time = database.time();
        this.sequences = sequences;
        this.giveUp = new GiveUp(database);
        this.calls = new CallStatements(database);
        this.rows = new PendingCallStatements(database);
    }

    /**
     * {@return the calls of a database, in the tables of the SQL file}
     *
     * @param dataSource the database
     * @throws IllegalArgumentException if the database is not supported or lacks the tables
     */
    public static PendingCalls of(DataSource dataSource) {
        return of(dataSource, DurableTables.defaults());
    }

    /**
     * {@return the calls of a database}
     *
     * @param dataSource the database
     * @param tables the names of the tables
     * @throws IllegalArgumentException if the database is not supported or lacks the tables
     */
    public static PendingCalls of(DataSource dataSource, DurableTables tables) {
        CallDatabase database = CallDatabase.of(dataSource, tables);
        return new PendingCalls(database, new Sequences(database));
    }

    /**
     * Returns a call.
     *
     * @param task the name of its task
     * @param id its id
     * @return the call; empty if it has ended, is a dead letter or never existed
     * @throws StoreException if the database has failed
     */
    public Optional<PendingCall> find(String task, String id) {
        return database.transaction("a call could not be read", connection -> rows.find(connection, task, id, ""))
                .map(PendingCallStatements.Row::call);
    }

    /**
     * Lists calls, ordered by task and id.
     *
     * @param filter which
     * @return the first page
     * @throws StoreException if the database has failed
     */
    public List<PendingCall> list(PendingCall.Filter filter) {
        return list(filter, List.of());
    }

    /**
     * Lists calls, ordered by task and id. A page reads as many rows of the primary key as it returns, if the filter selects all
     * calls of a task or of all tasks. A filter that selects few calls reads more rows.
     *
     * @param filter which
     * @param task the name of the task of the last call of the page before
     * @param id the id of that call, which may have ended since
     * @return the page after that call
     * @throws StoreException if the database has failed
     */
    public List<PendingCall> listAfter(PendingCall.Filter filter, String task, String id) {
        return list(filter, List.of(task, id));
    }

    private List<PendingCall> list(PendingCall.Filter filter, List<String> after) {
        return database.transaction(
                "the calls could not be listed", connection -> rows.list(connection, filter, after));
    }

    /**
     * Counts calls: a preview of {@link #cancel(PendingCall.Filter)} and {@link #reschedule(PendingCall.Filter, Instant, double)}.
     *
     * @param filter which; its limit has no effect
     * @return their number; the filter reads all calls that its task has
     * @throws StoreException if the database has failed
     */
    public long count(PendingCall.Filter filter) {
        return database.transaction("the calls could not be counted", connection -> rows.count(connection, filter));
    }

    /** The result of a change. */
    public enum Change {
        /** The call was changed. */
        CHANGED,
        /** An instance has picked the call, and it was left as it is. */
        RUNNING,
        /** The call waits for an earlier call of its sequence, and was left as it is. */
        IN_SEQUENCE,
        /** There is no such call: it has ended, is a dead letter or never existed. */
        ABSENT
    }

    /**
     * Makes a call due now, whatever its backoff and the pace of deferred retries are. Its next attempt has the next number.
     *
     * @param task the name of its task
     * @param id its id
     * @return {@link Change#CHANGED} if it is due; a call that waits for its turn in a sequence is left as it is
     * @throws StoreException if the database has failed
     */
    public Change runNow(String task, String id) {
        return changed(task, id, time.wallTime(), " AND waits_in_sequence = FALSE");
    }

    /**
     * Changes the time from which a call is due. Its total timeout goes on: if it is over by then, the call is given up. A call that
     * waits for its turn in a sequence is due when both have come.
     *
     * @param task the name of its task
     * @param id its id
     * @param due the time, by the clock of the database
     * @return the result
     * @throws StoreException if the database has failed
     */
    public Change reschedule(String task, String id, Instant due) {
        return changed(task, id, due, "");
    }

    private Change changed(String task, String id, Instant due, String condition) {
        return database.transaction("a call could not be rescheduled", connection -> {
            Instant stored = EnqueueOptions.later(due, Duration.ZERO);
            int changed = database.update(
                    connection,
                    "UPDATE {tasks} SET execution_time = ?, deferred_until = NULL" + PendingCallStatements.OF_CALL
                            + " AND picked = FALSE" + condition,
                    stored,
                    task,
                    id);
            if (changed == 1) {
                return Change.CHANGED;
            }
            Optional<PendingCallStatements.Row> lost = rows.find(connection, task, id, " FOR UPDATE SKIP LOCKED");
            if (lost.isEmpty() || !isLost(connection, lost.get())) {
                return unchanged(rows.find(connection, task, id, ""));
            }
            takeOver(connection, lost.get(), stored);
            return Change.CHANGED;
        });
    }

    /** Returns whether a row that is locked was picked by an instance that has died. The clock of the database is read again. */
    private boolean isLost(Connection connection, PendingCallStatements.Row row) throws SQLException {
        return row.call().state() == PendingCall.State.RUNNING
                && database.isTimeSettled(connection)
                && row.owner()
                        .filter(owner -> owner.isLost(Duration.between(row.lastHeartbeat(), time.wallTime())))
                        .isPresent();
    }

    private void takeOver(Connection connection, PendingCallStatements.Row lost, Instant due) throws SQLException {
        byte[] envelope = lost.envelope()
                .map(read -> read.takenOver(lost.lastHeartbeat()).encode())
                .orElse(lost.stored());
        calls.releaseLocked(connection, lost.row(), envelope, due);
    }

    private static Change unchanged(Optional<PendingCallStatements.Row> found) {
        if (found.isEmpty()) {
            return Change.ABSENT;
        }
        // One that is not picked any more was running a moment ago.
        return found.get().call().state() == PendingCall.State.IN_SEQUENCE ? Change.IN_SEQUENCE : Change.RUNNING;
    }

    /**
     * Cancels a call: it becomes a dead letter in the state {@link DeadLetter.State#CANCELLED}, and the next call of its sequence
     * goes on. A dead letter that is replayed takes its place at the end of the sequence.
     *
     * @param task the name of its task
     * @param id its id
     * @return the result; a call of a sequence is cancelled in any place
     * @throws StoreException if the database has failed
     */
    public Change cancel(String task, String id) {
        Cancelled cancelled = database.transaction("a call could not be cancelled", connection -> {
            Optional<PendingCallStatements.Row> found = rows.find(connection, task, id, " FOR UPDATE");
            boolean isRunning = found.isPresent() && found.get().call().state() == PendingCall.State.RUNNING;
            if (found.isEmpty() || (isRunning && !isLost(connection, found.get()))) {
                return new Cancelled(unchanged(found), Optional.empty());
            }
            PendingCallStatements.Row row = found.get();
            DeadLetter letter = DeadLetterFactory.cancelled(row.row(), row.envelope(), time.wallTime());
            DeadLetter unused = giveUp.move(
                    connection, row.row(), new DeadLetterStatements.Stored(letter, row.stored(), Optional.empty()));
            Optional<String> sequence = row.call().call().sequence();
            boolean isUnclear = sequences.next(connection, sequence);
            return new Cancelled(Change.CHANGED, sequence.filter(next -> isUnclear));
        });
        cancelled.unclear().ifPresent(sequences::nextAfterCommit);
        return cancelled.change();
    }

    /**
     * Cancels all calls that a filter selects, each as {@link #cancel(String, String)} does, in a transaction of its own. Calls that
     * are enqueued in the meantime remain.
     *
     * @param filter which; its limit is the number of calls that are read at a time
     * @return the number of calls with each result, if it is not 0
     * @throws StoreException if the database has failed; the calls before are cancelled
     */
    public Map<Change, Long> cancel(PendingCall.Filter filter) {
        return changeAll(filter, (call, before) -> cancel(call.task(), call.id()));
    }

    /**
     * Changes the time from which all calls are due that a filter selects, each as {@link #reschedule(String, String, Instant)} does,
     * in a transaction of its own. They are due one after the other. Calls that are enqueued in the meantime remain.
     *
     * @param filter which; its limit is the number of calls that are read at a time
     * @param first the time of the first one, by the clock of the database
     * @param perSecond how many calls are due in a second, above 0, up to a million
     * @return the number of calls with each result, if it is not 0
     * @throws IllegalArgumentException if the rate is out of its range
     * @throws StoreException if the database has failed; the calls before are rescheduled
     */
    public Map<Change, Long> reschedule(PendingCall.Filter filter, Instant first, double perSecond) {
        DeadLetters.requireRate(perSecond, "");
        return changeAll(
                filter,
                (call, before) -> reschedule(call.task(), call.id(), DeadLetters.inTurn(first, before, perSecond)));
    }

    @FunctionalInterface
    private interface CallChange {
        /** Changes a call after a number of others. */
        Change apply(PendingCall call, long before);
    }

    private Map<Change, Long> changeAll(PendingCall.Filter filter, CallChange change) {
        Map<Change, Long> results = new EnumMap<>(Change.class);
        Instant now = time.wallTime();
        PendingCall.Filter bounded = filter.withEnqueuedBefore(
                filter.enqueuedBefore().filter(now::isAfter).orElse(now));
        List<PendingCall> page = list(bounded);
        while (!page.isEmpty()) {
            for (PendingCall call : page) {
                results.merge(change.apply(call, results.getOrDefault(Change.CHANGED, 0L)), 1L, Long::sum);
            }
            PendingCall last = page.get(page.size() - 1);
            page = listAfter(bounded, last.task(), last.id());
        }
        return results;
    }

    /**
     * The result of a cancellation.
     *
     * @param unclear the sequence whose next call has to be looked for
     */
    private record Cancelled(Change change, Optional<String> unclear) {}
}
