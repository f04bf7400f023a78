package dev.respite.http.exchange;

import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Ends an exchange whose client ignores the interrupt of the attempt's limit, from another thread. */
final class LateAbort implements Runnable {

    /** The interrupt should come first: a client that waits for a connection obeys it. */
    private static final long MARGIN_NANOS = 1_000_000;

    /** True if the exchange has ended or is aborted. */
    private final AtomicBoolean over = new AtomicBoolean();

    private final Deadline deadline;
    private final Runnable abort;
    private volatile @Nullable Future<?> alarm;

    LateAbort(Deadline deadline, Runnable abort) {
        this.deadline = deadline;
        this.abort = abort;
    }

    /** The limit has passed: this is the timer's thread. */
    void limitPassed() {
        if (alarm == null) {
            alarm = deadline.schedule(this, MARGIN_NANOS);
        }
    }

    @Override
    public void run() {
        if (over.compareAndSet(false, true)) {
            abort.run();
        }
    }

    /** The exchange has ended, and is not aborted any more. Returns whether it was. Called once, or again if it was. */
    boolean end() {
        Future<?> set = alarm;
        if (set != null) {
            set.cancel(false);
        }
        return !over.compareAndSet(false, true);
    }
}
