package dev.respite.durable;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs attempts. While a handler runs in the transaction of its call, the thread has a connection of the pool. A second
 * one would not be free until the first is returned, if the pool is small or all attempts do the same.
 */
final class AttemptThread extends Thread {

    /** The database of the handler that runs in a transaction; read and written by this thread only. */
    private @Nullable DataSource database;

    private AttemptThread(Runnable attempts, String name) {
        super(attempts, name);
        setDaemon(false);
    }

    /** Returns a factory of named threads. They inherit the class loader of the thread that starts the instance. */
    static ThreadFactory factory() {
        AtomicInteger number = new AtomicInteger();
        return attempts -> new AttemptThread(attempts, "respite-durable-" + number.incrementAndGet());
    }

    /** Runs a handler in a transaction of a database. */
    static void run(DataSource database, EffectMark.Work handler) throws Exception {
        if (!(Thread.currentThread() instanceof AttemptThread thread)) {
            handler.run();
            return;
        }
        thread.database = database;
        try {
            handler.run();
        } finally {
            thread.database = null;
        }
    }

    /**
     * Passes if this thread does not run a handler in a transaction of the database.
     *
     * @param method the method that is called
     * @throws IllegalStateException if it does
     */
    static void requireNoHandler(DataSource database, String method) {
        if (Thread.currentThread() instanceof AttemptThread thread && thread.database == database) {
            throw new IllegalStateException(
                    method + "(…) in a handler that has a connection: it would wait for a second one,"
                            + " while all threads may hold theirs, and its call would stay if the handler is rolled back: use "
                            + method + "(connection, …) with the connection of the handler");
        }
    }
}
