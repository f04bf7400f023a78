package dev.respite.lab.substitute.java.util.concurrent.locks;

/** {@link java.util.concurrent.locks.ReentrantLock} for one thread, which always gets it. */
public class TReentrantLock implements TLock {

    private int holds;

    public TReentrantLock() {}

    @Override
    public void lock() {
        holds++;
    }

    @Override
    public boolean tryLock() {
        holds++;
        return true;
    }

    @Override
    public void unlock() {
        if (holds == 0) {
            throw new IllegalMonitorStateException();
        }
        holds--;
    }

    public boolean isLocked() {
        return holds > 0;
    }

    public boolean isHeldByCurrentThread() {
        return holds > 0;
    }
}
