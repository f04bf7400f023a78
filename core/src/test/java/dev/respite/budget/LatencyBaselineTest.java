package dev.respite.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long successes take, and what the retry of a slower failure costs. */
@Tag("cases")
class LatencyBaselineTest {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;

    private final LatencyBaseline baseline = new LatencyBaseline(8);
    private long now;

    private void samples(int count, long latency, long apart) {
        for (int i = 0; i < count; i++) {
            now += apart;
            baseline.sample(latency, now);
        }
    }

    @Test
    void price_beforeEightSuccesses_isOne() {
        samples(7, 10 * MILLI, SECOND);
        assertThat(baseline.price(3_600 * SECOND)).isEqualTo(1);
        samples(1, 10 * MILLI, SECOND);
        assertThat(baseline.price(3_600 * SECOND)).isGreaterThan(1_000);
    }

    @Test
    void price_ofAnAttemptThatWasNoSlowerThanUsual_isOne() {
        samples(20, 10 * MILLI, SECOND);
        for (long latency : new long[] {0, 1, 10 * MILLI, 15 * MILLI}) {
            assertThat(baseline.price(latency)).isEqualTo(1);
        }
    }

    @Test
    void price_ofASlowerAttempt_isTheEighthPowerOfTheMultipleOfTheLimit() {
        // Equal latencies: the deviation, half of the mean at first, is divided by the number of the samples.
        samples(8, 10 * MILLI, SECOND);
        double deviation = 5.0 * MILLI;
        for (int n = 2; n <= 8; n++) {
            deviation -= deviation / n;
        }
        double limit = 10.0 * MILLI + 8 * deviation;
        assertThat(limit).isCloseTo(15.0 * MILLI, within(1.0));
        assertThat(baseline.price(30 * MILLI)).isCloseTo(Math.pow(2, 8), within(1e-6));
        assertThat(baseline.price(18 * MILLI)).isCloseTo(Math.pow(1.2, 8), within(1e-6));
    }

    @Test
    void price_ofLatenciesThatVary_beginsAtEightMeanDeviations() {
        for (int i = 0; i < 2_000; i++) {
            samples(1, i % 2 == 0 ? 8 * MILLI : 12 * MILLI, 2 * SECOND);
        }
        // The mean is about 10 ms and the mean deviation about 2 ms.
        assertThat(baseline.price(25 * MILLI)).isEqualTo(1);
        assertThat(baseline.price(52 * MILLI)).isCloseTo(256, within(20.0));
    }

    @Test
    void price_whereTheTimeoutIsKnown_beginsAtAFifthOfIt() {
        for (int i = 0; i < 2_000; i++) {
            samples(1, i % 2 == 0 ? 8 * MILLI : 12 * MILLI, 2 * SECOND);
        }
        baseline.timedOut(100 * MILLI);
        assertThat(baseline.price(20 * MILLI)).isEqualTo(1);
        assertThat(baseline.price(40 * MILLI)).isCloseTo(256, within(1e-6));
        baseline.timedOut(140 * MILLI);
        assertThat(baseline.price(44 * MILLI)).as("a mean of 110 ms").isCloseTo(256, within(1e-6));
        for (int i = 0; i < 100; i++) {
            baseline.timedOut(1);
        }
        assertThat(baseline.price(15 * MILLI - MILLI / 2))
                .as("never below one and a half times the mean")
                .isEqualTo(1);
    }

    /** Latencies of 2 and 18 ms: one of 60 ms is within eight mean deviations, a mean of 30 ms is not within 1.75 means. */
    @ParameterizedTest
    @CsvSource({"4000, 5, 8", "1000, 3, 6", "400, 1, 1"})
    void price_whereRecentSuccessesFarApartAreSlow_growsBeforeThatOfASingleOne(
            int millisApart, double least, double greatest) {
        for (int i = 0; i < 2_000; i++) {
            samples(1, i % 2 == 0 ? 2 * MILLI : 18 * MILLI, millisApart * MILLI);
        }
        assertThat(baseline.price(60 * MILLI)).isEqualTo(1);

        samples(20, 30 * MILLI, millisApart * MILLI);

        assertThat(baseline.price(0)).as("%s ms apart", millisApart).isBetween(least, greatest);
    }

    @Test
    void sample_ofOneOutlier_isNoNewNormal() {
        samples(1_000, 10 * MILLI, 2 * SECOND);
        double before = baseline.price(40 * MILLI);
        samples(1, 3_600 * SECOND, 2 * SECOND);
        assertThat(baseline.price(40 * MILLI)).isBetween(before / 10, before);
    }

    @Test
    void sample_ofManyInAShortTime_hasTheWeightOfThatTime() {
        samples(1_000, 10 * MILLI, 2 * SECOND);
        samples(1_000, 30 * MILLI, MILLI / 1_000);
        assertThat(baseline.price(60 * MILLI))
                .as("a millisecond of slow successes")
                .isGreaterThan(1_000);
        samples(1_000, 30 * MILLI, 2 * SECOND);
        assertThat(baseline.price(60 * MILLI)).as("half an hour of them").isLessThan(30);
    }

    @Test
    void sample_ofATimeThatRunsBackwards_hasNoWeight() {
        samples(100, 10 * MILLI, 2 * SECOND);
        double before = baseline.price(40 * MILLI);
        for (int i = 0; i < 100; i++) {
            baseline.sample(50 * MILLI, now - i * SECOND);
        }
        assertThat(baseline.price(40 * MILLI)).isEqualTo(before);
        baseline.sample(50 * MILLI, now);
        assertThat(baseline.price(40 * MILLI))
                .as("nor does the time come twice")
                .isEqualTo(before);
    }

    @Test
    void price_ofSuccessesThatTakeNoTime_isOne() {
        samples(100, 0, SECOND);
        assertThat(baseline.price(0)).isEqualTo(1);
        assertThat(baseline.price(10 * MILLI)).isEqualTo(1);
    }

    @Property
    void price_ofAnySamples_isAtLeastOneAndGrowsWithTheLatency(
            @ForAll @Size(max = 50) List<@LongRange(min = 0, max = 100 * SECOND) Long> latencies,
            @ForAll @Size(max = 50) List<@LongRange(min = -100 * SECOND, max = 100 * SECOND) Long> apart,
            @ForAll @LongRange(min = 0, max = 3_600 * SECOND) long latency,
            @ForAll @LongRange(min = 0, max = 3_600 * SECOND) long longer) {
        for (int i = 0; i < latencies.size(); i++) {
            now += i < apart.size() ? apart.get(i) : SECOND;
            baseline.sample(latencies.get(i), now);
            if (i % 7 == 6) {
                baseline.timedOut(latencies.get(i));
            }
        }
        double price = baseline.price(latency);
        assertThat(price).isGreaterThanOrEqualTo(1);
        assertThat(baseline.price(latency + longer)).isGreaterThanOrEqualTo(price);
    }
}
