package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

/** No integer truncation: 1 ms × 1.5 grows. */
@Tag("cases")
class Rule04NoIntegerTruncationTest {

    @Test
    void exponential_oneMillisecondTimesOneAndAHalf_grows() {
        assertThat(first(5, "backoff=exponential base-delay=1ms multiplier=1.5 jitter=none"))
                .containsExactly(1_000_000, 1_500_000, 2_250_000, 3_375_000, 5_062_500);
    }

    @Test
    void exponential_oneNanosecondTimesOneAndAHalf_grows() {
        assertThat(first(6, "backoff=exponential base-delay=1ns multiplier=1.5 jitter=none"))
                .containsExactly(1, 1, 2, 3, 5, 7);
    }

    @Property
    void exponential_anyMultiplierAboveOne_isTheFormulaAndReachesTheCap(
            @ForAll @LongRange(min = 1, max = 10_000_000_000L) long base,
            @ForAll @Scale(12) @DoubleRange(min = 1.01, max = 10) double multiplier) {
        long cap = 20_000_000_000L;
        BackoffFormula schedule =
                new BackoffFormula(Backoffs.settings(BackoffKind.EXPONENTIAL, base, multiplier, 0, cap, Jitter.none()));
        for (int n : new int[] {1, 2, 5, 63, 64, 65, 66, 100}) {
            double exact = Math.min((double) cap, base * Math.pow(multiplier, n - 1));
            assertThat((double) schedule.delayNanos(Backoffs.attempt(n), 0.5))
                    .isBetween(exact * (1 - 1e-9) - 1, exact * (1 + 1e-9));
        }
        assertThat(schedule.delayNanos(Backoffs.attempt(3_000), 0.5)).isEqualTo(cap);
    }

    @Test
    void fixed_isTheBaseDelay() {
        assertThat(first(3, "backoff=fixed base-delay=7ms jitter=none"))
                .containsExactly(7_000_000, 7_000_000, 7_000_000);
    }

    @Test
    void immediate_isNoDelay() {
        assertThat(first(3, "backoff=immediate")).containsExactly(0, 0, 0);
    }

    @Test
    void linear_isTheBaseDelayAndAnIncrementMoreEachTime() {
        assertThat(first(4, "backoff=linear base-delay=10ms increment=3ms max-delay=18ms jitter=none"))
                .containsExactly(10_000_000, 13_000_000, 16_000_000, 18_000_000);
    }

    @Test
    void linear_withoutIncrement_isTheCoursesAttemptTimesTheBase() {
        assertThat(first(4, "backoff=linear base-delay=1s jitter=none"))
                .containsExactly(1_000_000_000, 2_000_000_000, 3_000_000_000L, 4_000_000_000L);
    }

    @Test
    void linear_withAnIncrementOfZero_isFixed() {
        assertThat(first(3, "backoff=linear base-delay=1s increment=0ms jitter=none"))
                .containsExactly(1_000_000_000, 1_000_000_000, 1_000_000_000);
    }

    @Test
    void linear_farBeyondTheTable_isTheFormula() {
        BackoffFormula schedule =
                new BackoffFormula(Backoffs.settings(BackoffKind.LINEAR, 5, 1, 3, 5_000_000_000L, Jitter.none()));
        assertThat(schedule.capped(1_000_000_001)).isEqualTo(3_000_000_005L);
        assertThat(schedule.capped(2_000_000_001)).isEqualTo(5_000_000_000L);
    }

    @Test
    void fibonacci_isTheBaseDelayTimes1235() {
        assertThat(first(7, "backoff=fibonacci base-delay=1ms max-delay=20ms jitter=none"))
                .containsExactly(1_000_000, 2_000_000, 3_000_000, 5_000_000, 8_000_000, 13_000_000, 20_000_000);
    }

    private static long[] first(int retries, String text) {
        Backoff backoff = RetryPolicy.parse(text).backoff();
        return IntStream.rangeClosed(1, retries)
                .mapToLong(n -> backoff.delayNanos(Backoffs.attempt(n), 0.7))
                .toArray();
    }
}
