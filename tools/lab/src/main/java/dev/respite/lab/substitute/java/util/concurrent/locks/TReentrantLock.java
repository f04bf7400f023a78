package dev.respite.lab.substitute.java.util.concurrent.locks;

/** {@link java.util.concurrent.locks.ReentrantLock} for one thread, which always gets it. */
public class TReentrantLock {

    public void lock() {}

    public void unlock() {}
}
