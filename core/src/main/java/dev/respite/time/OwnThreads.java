package dev.respite.time;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that Respite starts: the thread of the timer, which runs no user code, and spare ones for user code that has no
 * other place. They are daemons, end when they have been idle for {@value #IDLE_SECONDS} seconds, and come back when needed.
 *
 * <p>A thread keeps nothing of the code that happened to need it first: neither its inheritable thread-locals, nor its context
 * class loader, nor its access control context. Otherwise an application that was stopped could not be unloaded.
 */
final class OwnThreads {

    private static final int IDLE_SECONDS = 5;

    /** As many spare threads at most: where all of them are busy, tasks wait. */
    private static final int MAX_SPARE = Math.max(2, Runtime.getRuntime().availableProcessors());

    private OwnThreads() {}

    /** The thread of the timer, recognized by its class. */
    private static final class TimerThread extends Thread {
        TimerThread(Runnable task) {
            super(null, task, "respite-timer", 0, false);
        }
    }

    /** Created when first needed. */
    private static final class Timer {
        static final ScheduledThreadPoolExecutor SHARED = create();
        static final TimeoutBuffer TIMEOUTS = new TimeoutBuffer(SHARED, SystemTime.INSTANCE::nanoTime);

        private static ScheduledThreadPoolExecutor create() {
            ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, detached(TimerThread::new));
            timer.setRemoveOnCancelPolicy(true);
            return endingWhenIdle(timer);
        }
    }

    /** Created when first needed. */
    private static final class Spare {
        static final Executor SHARED = endingWhenIdle(new ThreadPoolExecutor(
                MAX_SPARE,
                MAX_SPARE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                detached(task -> new Thread(null, task, "respite-spare", 0, false))));
    }

    /** Runs a task on the timer's thread later. */
    static Future<?> schedule(Callable<@Nullable Void> task, long delayNanos) {
        return task instanceof TimeSource.Timeout
                ? Timer.TIMEOUTS.schedule(task, delayNanos)
                : Timer.SHARED.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    /** Returns whether the current thread is the one of the shared timer. */
    static boolean isTimer() {
        return Thread.currentThread() instanceof TimerThread;
    }

    /** Runs a task that must not run on this thread, and that no executor takes. */
    static void runElsewhere(Runnable task) {
        try {
            Spare.SHARED.execute(task);
        } catch (Throwable noThread) {
            SystemTime.COMMON.execute(task);
        }
    }

    private static <P extends ThreadPoolExecutor> P endingWhenIdle(P pool) {
        pool.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory detached(ThreadFactory factory) {
        return task -> {
            @Nullable Thread thread = privileged(() -> factory.newThread(task));
            if (thread != null) {
                thread.setDaemon(true);
                // Not null: an executor whose thread this one creates would hand that on to user code.
                thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
            }
            return thread;
        };
    }

    /** JDK 17 keeps the access control context in which a thread was created; later ones have none. */
    @SuppressWarnings("removal")
    private static @Nullable Thread privileged(PrivilegedAction<@Nullable Thread> creation) {
        try {
            return AccessController.doPrivileged(creation);
        } catch (LinkageError removed) {
            return creation.run();
        }
    }
}
