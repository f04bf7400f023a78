package dev.respite.demo;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Interrupts a thread when the program is about to exit, for example after Ctrl-C, and waits until it has finished. */
final class Interruption implements AutoCloseable {

    /** The longest time that the exit of the program is delayed. */
    private static final long TIMEOUT_SECONDS = 2;

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;

    private Interruption(Thread worker) {
        this.hook = new Thread(() -> endInOrder(worker), "respite-interruption");
    }

    /** Registers a shutdown hook that interrupts the thread. */
    static Interruption onExit(Thread worker) {
        Interruption interruption = new Interruption(worker);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    boolean isRequested() {
        return requested.getCount() == 0;
    }

    private void endInOrder(Thread worker) {
        requested.countDown();
        worker.interrupt();
        try {
            boolean unused = done.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The hook is running.
        }
    }
}
