package dev.respite.benchmarks.scale;

import java.net.ConnectException;

/**
 * The failure of first attempts: no stack trace, made beforehand, and one for all calls that are to wait equally long, so
 * that it is not part of the measurement.
 */
final class FailedCall extends ConnectException {

    private static final long serialVersionUID = 1;

    private final long delayMillis;

    private FailedCall(long delayMillis) {
        super("made beforehand");
        this.delayMillis = delayMillis;
    }

    /** One for each delay between these, the shortest first. */
    static FailedCall[] between(int leastMillis, int mostMillis) {
        FailedCall[] all = new FailedCall[mostMillis - leastMillis + 1];
        for (int i = 0; i < all.length; i++) {
            all[i] = new FailedCall(leastMillis + i);
        }
        return all;
    }

    long delayMillis() {
        return delayMillis;
    }

    /** The delay that a library is to make after such a failure, in milliseconds. */
    static long delayMillis(Throwable failure) {
        return ((FailedCall) failure).delayMillis;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
