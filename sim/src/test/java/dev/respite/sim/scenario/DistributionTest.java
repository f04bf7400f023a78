package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** The times that distributions draw. */
class DistributionTest {

    private static final Duration TEN = Duration.ofMillis(10);
    private static final Duration HUNDRED = Duration.ofMillis(100);

    private static DoubleStream draws(Distribution distribution) {
        Random random = new Random(3);
        return random.ints(20_000).mapToDouble(unused -> distribution.draw(random::nextDouble));
    }

    @Test
    void draw_onAverage_isTheMean() {
        List<Distribution> distributions = List.of(
                Distribution.constant(TEN),
                Distribution.exponential(TEN),
                Distribution.exponential(TEN, 10, 0.2),
                Distribution.logNormal(TEN, 0.5),
                Distribution.bimodal(TEN, HUNDRED, 0.2));

        assertThat(distributions)
                .extracting(Distribution::meanNanos)
                .usingElementComparator((a, b) -> Math.abs(a - b) < 1 ? 0 : Double.compare(a, b))
                .containsExactly(10e6, 10e6, 28e6, 10e6, 28e6);
        for (Distribution distribution : distributions) {
            assertThat(draws(distribution).average().orElseThrow() / distribution.meanNanos())
                    .as(distribution.toString())
                    .isCloseTo(1, within(0.04));
        }
    }

    @Test
    void equality_isThatOfTheTexts() {
        Distribution ten = Distribution.constant(TEN);

        assertThat(ten).isEqualTo(Distribution.constant(TEN)).hasSameHashCodeAs(Distribution.constant(TEN));
        assertThat(ten).isNotEqualTo(Distribution.constant(HUNDRED)).isNotEqualTo(Distribution.exponential(TEN));
    }

    @Test
    void draw_bimodal_isOneOfTheTwoTimes() {
        Distribution bimodal = Distribution.bimodal(TEN, HUNDRED, 0.25);

        assertThat(bimodal.draw(() -> 0.24)).isEqualTo(100_000_000);
        assertThat(bimodal.draw(() -> 0.25)).isEqualTo(10_000_000);
        assertThat(draws(bimodal).filter(time -> time == 100e6).count() / 20_000.0)
                .isCloseTo(0.25, within(0.01));
    }

    /** The median of a lognormal distribution is below its mean by the factor exp(sigma² / 2). */
    @Test
    void draw_logNormal_hasItsMedian() {
        double below = draws(Distribution.logNormal(TEN, 1))
                        .filter(time -> time < 10e6 * Math.exp(-0.5))
                        .count()
                / 20_000.0;

        assertThat(below).isCloseTo(0.5, within(0.02));
    }
}
