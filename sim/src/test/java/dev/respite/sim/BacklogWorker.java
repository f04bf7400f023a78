package dev.respite.sim;

import dev.respite.Retry;
import dev.respite.driver.AttemptResult;
import dev.respite.driver.ResumableRetry;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An instance that runs durable calls as the store does. It picks as many rows as threads are idle. It polls each second, at the end
 * of a call, and every 100 ms while deferred retries may be made.
 *
 * <p>The response of a fast target is known when the attempt begins, at most 20 ms too early; its thread is busy until the attempt
 * would have ended.
 */
final class BacklogWorker {

    private static final long MILLI = 1_000_000L;
    private static final long POLL_INTERVAL = 1_000 * MILLI;
    private static final long TICK = 100 * MILLI;
    private static final long DEFERRED_SEEN = 10_000 * MILLI;
    private static final long POLL_NANOS = MILLI;

    /** The time in which a thread stores the end of an attempt: "Durable calls" in docs/evidence/performance.md, with ten threads. */
    private static final long ROW_NANOS = 3 * MILLI;

    private final SimTime time;
    private final BacklogTable table;
    private final BacklogTarget target;
    private final PausedWork work;
    private final ResumableRetry retry;
    private int free;
    private boolean polls;
    private boolean leftRows;
    private long deferredSeenAt = -DEFERRED_SEEN;

    BacklogWorker(SimTime time, BacklogTable table, BacklogTarget target, int threads, RetryPolicy policy) {
        this.time = time;
        this.table = table;
        this.target = target;
        this.work = new PausedWork(time);
        this.free = threads;
        this.retry = Retry.withoutWarnings(policy, time)
                .driver()
                .withClassifier(new ResponseClassifier(policy))
                .driver()
                .resumable();
    }

    void start(long delayNanos) {
        time.after(delayNanos, this::pollRegularly);
        time.after(delayNanos, this::tick);
    }

    private void pollRegularly() {
        poll();
        if (!table.isDone()) {
            time.after(POLL_INTERVAL, this::pollRegularly);
        }
    }

    private void tick() {
        if (mayTakeDeferred()) {
            poll();
        }
        if (!table.isDone()) {
            time.after((long) ((0.5 + time.roll()) * TICK), this::tick);
        }
    }

    void poll() {
        if (polls || free == 0) {
            return;
        }
        polls = true;
        time.after(POLL_NANOS, () -> {
            polls = false;
            int asked = free;
            List<BacklogTable.Row> picked = table.pick(time.nanoTime(), asked, retry.deferredRetriesLeft());
            leftRows = picked.size() == asked;
            free -= picked.size();
            picked.forEach(row -> {
                if (row.state(retry).payment().deferred().isPresent()) {
                    deferredSeenAt = time.nanoTime();
                }
                if (target.isSlow()) {
                    work.start(() -> run(row));
                } else {
                    run(row);
                }
            });
        });
    }

    private void run(BacklogTable.Row row) {
        AtomicBoolean attempted = new AtomicBoolean();
        AtomicLong busy = new AtomicLong(ROW_NANOS);
        AttemptResult<Boolean> result = retry.attempt(row.state(retry), attempt -> {
            attempted.set(true);
            BacklogTarget.Response response = target.respond(time.nanoTime());
            if (target.isSlow()) {
                work.pause(target.nanos(response));
            } else {
                busy.addAndGet(target.nanos(response));
            }
            response.orThrow();
            return true;
        });
        if (!attempted.get()) {
            table.looked();
        }
        time.after(busy.get(), () -> {
            store(row, result);
            free++;
            if (leftRows || mayTakeDeferred()) {
                poll();
            }
        });
    }

    private boolean mayTakeDeferred() {
        return time.nanoTime() - deferredSeenAt < DEFERRED_SEEN && retry.deferredRetriesLeft() > 0;
    }

    private void store(BacklogTable.Row row, AttemptResult<Boolean> result) {
        if (result instanceof AttemptResult.Again<Boolean> again) {
            if (again.isDeferred()) {
                deferredSeenAt = time.nanoTime();
            }
            table.reschedule(row, again, time.nanoTime());
        } else if (((AttemptResult.Ended<Boolean>) result).reason() == StopReason.ACCEPTED) {
            table.succeeded(row, time.nanoTime());
        } else {
            table.givenUp(row);
        }
    }
}
