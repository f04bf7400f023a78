package dev.respite.http.exchange;

import dev.respite.time.TimeSource;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A time source with the system's behind it: for what a call that has begun cannot do without, that is to end in time and
 * to go on elsewhere. What the given one refuses or drops, because it has ended or is full, the system's does.
 *
 * <p>Whether a call begins another attempt depends on the given one alone, by the engine: one that refuses ends the call
 * with {@link dev.respite.outcome.StopReason#EXECUTOR_REFUSED}. An attempt that it has admitted is not lost half-way.
 */
final class FallbackTimeSource implements TimeSource.Forwarding {

    private static final TimeSource SYSTEM = TimeSource.system();

    private final TimeSource given;

    /** A time source that accepts every task: the system's itself, or the given one with the system's behind it. */
    static TimeSource of(TimeSource given) {
        return given == SYSTEM ? SYSTEM : new FallbackTimeSource(given);
    }

    private FallbackTimeSource(TimeSource given) {
        this.given = given;
    }

    @Override
    public TimeSource delegate() {
        return given;
    }

    @Override
    public Executor executor() {
        return this::execute;
    }

    private void execute(Runnable task) {
        try {
            given.executor().execute(task);
        } catch (Throwable refused) {
            SYSTEM.executor().execute(task);
        }
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        Entry entry = new Entry(task, delayNanos);
        try {
            entry.waitIn(given);
        } catch (Throwable refused) {
            entry.rejected();
        }
        return entry;
    }

    /** A task that waits in one place or the other, and runs once. All tasks of attempts end what takes too long. */
    private final class Entry extends FutureTask<@Nullable Void> implements Timeout {
        private final long start = nanoTime();
        private final long delay;
        private volatile @Nullable Future<?> scheduled;

        Entry(Task task, long delay) {
            super(task);
            this.delay = delay;
        }

        void waitIn(TimeSource time) {
            Future<?> set = time.schedule(this, delay - (nanoTime() - start));
            scheduled = set;
            if (isDone()) {
                set.cancel(false);
            }
        }

        @Override
        public void rejected() {
            if (!isDone()) {
                waitIn(SYSTEM);
            }
        }

        /** Should it have moved just now, it is found done when its time comes. */
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean taken = super.cancel(false);
            Future<?> set = scheduled;
            if (set != null) {
                set.cancel(false);
            }
            return taken;
        }
    }
}
