package dev.respite.time;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes only by {@link #sleep}, {@link #advance} and {@link #runAll}: for tests and simulations.
 *
 * <p>A {@linkplain #sleep(long) sleep} moves the clock at once. It runs the tasks of the time that it skips, in order of time,
 * then in the order in which they were scheduled. So an hour of waiting takes no time, and the same run always gives the same
 * result. The seed decides all chance, by the generator that {@link Random} specifies.
 *
 * <p>Not safe for use by several threads at once: everything that lives in one virtual time runs on one thread.
 */
public final class VirtualTime implements TimeSource {

    private static final Instant WALL_START = Instant.ofEpochSecond(1_767_225_600); // 2026-01-01T00:00:00Z

    /** The number of cancelled tasks that may wait for their time, however few others there are. */
    private static final int FEW = 64;

    private final PriorityQueue<Entry> tasks = new PriorityQueue<>();
    private final Random random;
    private long now;
    private long scheduled;

    /** A due task runs, and has handed over nothing yet. */
    private boolean handsOver;

    /** About how many of the tasks that wait are cancelled. */
    private int cancelled;

    /**
     * A task in its place. A cancelled task stays there, and does nothing when its time comes. If most tasks are cancelled, as
     * timeouts are, they are removed together: otherwise a million of them would slow down each step.
     */
    private final class Entry extends FutureTask<@Nullable Void> implements Comparable<Entry> {
        private final long due;
        private final long order;

        Entry(long due, long order, Task work) {
            super(work);
            this.due = due;
            this.order = order;
        }

        @Override
        public int compareTo(Entry other) {
            return due == other.due ? Long.compare(order, other.order) : Long.compare(due, other.due);
        }

        @Override
        protected void done() {
            if (isCancelled() && ++cancelled > FEW && cancelled > tasks.size() / 2) {
                tasks.removeIf(Entry::isCancelled);
                cancelled = 0;
            }
        }

        /** Rethrows the failure of a task from the method that lets time pass. */
        @Override
        protected void setException(Throwable bug) {
            super.setException(bug);
            VirtualTime.<RuntimeException>throwUnchecked(bug);
        }
    }

    /** A virtual time with the seed 0. */
    public VirtualTime() {
        this(0);
    }

    /**
     * A virtual time that begins at 0.
     *
     * @param seed what decides all chance
     */
    public VirtualTime(long seed) {
        this.random = new Random(seed);
    }

    @Override
    public long nanoTime() {
        return now;
    }

    /** {@return the time of day, which begins at 2026-01-01T00:00:00Z and goes with {@link #nanoTime()}} */
    @Override
    public Instant wallTime() {
        return WALL_START.plusNanos(now);
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        long end = later(nanos);
        refuseInterrupted();
        while (runDue(end)) {
            refuseInterrupted();
        }
        now = Math.max(now, end);
    }

    /**
     * Lets time pass until a future is complete, and runs what falls due meanwhile.
     *
     * @throws IllegalStateException if nothing is scheduled any more that could complete it
     */
    @Override
    public void await(CompletableFuture<?> signal) throws InterruptedException {
        refuseInterrupted();
        while (!signal.isDone()) {
            if (!runDue(Long.MAX_VALUE)) {
                throw new IllegalStateException("nothing is scheduled that could end the wait for " + signal
                        + "; schedule what completes it in this time");
            }
            refuseInterrupted();
        }
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        Entry entry = new Entry(later(delayNanos), scheduled++, task);
        tasks.add(entry);
        return entry;
    }

    /**
     * {@return an executor that runs tasks on the thread that lets time pass, one after the other} A task that a due task hands
     * over runs at once. Any other waits for its turn among the due tasks, so that a call of a thousand attempts needs no deeper
     * stack than one of two.
     */
    @Override
    public Executor executor() {
        return this::takeOver;
    }

    private void takeOver(Runnable task) {
        if (handsOver) {
            handsOver = false;
            task.run();
        } else {
            Future<?> unused = schedule(task::run, 0);
        }
    }

    @Override
    public double roll() {
        return random.nextDouble();
    }

    /**
     * Lets time pass and runs what falls due.
     *
     * @param time how long
     * @throws IllegalArgumentException if the time is negative
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(time + ": time does not run backwards");
        }
        long end = later(time.toNanos());
        while (runDue(end)) {
            // Each task may schedule others.
        }
        now = Math.max(now, end);
    }

    /**
     * Lets time pass until nothing is scheduled any more: also to the end of the attempts in flight. An operation that
     * completes outside of this time, on another thread for example, has no time to do so: its attempt times out. Complete
     * such an operation in a task of this time, or on the thread that lets time pass, between calls of {@link #advance} that
     * go no further than the next delay.
     */
    public void runAll() {
        while (runDue(Long.MAX_VALUE)) {
            // Each task may schedule others.
        }
    }

    private boolean runDue(long end) {
        @Nullable Entry next = tasks.peek();
        if (next == null || next.due > end) {
            return false;
        }
        tasks.remove();
        if (next.isCancelled()) {
            cancelled = Math.max(0, cancelled - 1);
        } else {
            now = Math.max(now, next.due);
            handsOver = true;
            try {
                next.run();
            } finally {
                handsOver = false;
            }
        }
        return true;
    }

    private long later(long nanos) {
        long time = now + Math.max(0, nanos);
        return time < 0 ? Long.MAX_VALUE : time;
    }

    private static void refuseInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    @SuppressWarnings("unchecked") // the caller of a method that lets time pass gets what its task threw
    private static <E extends Throwable> void throwUnchecked(Throwable error) throws E {
        throw (E) error;
    }
}
