package dev.respite.time;

import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The system's time with a scheduler that its user owns, and may shut down.
 *
 * <p>A scheduler that is shut down drops its tasks without notice. So while tasks wait, the shared timer checks it ten times a
 * second, and calls {@link TimeSource.Task#rejected} of those that it has dropped.
 */
final class ScheduledTime implements TimeSource {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A scheduler that is shut down but not yet terminated may be late; later than this, it has dropped the task. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final TimeSource system;
    private final ScheduledExecutorService scheduler;
    private final Set<Entry> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean watched = new AtomicBoolean();

    /** The threads of the scheduler that run a task at this moment. */
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    private final Executor executor;

    ScheduledTime(TimeSource system, ScheduledExecutorService scheduler) {
        this.system = system;
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.executor = new OffTimerExecutor(system.executor(), () -> running.contains(Thread.currentThread()));
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        Entry entry = new Entry(task, nanoTime() + Math.max(0, delayNanos));
        waiting.add(entry);
        try {
            entry.scheduled = scheduler.schedule((Runnable) entry, delayNanos, TimeUnit.NANOSECONDS);
        } catch (Throwable refused) {
            // The check may have reported it as dropped in the meantime: it is reported once.
            if (waiting.remove(entry)) {
                throw refused;
            }
            return entry;
        }
        watch();
        return entry;
    }

    private void watch() {
        if (watched.compareAndSet(false, true)) {
            Future<?> unused = system.schedule(this::checkShutdown, LOOK_NANOS);
        }
    }

    private void checkShutdown() {
        try {
            if (scheduler.isShutdown()) {
                long now = nanoTime();
                boolean over = scheduler.isTerminated();
                waiting.stream().filter(entry -> over || entry.isGone(now)).forEach(Entry::reject);
            }
        } finally {
            // Also if a task has thrown: the others still wait.
            watched.set(false);
            if (!waiting.isEmpty()) {
                watch();
            }
        }
    }

    @Override
    public long nanoTime() {
        return system.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return system.wallTime();
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        system.sleep(nanos);
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public double roll() {
        return system.roll();
    }

    /** A task that waits. The thread that takes it out of the set may run, drop or cancel it. */
    private final class Entry extends FutureTask<@Nullable Void> {
        private final Task task;
        private final long due;
        private volatile @Nullable Future<?> scheduled;

        Entry(Task task, long due) {
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

        /** Whether a scheduler that is shut down will not run it any more. */
        boolean isGone(long now) {
            Future<?> set = scheduled;
            return (set != null && set.isCancelled()) || now - due > LATE_NANOS;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean taken = waiting.remove(this) && super.cancel(false);
            Future<?> set = scheduled;
            if (taken && set != null) {
                set.cancel(false);
            }
            return taken;
        }
    }
}
