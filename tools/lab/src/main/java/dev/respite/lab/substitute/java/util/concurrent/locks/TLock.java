package dev.respite.lab.substitute.java.util.concurrent.locks;

/** The methods of {@link java.util.concurrent.locks.Lock} that the engine uses. */
public interface TLock {

    void lock();

    boolean tryLock();

    void unlock();
}
