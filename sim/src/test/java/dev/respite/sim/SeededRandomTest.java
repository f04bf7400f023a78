package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.sim.scenario.Distribution;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SeededRandomTest {

    private static final int DRAWS = 200_000;

    @Test
    void stream_ofASeedAndAPurpose_isTheSameForEver() {
        SeededRandom chance = new SeededRandom(1, "arrivals");
        assertThat(DoubleStream.generate(chance).limit(3).toArray())
                .containsExactly(0.04599323416813905, 0.9791677509635274, 0.42679132772162764);
    }

    @Test
    void stream_ofAnotherPurposeOrSeed_isAnother() {
        double first = new SeededRandom(1, "arrivals").getAsDouble();
        assertThat(new SeededRandom(1, "network").getAsDouble()).isNotEqualTo(first);
        assertThat(new SeededRandom(2, "arrivals").getAsDouble()).isNotEqualTo(first);
    }

    @Test
    void numbers_areUniform() {
        SeededRandom chance = new SeededRandom(7, "uniform");
        int[] tenths = new int[10];
        for (int i = 0; i < DRAWS; i++) {
            tenths[(int) (chance.getAsDouble() * 10)]++;
        }
        // Each count has the deviation sqrt(n/10 · 9/10) = 134.
        assertThat(Arrays.stream(tenths)).allSatisfy(count -> assertThat(count).isCloseTo(DRAWS / 10, within(600)));
    }

    @Test
    void distributions_haveTheMeansThatTheySay() {
        Duration ten = Duration.ofMillis(10);
        for (Distribution distribution : new Distribution[] {
            Distribution.constant(ten),
            Distribution.exponential(ten),
            Distribution.exponential(ten, 10, 0.3),
            Distribution.logNormal(ten, 0.5),
            Distribution.bimodal(ten, Duration.ofSeconds(1), 0.01)
        }) {
            SeededRandom chance = new SeededRandom(3, "means");
            double mean = DoubleStream.generate(() -> distribution.draw(chance))
                    .limit(DRAWS)
                    .average()
                    .orElseThrow();
            assertThat(mean / distribution.meanNanos())
                    .as(distribution.toString())
                    .isCloseTo(1, within(0.03));
        }
    }

    @Test
    void logNormal_hasItsMedianInTheMiddle() {
        // The median of the mean 10 ms is 10 ms · e^(−1/2).
        Distribution distribution = Distribution.logNormal(Duration.ofMillis(10), 1);
        SeededRandom chance = new SeededRandom(3, "median");
        long below = DoubleStream.generate(() -> distribution.draw(chance))
                .limit(DRAWS)
                .filter(nanos -> nanos < 6.0653e6)
                .count();
        assertThat(below / (double) DRAWS).isCloseTo(0.5, within(0.01));
    }
}
