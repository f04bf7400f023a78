package dev.respite;

import dev.respite.time.TimeSource;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** Time that stands still, with tasks that a test runs or drops itself, when and where it likes. */
class ManualTime implements TimeSource {

    final List<Entry> tasks = new CopyOnWriteArrayList<>();

    private final Executor executor;

    /** Goes on where the test lets time pass. */
    ManualTime() {
        this(Runnable::run);
    }

    ManualTime(Executor executor) {
        this.executor = executor;
    }

    /** A task in its place; once it has been cancelled it neither runs nor is dropped. */
    static final class Entry extends FutureTask<Void> {
        private final Task task;

        Entry(Task task) {
            super(task);
            this.task = task;
        }

        void drop() {
            if (super.cancel(false)) {
                task.rejected();
            }
        }
    }

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public Instant wallTime() {
        return Instant.EPOCH;
    }

    @Override
    public void sleep(long nanos) {
        throw new UnsupportedOperationException("no thread sleeps here");
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        Entry entry = new Entry(task);
        tasks.add(entry);
        return entry;
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public double roll() {
        return 0.5;
    }
}
