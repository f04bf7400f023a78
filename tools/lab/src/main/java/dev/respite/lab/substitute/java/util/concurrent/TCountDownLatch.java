package dev.respite.lab.substitute.java.util.concurrent;

/** {@link java.util.concurrent.CountDownLatch} for one thread, which cannot wait: a latch that is not down never will be. */
public class TCountDownLatch {

    private long count;

    public TCountDownLatch(int count) {
        this.count = count;
    }

    public void countDown() {
        count = Math.max(0, count - 1);
    }

    public void await() throws InterruptedException {
        if (count > 0) {
            throw new UnsupportedOperationException("the lab has one thread, which cannot wait: use VirtualTime");
        }
    }
}
