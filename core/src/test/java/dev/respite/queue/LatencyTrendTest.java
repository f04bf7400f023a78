package dev.respite.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyTrendTest {

    private static final double MILLI = 1e6;
    private static final long TENTH = Duration.ofMillis(100).toNanos();

    private final LatencyTrend trend = new LatencyTrend();
    private long now = -TENTH;

    private void samples(int count, double latency) {
        for (int i = 0; i < count; i++) {
            now += TENTH;
            trend.sample(latency, now);
        }
    }

    private void timeouts(int count, double latency) {
        for (int i = 0; i < count; i++) {
            now += TENTH;
            trend.timedOut(latency, now);
        }
    }

    @Test
    void price_ofFewSamples_isOne() {
        samples(3, 10 * MILLI);
        samples(4, 1_000 * MILLI);
        timeouts(20, 3_000 * MILLI);
        assertThat(trend.price()).isEqualTo(1);
    }

    /** After 30 samples the recent mean is 29.15 ms, and the usual one has grown to 10.09 ms. */
    @Test
    void price_ofLatencyThatHasGrown_isTheEighthPowerBeyondTwiceTheUsual() {
        samples(100, 10 * MILLI);
        assertThat(trend.price()).isEqualTo(1);
        samples(30, 30 * MILLI);
        assertThat(trend.price()).isCloseTo(Math.pow(29.15 / (2 * 10.09), 8), Percentage.withPercentage(2));
        samples(60, 10 * MILLI);
        assertThat(trend.price()).isEqualTo(1);
    }

    /** The usual latency becomes the recent one. */
    @Test
    void price_ofLatencyThatHasGrownLongAgo_isOne() {
        samples(100, 10 * MILLI);
        samples(36_000, 18 * MILLI);
        samples(30, 30 * MILLI);
        assertThat(trend.price()).isEqualTo(1);
    }

    /** A timeout counts as ten times the usual latency, here 100 ms. The recent mean gets a tenth of each difference. */
    @Test
    void price_afterTimeouts_isHigh() {
        samples(100, 10 * MILLI);
        timeouts(3, 1_000 * MILLI);
        assertThat(trend.price()).isCloseTo(Math.pow(34.4 / 20, 8), Percentage.withPercentage(5));
    }

    /** The limit is a tenth of the timeout, if that is less than twice the usual latency. The recent mean is 14.8 ms. */
    @Test
    void price_withAShortTimeout_isHighEarlier() {
        samples(100, 10 * MILLI);
        timeouts(1, 130 * MILLI);
        samples(60, 10 * MILLI);
        samples(30, 15 * MILLI);
        assertThat(trend.price()).isCloseTo(Math.pow(14.8 / 13, 8), Percentage.withPercentage(5));
    }

    @Test
    void timedOut_soonerThanUsual_isNotCounted() {
        samples(100, 10 * MILLI);
        timeouts(50, 9 * MILLI);
        samples(30, 15 * MILLI);
        assertThat(trend.price()).isEqualTo(1);
    }
}
