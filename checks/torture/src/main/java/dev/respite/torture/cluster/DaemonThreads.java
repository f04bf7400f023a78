package dev.respite.torture.cluster;

import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Creates threads that do not keep the JVM alive. */
public final class DaemonThreads {

    private DaemonThreads() {}

    public static ThreadFactory named(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Starts a thread. */
    public static void start(String name, Runnable work) {
        named(name).newThread(work).start();
    }

    /** Repeats work until the JVM ends, with a pause after each time. */
    public static void repeat(String name, long pauseMillis, Runnable work) {
        var unused = Executors.newSingleThreadScheduledExecutor(named(name))
                .scheduleWithFixedDelay(work, pauseMillis, pauseMillis, TimeUnit.MILLISECONDS);
    }
}
