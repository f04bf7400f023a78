package dev.respite.lab.substitute.java.util.concurrent.atomic;

/** {@link java.util.concurrent.atomic.LongAdder} for one thread: a number. */
public class TLongAdder {

    private long sum;

    public void add(long x) {
        sum += x;
    }

    public void increment() {
        sum++;
    }

    public long sum() {
        return sum;
    }
}
