package dev.respite.budget;

/**
 * The usual latency of successful attempts, and the price of the retry of a failed attempt. The price rises if that attempt
 * took longer, or if successes take longer at that time: then attempts wait in a queue, so their target has no capacity for
 * retries. Not thread-safe.
 *
 * <p>Mean and mean absolute deviation are exponentially weighted, as in TCP's retransmission timer (RFC 6298). The weight of a
 * sample is a hundredth, and less if it is closer than 1.2 s to the one before. In the mean of recent successes a sample has the
 * weight of a sixteenth, and more if it is further from the one before: up to 0.4 from 4 s on. The price is 1 up to
 * {@code max(1.5·mean, min(mean + k·deviation, 0.2·timeout))}. The timeout is a mean of the timeouts that attempts ran into.
 * Above that, the price grows with the eighth power. It also grows where the mean of recent successes is above
 * {@code 1.75·mean}, if they cover 10 s or more. If they cover less time the limit is higher: one short queue may delay them all.
 */
final class LatencyBaseline {

    /** The number of samples from which on prices are computed. */
    private static final int MIN_SAMPLES = 8;

    /** The first samples, which count alike. */
    private static final int PLAIN_SAMPLES = 20;

    private static final double MAX_WEIGHT = 0.01;
    private static final double WEIGHT_NANOS = 120e9;
    private static final double MIN_RECENT_WEIGHT = 1.0 / 16;
    private static final double MAX_RECENT_WEIGHT = 0.4;
    private static final double RECENT_WEIGHT_NANOS = 10e9;

    /** Recent samples that are at least so far apart cover 10 s or more. */
    private static final double FAR_APART_NANOS = MIN_RECENT_WEIGHT * RECENT_WEIGHT_NANOS;

    private static final double TIMEOUT_WEIGHT = 1.0 / 4;

    /** A longer latency counts as this many times the mean: one outlier is not a new normal. */
    private static final double MAX_TIMES_MEAN = 5;

    private static final double MAX_DEVIATION_TIMES_MEAN = 4;

    private static final double SLOW_TIMES_MEAN = 1.5;
    private static final double SLOW_RECENT_TIMES_MEAN = 1.75;
    private static final double SLOW_FRACTION_OF_TIMEOUT = 0.2;
    private static final double POWER = 8;

    private final double deviations;
    private int samples;
    private long sampledAt;
    private double mean;
    private double deviation;
    private double recent;

    /** The mean time between recent samples, in nanoseconds. */
    private double apart;

    private double timeout = Double.POSITIVE_INFINITY;

    /** The beginning of the last success that was not slow. */
    private long servedAt;

    private boolean served;

    /**
     * A baseline without samples.
     *
     * @param deviations how many mean absolute deviations above the mean is not slow
     */
    LatencyBaseline(double deviations) {
        this.deviations = deviations;
    }

    /** A copy with another number of deviations. */
    LatencyBaseline(double deviations, LatencyBaseline before) {
        this(deviations);
        this.samples = before.samples;
        this.sampledAt = before.sampledAt;
        this.mean = before.mean;
        this.deviation = before.deviation;
        this.recent = before.recent;
        this.apart = before.apart;
        this.timeout = before.timeout;
        this.servedAt = before.servedAt;
        this.served = before.served;
    }

    /** A successful attempt took so long, in nanoseconds. */
    void sample(long latencyNanos, long now) {
        if (latencyNanos <= slow()) {
            servedAt = now - latencyNanos;
            served = true;
        }
        samples = Math.min(samples + 1, Integer.MAX_VALUE - 1);
        if (samples == 1) {
            mean = latencyNanos;
            recent = latencyNanos;
            deviation = mean / 2;
        } else {
            double weight = samples <= PLAIN_SAMPLES ? 1.0 / samples : weight(now - sampledAt);
            double limit = samples <= MIN_SAMPLES ? Double.POSITIVE_INFINITY : MAX_TIMES_MEAN * mean;
            double latency = Math.min((double) latencyNanos, limit);
            double distance = Math.min(Math.abs(latency - mean), MAX_DEVIATION_TIMES_MEAN * mean);
            deviation += weight * (distance - deviation);
            mean += weight * (latency - mean);
            if (weight > 0) {
                double share = recentWeight(now - sampledAt);
                recent += share * (latency - recent);
                apart += share * (now - sampledAt - apart);
            }
        }
        if (samples == 1 || now - sampledAt > 0) {
            sampledAt = now;
        }
    }

    /** Samples of several threads may come out of order: one that is older than the last has no weight. */
    private static double weight(long nanos) {
        return Math.max(0, Math.min(MAX_WEIGHT, nanos / WEIGHT_NANOS));
    }

    private double recentWeight(long nanos) {
        double weight = Math.min(MAX_RECENT_WEIGHT, Math.max(MIN_RECENT_WEIGHT, nanos / RECENT_WEIGHT_NANOS));
        return Math.max(1.0 / samples, weight);
    }

    /** An attempt ran into its timeout after so long. */
    void timedOut(long latencyNanos) {
        timeout = Double.isInfinite(timeout) ? latencyNanos : timeout + TIMEOUT_WEIGHT * (latencyNanos - timeout);
    }

    /**
     * Returns the price of the retry of an attempt, as a multiple of a usual one; at least 1.
     *
     * @param latencyNanos the latency of the attempt; 0 if it does not depend on a queue, as for a timeout
     */
    double price(long latencyNanos) {
        if (samples < MIN_SAMPLES || mean <= 0) {
            return 1; // Too few samples, or a clock that is too coarse for them.
        }
        double limit = slow();
        double recentLimit = SLOW_RECENT_TIMES_MEAN * Math.max(1, FAR_APART_NANOS / apart) * mean;
        double slower = Math.max(latencyNanos / limit, recent / Math.min(limit, recentLimit));
        return slower <= 1 ? 1 : StrictMath.pow(slower, POWER);
    }

    /** Returns the latency above which an attempt is slow, in nanoseconds. */
    private double slow() {
        if (samples < MIN_SAMPLES) {
            return SLOW_FRACTION_OF_TIMEOUT * timeout;
        }
        double usual = Math.min(mean + deviations * deviation, SLOW_FRACTION_OF_TIMEOUT * timeout);
        return Math.max(SLOW_TIMES_MEAN * mean, usual);
    }

    /** Returns whether an attempt that began later than this has succeeded and was not slow. */
    boolean hasServedSince(long nanos) {
        return served && servedAt - nanos > 0;
    }
}
