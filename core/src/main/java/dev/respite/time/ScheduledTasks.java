package dev.respite.time;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait in a scheduler which its user owns, and may shut down.
 *
 * <p>A scheduler that is shut down drops its tasks without notice. So while tasks wait, a timer checks it ten times a second,
 * and calls {@link TimeSource.Task#rejected} of dropped tasks. These are all of them if the scheduler has terminated. Else they
 * are the tasks that it has cancelled, or that are a second late. Safe for use by any number of threads.
 */
final class ScheduledTasks {

    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A scheduler that is shut down but not yet terminated may be late; later than this, it has dropped the task. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final TimeSource timer;
    private final ScheduledExecutorService scheduler;
    private final Set<Entry> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean checked = new AtomicBoolean();

    /** The threads of the scheduler that run a task at this moment. */
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    /**
     * Creates the tasks of a scheduler.
     *
     * @param timer its clock counts, and it checks the scheduler while tasks wait
     * @param scheduler the scheduler
     */
    ScheduledTasks(TimeSource timer, ScheduledExecutorService scheduler) {
        this.timer = timer;
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    }

    /**
     * Runs a task later, or rejects it if the scheduler ends before that.
     *
     * @param task the task
     * @param delayNanos how long from now, in nanoseconds
     * @return the task in its place
     * @throws RuntimeException if the scheduler rejects the task at once
     */
    Future<?> schedule(TimeSource.Task task, long delayNanos) {
        Entry entry = new Entry(task, timer.nanoTime() + Math.max(0, delayNanos));
        waiting.add(entry);
        try {
            entry.place = scheduler.schedule(entry, delayNanos, TimeUnit.NANOSECONDS);
        } catch (Throwable rejected) {
            // The check may have rejected it in the meantime: it is rejected once.
            if (waiting.remove(entry)) {
                throw rejected;
            }
            return entry;
        }
        watch();
        return entry;
    }

    /** Returns whether the current thread is one of the scheduler's that runs a task. */
    boolean isRunningHere() {
        return running.contains(Thread.currentThread());
    }

    private void watch() {
        if (checked.compareAndSet(false, true)) {
            Future<?> unused = timer.schedule(this::check, CHECK_NANOS);
        }
    }

    private void check() {
        try {
            if (scheduler.isShutdown()) {
                long now = timer.nanoTime();
                boolean over = scheduler.isTerminated();
                waiting.stream().filter(entry -> over || entry.isGone(now)).forEach(Entry::reject);
            }
        } finally {
            // Also if a task has thrown: the others still wait.
            checked.set(false);
            if (!waiting.isEmpty()) {
                watch();
            }
        }
    }

    /** A task that waits. The thread that takes it out of the set may run, reject or cancel it. */
    private final class Entry extends FutureTask<@Nullable Void> {
        private final TimeSource.Task task;
        private final long due;
        private volatile @Nullable Future<?> place;

        Entry(TimeSource.Task task, long due) {
            super(task);
            this.task = task;
            this.due = due;
        }

        @Override
        public void run() {
            if (!waiting.remove(this)) {
                return;
            }
            boolean outermost = running.add(Thread.currentThread());
            try {
                super.run();
            } finally {
                if (outermost) {
                    running.remove(Thread.currentThread());
                }
            }
        }

        void reject() {
            if (waiting.remove(this)) {
                task.rejected();
            }
        }

        /** Returns whether a scheduler that is shut down will not run it any more. */
        boolean isGone(long now) {
            Future<?> set = place;
            return (set != null && set.isCancelled()) || now - due > LATE_NANOS;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean taken = waiting.remove(this) && super.cancel(false);
            Future<?> set = place;
            if (taken && set != null) {
                set.cancel(false);
            }
            return taken;
        }
    }
}
