package dev.respite.durable;

import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import dev.respite.durable.CallStatements.CallRow;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Picks due calls for the free seats of an instance, and wakes the instance when more calls can be picked. The scheduler does not:
 * it only counts its threads.
 */
final class CallPicker extends AbstractSchedulerListener {

    /** The time between two looks whether a task whose rate or pace has held up calls may go on. */
    static final Duration TICK = Duration.ofMillis(100);

    private final PickStatements statements;
    private final List<AttemptRunner<?>> runners;
    private final TimeSource time;
    private final Seats seats;
    private final Runnable wake;

    /** The calls that this instance has picked and not ended. */
    private final Set<CallRow> own = ConcurrentHashMap.newKeySet();

    CallPicker(CallDatabase database, List<AttemptRunner<?>> runners, int threads, Runnable wake) {
        this.statements = new PickStatements(database);
        this.runners = runners;
        this.time = database.time();
        this.seats = new Seats(
                threads,
                runners.stream().collect(Collectors.toMap(AttemptRunner::name, AttemptRunner::limits)),
                time.nanoTime());
        this.wake = wake;
    }

    /** Picks calls, which then have seats. Only one thread does. */
    List<Execution> pick(JdbcTaskRepositoryContext scheduler) {
        Seats.Free free = seats.free(time.nanoTime());
        List<Execution> picked = List.of();
        long start = time.nanoTime();
        if (free.isAnyFree(free.tasks().keySet())) {
            Map<String, Integer> deferred =
                    runners.stream().collect(Collectors.toMap(AttemptRunner::name, AttemptRunner::deferredRetriesLeft));
            picked = statements.pick(
                    new PickStatements.Pick(free, deferred, time.wallTime(), scheduler.schedulerName.getName()),
                    scheduler.resultSetMapper.get());
        }
        long now = time.nanoTime();
        List<CallRow> calls = picked.stream().map(CallRow::of).toList();
        own.addAll(calls);
        seats.take(free, calls, now, now - start);
        // A call may have ended in between.
        wakeIfFree();
        return picked;
    }

    /** An attempt has ended, and its end was written or could not be: either way its thread is free. */
    @Override
    public void onExecutionComplete(ExecutionComplete end) {
        CallRow call = CallRow.of(end.getExecution());
        own.remove(call);
        seats.release(call, time.nanoTime());
        wakeIfMore();
    }

    /** Returns whether this instance runs a call: it is not lost, also if its heartbeats found no connection. */
    boolean isRunning(CallRow call) {
        return own.contains(call);
    }

    /** Waits until a picked call has its seat. Returns false if it must not begin. */
    boolean await(CallRow call) {
        return seats.await(call);
    }

    /** Has no call wait for a seat any more. */
    void close() {
        seats.close();
    }

    /** Queries the table for calls that are due. */
    void wake() {
        wake.run();
    }

    /** Wakes the instance if deferred retries may be made, or calls that their rate has held up. */
    void wakeIfMore() {
        if (runners.stream().anyMatch(AttemptRunner::awaitsDeferredRetries)) {
            wake.run();
        } else {
            wakeIfFree();
        }
    }

    private void wakeIfFree() {
        if (seats.isFreeForMore(time.nanoTime())) {
            wake.run();
        }
    }
}
