package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.outcome.Attempt;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

/** Full jitter follows the published formula, decorrelated below the cap. */
@Tag("cases")
class Rule03JitterFollowsItsFormulaTest {

    private static final long BASE = 1_000_000;

    @Test
    void full_overManyRolls_isUniformFromZeroToTheDelay() {
        BackoffFormula schedule = new BackoffFormula(
                Backoffs.settings(BackoffKind.EXPONENTIAL, BASE, 2, 0, 20_000_000_000L, Jitter.full()));
        Random random = new Random(1);
        for (int n : new int[] {1, 4, 14, 15, 16, 40}) {
            double window = Math.min(20_000_000_000.0, BASE * Math.pow(2, n - 1));
            double[] drawn = random.doubles(100_000)
                    .map(roll -> schedule.delayNanos(Backoffs.attempt(n), roll) / window)
                    .sorted()
                    .toArray();
            assertThat(Arrays.stream(drawn).average().orElseThrow()).isCloseTo(0.5, within(0.005));
            for (int decile = 1; decile <= 9; decile++) {
                assertThat(drawn[decile * 10_000]).as("decile %d", decile).isCloseTo(decile / 10.0, within(0.01));
            }
        }
    }

    @Property
    void full_isTheRollTimesTheDelay(
            @ForAll @LongRange(min = 0, max = 1L << 50) long delay,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        assertThat(Jitter.full().apply(delay, delay, roll)).isEqualTo((long) (roll * delay));
    }

    @Property
    void equal_isHalfTheDelayAndTheRollTimesTheOtherHalf(
            @ForAll @LongRange(min = 0, max = 1L << 50) long delay,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        assertThat(Jitter.equal().apply(delay, delay, roll)).isEqualTo((long) (delay / 2.0 + roll * (delay / 2.0)));
    }

    @Property
    void additive_belowTheCap_isTheDelayAndTheRollTimesIt(
            @ForAll @LongRange(min = 0, max = 1L << 50) long delay,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        assertThat((double) Jitter.additive().apply(delay, Long.MAX_VALUE, roll))
                .isCloseTo(delay + roll * delay, within(1.0));
    }

    @Property
    void proportional_belowTheCap_isSoMuchToEitherSide(
            @ForAll @LongRange(min = 0, max = 1L << 50) long delay,
            @ForAll @Scale(6) @DoubleRange(min = 0.01, max = 1) double fraction,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        assertThat((double) Jitter.proportional(fraction).apply(delay, Long.MAX_VALUE, roll))
                .isCloseTo(delay * (1 - fraction + 2 * fraction * roll), within(1.5));
    }

    @Property
    void decorrelated_belowTheCap_isUniformFromBaseToThreeTimesTheLastDelay(
            @ForAll @LongRange(min = 0, max = 1L << 40) long last,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        BackoffFormula schedule = new BackoffFormula(
                Backoffs.settings(BackoffKind.DECORRELATED, BASE, 1, 0, Long.MAX_VALUE, Jitter.none()));
        long previous = Math.max(BASE, last);
        assertThat(schedule.delayNanos(new Attempt(2, 0, last), roll))
                .isEqualTo(BASE + (long) (roll * (3 * previous - BASE)));
    }

    @Property
    void decorrelated_atTheCap_isUniformFromBaseToTheCap(
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        long cap = 10 * BASE;
        BackoffFormula schedule =
                new BackoffFormula(Backoffs.settings(BackoffKind.DECORRELATED, BASE, 1, 0, cap, Jitter.none()));
        assertThat(schedule.delayNanos(new Attempt(2, 0, cap / 2), roll))
                .isEqualTo(BASE + (long) (roll * (cap - BASE)));
    }
}
