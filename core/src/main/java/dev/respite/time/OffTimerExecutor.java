package dev.respite.time;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An executor that never runs a task on the thread of a timer. The executor behind it may run tasks on the thread that submits
 * them, always ({@code Runnable::run}) or when it is full ({@code CallerRunsPolicy}). If that thread is a timer's, the task
 * moves to a thread of ours. A thread that the executor creates for a timer's task inherits nothing of the timer.
 */
final class OffTimerExecutor implements Executor {

    private final Executor given;

    /** Runs tasks that the given executor would run on the timer's thread. */
    private final Executor elsewhere;

    private final BooleanSupplier onTimer;

    /** The loader of the thread that created this executor: a pool thread that is created for a timer inherits it. */
    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();

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
        Thread timer = submitted.timer;
        @Nullable ClassLoader own = timer.getContextClassLoader();
        timer.setContextClassLoader(loader);
        try {
            given.execute(submitted);
        } finally {
            timer.setContextClassLoader(own);
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
