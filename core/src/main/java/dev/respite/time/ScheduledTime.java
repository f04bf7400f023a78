package dev.respite.time;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;

/** The system's time with a scheduler that its user owns, and may shut down. */
final class ScheduledTime implements TimeSource.Forwarding {

    private final TimeSource system;
    private final ScheduledTasks tasks;
    private final Executor executor;

    ScheduledTime(TimeSource system, ScheduledExecutorService scheduler) {
        this.system = system;
        this.tasks = new ScheduledTasks(system, scheduler);
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
}
