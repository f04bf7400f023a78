package dev.respite.sim;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** Work that pauses in virtual time, on threads of its own. One thread runs at a time: it, or the thread of the virtual time. */
final class PausedWork {

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "paused-work");
        thread.setDaemon(true);
        return thread;
    });

    private static final ThreadLocal<Turn> OWN = new ThreadLocal<>();

    private final SimTime time;

    PausedWork(SimTime time) {
        this.time = time;
    }

    private static final class Turn {
        private final Semaphore work = new Semaphore(0);
        private final Semaphore time = new Semaphore(0);
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        /** Lets the work run until it ends or pauses. */
        void run() {
            work.release();
            time.acquireUninterruptibly();
            if (failure.get() != null) {
                throw new AssertionError("the work has failed", failure.get());
            }
        }
    }

    /** Runs work until it ends or pauses for the first time. */
    void start(Runnable work) {
        Turn turn = new Turn();
        THREADS.execute(() -> {
            turn.work.acquireUninterruptibly();
            OWN.set(turn);
            try {
                work.run();
            } catch (Throwable failure) {
                turn.failure.set(failure);
            } finally {
                turn.time.release();
            }
        });
        turn.run();
    }

    /** Pauses the work that calls it. */
    void pause(long nanos) {
        Turn turn = OWN.get();
        time.after(nanos, turn::run);
        turn.time.release();
        turn.work.acquireUninterruptibly();
    }
}
