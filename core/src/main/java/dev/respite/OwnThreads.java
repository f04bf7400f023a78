package dev.respite;

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
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The threads that Respite starts: that of the timer, which runs no user code, and spare ones for user code that has no other
 * place. They are daemons, end when they have been idle for {@value #IDLE_SECONDS} seconds, and come back when needed.
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

    /**
     * Runs a task of the timer later.
     *
     * <p>A timeout is nearly always cancelled before it is due. The timer's thread would be woken for it nevertheless, whenever
     * it is the next task, which costs more than all else. Therefore a task that does nothing is always due soon while
     * timeouts are set: what is scheduled behind it wakes no thread.
     */
    static Future<?> schedule(Callable<@Nullable Void> task, long delayNanos) {
        if (delayNanos > Pulse.NANOS) {
            Pulse.keep();
        }
        return Timer.SHARED.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    /** The task that is always due soon; it ends when nothing has been scheduled behind it for a while. */
    private static final class Pulse {

        static final long NANOS = 50_000_000L;

        private static final AtomicBoolean BEATS = new AtomicBoolean();
        private static volatile boolean needed;

        static void keep() {
            if (!needed) {
                needed = true;
            }
            if (!BEATS.get() && BEATS.compareAndSet(false, true)) {
                beatLater();
            }
        }

        private static void beat() {
            if (needed) {
                needed = false;
                beatLater();
            } else {
                BEATS.set(false);
            }
        }

        private static void beatLater() {
            Future<?> unused = Timer.SHARED.schedule(Pulse::beat, NANOS, TimeUnit.NANOSECONDS);
        }
    }

    /** Whether the current thread is that of the shared timer. */
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
