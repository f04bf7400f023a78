package dev.respite.time;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * An executor that never runs a task on the thread of a timer. The executor behind it may run tasks on the thread that submits
 * them, always ({@code Runnable::run}) or when it is full ({@code CallerRunsPolicy}). If that thread is a timer's, the task
 * moves to a thread of ours.
 */
final class OffTimerExecutor implements Executor {

    private final Executor given;

    /** Runs tasks that the given executor would run on the timer's thread. */
    private final Executor elsewhere;

    private final BooleanSupplier onTimer;

    /**
     * Guards an executor.
     *
     * @param onTimer whether the current thread runs a task of a timer
     */
    OffTimerExecutor(Executor given, BooleanSupplier onTimer, Executor elsewhere) {
        this.elsewhere = elsewhere;
        this.given = given;
        this.onTimer = onTimer;
    }

    @Override
    public void execute(Runnable task) {
        if (!onTimer.getAsBoolean()) {
            given.execute(task);
            return;
        }
        FromTimer submitted = new FromTimer(task);
        try {
            given.execute(submitted);
        } finally {
            submitted.isSubmitted = true;
        }
    }

    /** A task that a timer submits. The fields are read and written by the timer's thread, but for the task. */
    private final class FromTimer implements Runnable {
        private final Runnable task;
        private final Thread timer = Thread.currentThread();

        /** The thread may be one of the executor's as well, and run the task later. */
        private boolean isSubmitted;

        FromTimer(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (Thread.currentThread() == timer && !isSubmitted) {
                elsewhere.execute(task);
            } else {
                task.run();
            }
        }
    }
}
