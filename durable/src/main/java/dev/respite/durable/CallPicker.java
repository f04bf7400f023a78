package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import dev.respite.durable.CallStatements.CallRow;
import dev.respite.logging.FailureText;
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

    /** The time between two lines about picks that fail. */
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    private final PickStatements statements;
    private final List<AttemptRunner<?>> runners;
    private final TimeSource time;
    private final Seats seats;
    private final Runnable wake;

    /** The calls that this instance has picked and not ended. */
    private final Set<CallRow> own = ConcurrentHashMap.newKeySet();

    /** True if the last pick has failed. Only the next poll then picks again, so an absent database is not queried more often. */
    private volatile boolean hasFailed;

    /** The time of the last logged failure. Only the picking thread uses it. */
    private long loggedAt;

    CallPicker(CallDatabase database, List<AttemptRunner<?>> runners, int threads, Runnable wake) {
        this.statements = new PickStatements(database);
        this.runners = runners;
        this.time = database.time();
        this.seats = new Seats(
                threads,
                runners.stream().collect(Collectors.toMap(AttemptRunner::name, AttemptRunner::limits)),
                time.nanoTime());
        this.wake = wake;
        this.loggedAt = time.nanoTime() - LOG_INTERVAL.toNanos();
    }

    /** Picks calls, which then have seats, or none if the database fails. Only one thread calls this method. */
    List<Execution> pick(JdbcTaskRepositoryContext scheduler) {
        try {
            List<Execution> picked = pickNow(scheduler);
            hasFailed = false;
            // A call may have ended in between.
            wakeIfFree();
            return picked;
        } catch (RuntimeException failure) {
            hasFailed = true;
            log(failure);
            return List.of();
        }
    }

    private void log(RuntimeException failure) {
        long now = time.nanoTime();
        if (now - loggedAt >= LOG_INTERVAL.toNanos()) {
            loggedAt = now;
            LOGGER.log(
                    WARNING,
                    "calls could not be picked; each poll tries it again, and failures are logged once a minute",
                    FailureText.loggable(failure));
        }
    }

    private List<Execution> pickNow(JdbcTaskRepositoryContext scheduler) {
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
        if (!hasFailed && runners.stream().anyMatch(AttemptRunner::awaitsDeferredRetries)) {
            wake.run();
        } else {
            wakeIfFree();
        }
    }

    private void wakeIfFree() {
        if (!hasFailed && seats.isFreeForMore(time.nanoTime())) {
            wake.run();
        }
    }
}
