package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The times of a rate that changes. */
class RateRampTest {

    private static final RateRamp HILL = new RateRamp(List.of(
            point(100, 10),
            point(400, 40),
            point(400, 50),
            point(0, 70),
            point(0, 80),
            point(200, 80),
            point(200, 90)));

    private static RateRamp.Point point(double rate, int second) {
        return new RateRamp.Point(rate, Duration.ofSeconds(second));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 17, 33.3, 45, 55, 69.9, 85})
    void timeOf_isTheInverseOfTheIntegral(double since) {
        for (double calls : new double[] {0.001, 0.5, 3, 250, 5_000}) {
            double until = HILL.timeOf(calls, Math.round(since * 1e9)) / 1e9;
            // The rate, summed in small steps: an integration of its own.
            double sum = 0;
            int steps = 200_000;
            for (int i = 0; i < steps; i++) {
                sum += rate(since + (until - since) * (i + 0.5) / steps) * (until - since) / steps;
            }
            assertThat(sum).isCloseTo(calls, within(calls * 1e-6 + 400 * (until - since) / steps + 4e-7));
        }
    }

    private static double rate(double t) {
        if (t < 10) {
            return 100;
        } else if (t < 40) {
            return 100 + 10 * (t - 10);
        } else if (t < 50) {
            return 400;
        } else if (t < 70) {
            return 400 - 20 * (t - 50);
        }
        return t < 80 ? 0 : 200;
    }

    @Test
    void rateThatStaysAtZero_isNeverOver() {
        RateRamp down = new RateRamp(List.of(point(100, 0), point(0, 10)));
        assertThat(down.timeOf(501, 0)).isEqualTo(Long.MAX_VALUE);
        RateRamp up = new RateRamp(List.of(point(0, 0), point(100, 10)));
        assertThat(up.timeOf(0, 0)).isZero();
        assertThat(up.timeOf(500, 0)).isEqualTo(10_000_000_000L);
        // The first: 100 t / 10 · t / 2 = 1.25.
        assertThat(up.timeOf(1.25, 0)).isEqualTo(500_000_000L);
    }
}
