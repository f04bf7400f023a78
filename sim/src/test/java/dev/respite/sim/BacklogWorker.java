package dev.respite.sim;

import dev.respite.Retry;
import dev.respite.driver.AttemptResult;
import dev.respite.driver.ResumableRetry;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An instance that runs durable calls, with the default polling of db-scheduler: it reads three candidates for each thread, and the
 * next ones when half as many as threads are left. If it has read all that was due, it polls a second later.
 *
 * <p>The response to an attempt is known when the attempt begins, at most 20 ms too early. Its thread is busy until the attempt
 * would have ended. A pick that another instance has won takes no time.
 */
final class BacklogWorker {

    private static final long MILLI = 1_000_000L;
    private static final int THREADS = 10;
    private static final int CANDIDATES = 3 * THREADS;
    private static final int FEW_LEFT = THREADS / 2;
    private static final long POLL_INTERVAL = 1_000 * MILLI;
    private static final long POLL_NANOS = MILLI;

    /** What a thread needs to pick a row and to store how its attempt ended: "How fast" in docs/durable.md, with ten threads. */
    private static final long ROW_NANOS = 3 * MILLI;

    private final SimTime time;
    private final BacklogTable table;
    private final BacklogTarget target;
    private final ResumableRetry retry;
    private Batch batch = new Batch(List.of());
    private boolean polls;
    private int free = THREADS;

    BacklogWorker(SimTime time, BacklogTable table, BacklogTarget target, RetryPolicy policy) {
        this.time = time;
        this.table = table;
        this.target = target;
        this.retry = Retry.silent(policy, time)
                .withDriverClassifier(new ResponseClassifier(policy))
                .resumable();
    }

    /** What a poll has read. */
    private static final class Batch {
        private final Deque<BacklogTable.Candidate> queue;
        private final boolean isFull;
        private int left;

        Batch(List<BacklogTable.Candidate> candidates) {
            this.queue = new ArrayDeque<>(candidates);
            this.isFull = candidates.size() == CANDIDATES;
            this.left = candidates.size();
        }
    }

    void start(long delayNanos) {
        time.after(delayNanos, this::poll);
    }

    private void poll() {
        polls = true;
        List<BacklogTable.Candidate> read = table.due(time.nanoTime(), CANDIDATES);
        time.after(POLL_NANOS, () -> {
            polls = false;
            batch = new Batch(read);
            if (!batch.isFull && !table.isEmpty()) {
                time.after(POLL_INTERVAL, this::poll);
            }
            runQueued();
        });
    }

    private void runQueued() {
        while (free > 0 && !batch.queue.isEmpty()) {
            Batch from = batch;
            BacklogTable.Candidate candidate = from.queue.remove();
            if (table.pick(candidate)) {
                free--;
                run(candidate.row(), from);
            } else {
                ended(from);
            }
        }
    }

    private void run(BacklogTable.Row row, Batch from) {
        AtomicLong busy = new AtomicLong(ROW_NANOS);
        AttemptResult<Boolean> result = retry.attempt(row.state(retry), attempt -> {
            BacklogTarget.Response response = target.respond(time.nanoTime());
            busy.addAndGet(response.nanos());
            response.orThrow();
            return true;
        });
        time.after(busy.get(), () -> {
            store(row, result);
            free++;
            ended(from);
            runQueued();
        });
    }

    private void store(BacklogTable.Row row, AttemptResult<Boolean> result) {
        if (result instanceof AttemptResult.Again<Boolean> again) {
            table.reschedule(row, again.state(), time.nanoTime() + again.delay().toNanos());
        } else if (((AttemptResult.Ended<Boolean>) result).reason() == StopReason.ACCEPTED) {
            table.succeeded(time.nanoTime());
        } else {
            table.givenUp();
        }
    }

    private void ended(Batch from) {
        from.left--;
        if (from == batch && from.isFull && from.left <= FEW_LEFT && !polls) {
            poll();
        }
    }
}
