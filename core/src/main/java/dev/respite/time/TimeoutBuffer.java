package dev.respite.time;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds new timeouts for up to 50 ms, and moves those to the timer that have not been cancelled by then.
 *
 * <p>A timeout is nearly always cancelled within that time. In the timer it would take the timer's lock twice, and wake the
 * timer's thread whenever it became the next task; here it takes one compare-and-set, and wakes nothing. A timeout of 50 ms or
 * less goes to the timer at once.
 *
 * <p>Moving is a task of the timer itself. It ends when no timeout has been added for 50 ms, so that an idle thread can end too.
 * Safe for use by any number of threads.
 */
final class TimeoutBuffer {

    private static final long MOVE_NANOS = 50_000_000L;

    private final ScheduledExecutorService timer;
    private final LongSupplier clock;
    private final AtomicReference<@Nullable Entry> newest = new AtomicReference<>();
    private final AtomicBoolean moving = new AtomicBoolean();

    /**
     * Creates a buffer.
     *
     * @param timer runs due tasks
     * @param clock its clock, in nanoseconds
     */
    TimeoutBuffer(ScheduledExecutorService timer, LongSupplier clock) {
        this.timer = timer;
        this.clock = clock;
    }

    Future<?> schedule(Callable<@Nullable Void> timeout, long delayNanos) {
        if (delayNanos <= MOVE_NANOS) {
            return timer.schedule(timeout, delayNanos, TimeUnit.NANOSECONDS);
        }
        Entry entry = new Entry(timeout, clock.getAsLong() + delayNanos);
        add(entry);
        try {
            ensureMoving();
        } catch (Throwable noThread) {
            entry.cancel(false);
            throw noThread;
        }
        return entry;
    }

    private void add(Entry entry) {
        Entry next;
        do {
            next = newest.get();
            entry.next = next;
        } while (!newest.compareAndSet(next, entry));
    }

    private void ensureMoving() {
        if (!moving.get() && moving.compareAndSet(false, true)) {
            moveLater();
        }
    }

    private void moveLater() {
        try {
            Future<?> unused = timer.schedule(this::move, MOVE_NANOS, TimeUnit.NANOSECONDS);
        } catch (Throwable noThread) {
            moving.set(false);
            throw noThread;
        }
    }

    private void move() {
        Entry added = newest.getAndSet(null);
        if (added != null) {
            moveLater();
            moveAll(added);
            return;
        }
        moving.set(false);
        // A timeout that was added just before has seen this still moving.
        if (newest.get() != null) {
            ensureMoving();
        }
    }

    /** Moves entries. An entry that cannot be moved now, for lack of memory, is moved next time. */
    private void moveAll(Entry first) {
        Entry entry = first;
        while (entry != null) {
            // An entry that stays would keep those that were added before it.
            Entry next = entry.next;
            entry.next = null;
            try {
                entry.moveTo(timer, clock.getAsLong());
            } catch (Throwable failed) {
                add(entry);
            }
            entry = next;
        }
    }

    /** A timeout, first in the buffer, then in the timer. */
    private static final class Entry extends FutureTask<@Nullable Void> {

        private final long dueNanos;
        private volatile @Nullable Future<?> moved;

        /** Written before the entry is added. */
        private @Nullable Entry next;

        Entry(Callable<@Nullable Void> timeout, long dueNanos) {
            super(timeout);
            this.dueNanos = dueNanos;
        }

        void moveTo(ScheduledExecutorService timer, long nowNanos) {
            if (isDone()) {
                return;
            }
            moved = timer.schedule(this, dueNanos - nowNanos, TimeUnit.NANOSECONDS);
            if (isDone()) {
                removeFromTimer();
            }
        }

        @Override
        protected void done() {
            if (isCancelled()) {
                removeFromTimer();
            }
        }

        private void removeFromTimer() {
            Future<?> inTimer = moved;
            if (inTimer != null) {
                inTimer.cancel(false);
            }
        }
    }
}
