package dev.respite.torture.fault;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Blocks threads while it is closed. Thread-safe. */
final class PauseGate {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition opened = lock.newCondition();
    private boolean closed;

    void close() {
        set(true);
    }

    void open() {
        set(false);
    }

    private void set(boolean value) {
        lock.lock();
        try {
            closed = value;
            opened.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, without regard to interrupts, until the gate is open. */
    void awaitOpen() {
        lock.lock();
        try {
            while (closed) {
                opened.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
