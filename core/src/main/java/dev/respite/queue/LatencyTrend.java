package dev.respite.queue;

/**
 * The ratio of the present latency of attempts to their usual latency. A target whose latency grows has no capacity for
 * retries. Not thread-safe.
 *
 * <p>The price is 1 as long as the recent mean {@code m} is at most {@code max(1.2·b, min(2·b, 0.1·timeout))}, where {@code b}
 * is the usual latency. The timeout is a mean of the timeouts that attempts ran into. Above that, the price grows with the
 * eighth power. The recent mean follows within a second or 30 samples; the usual latency follows a fall within some ten
 * seconds, and a rise within minutes. An attempt that has timed out counts with at most ten times the usual latency.
 *
 * <p>{@code LatencyBaseline} computes the price of the retry of one attempt, and is slower. As the gate of waiting calls it
 * would let brownouts last.
 */
final class LatencyTrend {

    private static final int MIN_SAMPLES = 8;
    private static final double MIN_TIMES_USUAL = 1.2;
    private static final double MAX_TIMES_USUAL = 2;
    private static final double FRACTION_OF_TIMEOUT = 0.1;
    private static final double POWER = 8;

    private static final double MIN_WEIGHT = 1.0 / 30;
    private static final double MAX_WEIGHT = 1.0 / 4;
    private static final double WEIGHT_NANOS = 1e9;
    private static final double TIMEOUT_WEIGHT = 1.0 / 4;

    /** The first samples, in this time, count alike. */
    private static final int PLAIN_SAMPLES = 40;

    private static final double PLAIN_NANOS = 10e9;

    /** Longer samples count as so many times the usual latency. */
    private static final double MAX_SAMPLE = 20;

    private static final double MAX_PLAIN_SAMPLE = 5;
    private static final double MAX_TIMEOUT = 10;

    private int samples;
    private long firstAt;
    private long sampledAt;
    private double recent;
    private double usual;
    private double timeout = Double.POSITIVE_INFINITY;

    /** A successful attempt took so long, in nanoseconds. */
    void sample(double latency, long now) {
        samples = Math.min(samples + 1, Integer.MAX_VALUE - 1);
        if (samples == 1) {
            recent = latency;
            usual = latency;
            firstAt = now;
            sampledAt = now;
            return;
        }
        double passed = Math.max(0, now - sampledAt);
        sampledAt = now - sampledAt > 0 ? now : sampledAt;
        double weight = Math.max(1.0 / samples, Math.max(MIN_WEIGHT, Math.min(MAX_WEIGHT, passed / WEIGHT_NANOS)));
        recent += weight * (limited(latency, MAX_SAMPLE) - recent);
        if (samples <= MIN_SAMPLES || (samples <= PLAIN_SAMPLES && now - firstAt < PLAIN_NANOS)) {
            usual += (limited(latency, MAX_PLAIN_SAMPLE) - usual) / samples;
        } else {
            usual += usualWeight(passed / 1e9) * (recent - usual);
        }
    }

    private double limited(double latency, double timesUsual) {
        return samples <= MIN_SAMPLES ? latency : Math.min(latency, timesUsual * usual);
    }

    private double usualWeight(double seconds) {
        if (recent < usual) {
            return Math.min(0.05, seconds / 10);
        }
        return recent / usual < MAX_TIMES_USUAL ? Math.min(0.02, seconds / 120) : Math.min(0.004, seconds / 600);
    }

    /** An attempt has run into its timeout after so long, in nanoseconds. One that ended sooner than usual is not counted. */
    void timedOut(double latency, long now) {
        if (latency < recent) {
            return;
        }
        timeout = Double.isInfinite(timeout) ? latency : timeout + TIMEOUT_WEIGHT * (latency - timeout);
        if (samples >= MIN_SAMPLES) {
            sample(Math.min(latency, MAX_TIMEOUT * usual), now);
        }
    }

    /** Returns the present price of a retry, as a multiple of a usual one; at least 1. */
    double price() {
        if (samples < MIN_SAMPLES || usual <= 0) {
            return 1; // Too few samples, or a clock that is too coarse for them.
        }
        double limit =
                Math.max(MIN_TIMES_USUAL * usual, Math.min(MAX_TIMES_USUAL * usual, FRACTION_OF_TIMEOUT * timeout));
        return recent <= limit ? 1 : Math.pow(recent / limit, POWER);
    }
}
