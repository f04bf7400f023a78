package dev.respite.time;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The system's time with a scheduler that its user owns, and may shut down. */
final class ScheduledTime implements TimeSource.Forwarding {

    private final TimeSource system;
    private final ScheduledTasks tasks;
    private final Executor executor;

    ScheduledTime(TimeSource system, ScheduledExecutorService scheduler) {
        Objects.requireNonNull(scheduler, "scheduler");
        this.system = system;
        this.tasks = new ScheduledTasks(system, system::nanoTime, new OfExecutor(scheduler));
        this.executor = new OffTimerExecutor(system.executor(), tasks::isRunningHere, OwnThreads::runElsewhere);
    }

    @Override
    public TimeSource delegate() {
        return system;
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        return tasks.schedule(task, delayNanos);
    }

    @Override
    public Executor executor() {
        return executor;
    }

    /** The scheduler of the JDK. */
    private record OfExecutor(ScheduledExecutorService scheduler) implements ScheduledTasks.Scheduler {

        @Override
        public ScheduledTasks.Place schedule(Runnable task, long delayNanos) {
            return new OfFuture(scheduler.schedule(task, delayNanos, TimeUnit.NANOSECONDS));
        }

        @Override
        public boolean isShutdown() {
            return scheduler.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return scheduler.isTerminated();
        }
    }

    private record OfFuture(Future<?> future) implements ScheduledTasks.Place {

        @Override
        public void cancel() {
            future.cancel(false);
        }

        @Override
        public boolean isCancelled() {
            return future.isCancelled();
        }
    }
}
