package dev.respite.queue;

/**
 * The number of calls that wait for their budget and may go on. A success releases half a call. It releases less if successes
 * are rare, if other attempts fail, or if successes take longer than usual. Not thread-safe.
 *
 * <p>A success adds {@code 0.5·min(1, s/10)·max(0, 1 − f/0.25)/price} to the credit, in calls. {@code s} are the successes of
 * the last 5 s, and {@code f} is the ratio of failures among the attempts of the last 2 s, both exponentially weighted. {@link
 * LatencyTrend} computes the price. The credit decays with a memory of 10 s and is at most 2; a failure of a released call sets
 * it to 0. The rule and its measurements are in {@code docs/evidence/budgets.md}.
 */
final class ReleaseCredit {

    private static final double PER_SUCCESS = 0.5;
    private static final double MAX_CREDIT = 2;
    private static final double CREDIT_MEMORY_NANOS = 10e9;

    /** So many recent successes count as enough to release at the full rate. */
    private static final double ENOUGH_SUCCESSES = 10;

    private static final double SUCCESSES_MEMORY_NANOS = 5e9;

    /** With so many failures among recent attempts, nothing is released. */
    private static final double MAX_FAILURES = 0.25;

    private static final double ATTEMPTS_MEMORY_NANOS = 2e9;

    private final LatencyTrend trend = new LatencyTrend();

    private double credit;
    private double successes;
    private long succeededAt;

    private double attempts;
    private double failures;
    private long attemptedAt;

    /** An attempt has succeeded after so many nanoseconds. */
    void succeeded(long latencyNanos, long now) {
        if (successes == 0) {
            succeededAt = now;
        }
        attempted(0, now);
        trend.sample((double) latencyNanos, now);
        double passed = Math.max(0, now - succeededAt);
        succeededAt = later(succeededAt, now);
        successes = successes * Math.exp(-passed / SUCCESSES_MEMORY_NANOS) + 1;
        double earned = PER_SUCCESS
                * Math.min(1, successes / ENOUGH_SUCCESSES)
                * Math.max(0, 1 - failures / MAX_FAILURES)
                / trend.price();
        credit = Math.min(MAX_CREDIT, credit * Math.exp(-passed / CREDIT_MEMORY_NANOS) + earned);
    }

    /** An attempt has failed, other than by its timeout. */
    void failed(long now) {
        attempted(1, now);
    }

    /** An attempt has run into its timeout. */
    void timedOut(long latencyNanos, long now) {
        attempted(1, now);
        trend.timedOut((double) latencyNanos, now);
    }

    /** The ratio of failures is a mean over the attempts, each with the weight that its age leaves. */
    private void attempted(double failed, long now) {
        if (attempts == 0) {
            attemptedAt = now;
        }
        double passed = Math.max(0, now - attemptedAt);
        attemptedAt = later(attemptedAt, now);
        attempts = attempts * Math.exp(-passed / ATTEMPTS_MEMORY_NANOS) + 1;
        failures += (failed - failures) / attempts;
    }

    /** The later of two readings, of which only the difference means anything. */
    private static long later(long last, long now) {
        return now - last > 0 ? now : last;
    }

    /** A call that was released has failed again: there is no capacity yet. */
    void releasedFailed() {
        credit = 0;
    }

    /** Takes what the release of a call costs; returns whether it was there. */
    boolean take() {
        if (credit < 1) {
            return false;
        }
        credit -= 1;
        return true;
    }

    /** Returns the credit of a release that was not made. */
    void refund() {
        credit = Math.min(MAX_CREDIT, credit + 1);
    }
}
