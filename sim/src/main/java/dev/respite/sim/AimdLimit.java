package dev.respite.sim;

import dev.respite.sim.scenario.ConcurrencyLimit;

/** A {@link ConcurrencyLimit} at work. Not safe for use by several threads. */
final class AimdLimit {

    private final ConcurrencyLimit spec;
    private int limit;
    private int inside;

    /** Creates a limit of which nothing is in use. */
    AimdLimit(ConcurrencyLimit spec) {
        this.spec = spec;
        this.limit = spec.initial();
    }

    /** Admits a request, if there are fewer in the server than the limit. */
    boolean tryAcquire() {
        if (inside >= limit) {
            return false;
        }
        inside++;
        return true;
    }

    /**
     * Takes note that an admitted request has left the server.
     *
     * @param nanos how long it was in the server
     * @param insideThen how many requests were there when it was admitted, with itself
     */
    void left(long nanos, int insideThen) {
        inside--;
        if (nanos > spec.latency().toNanos()) {
            decrease();
        } else if (2L * insideThen >= limit) {
            limit++;
        }
    }

    private void decrease() {
        limit = Math.max(1, (int) (limit * spec.backoff()));
    }

    /** The server starts anew: nothing is in it. */
    void restart() {
        inside = 0;
        limit = spec.initial();
    }

    /** Returns how many admitted requests are in the server. */
    int inside() {
        return inside;
    }

    /** Returns how many may be there. */
    int limit() {
        return limit;
    }
}
