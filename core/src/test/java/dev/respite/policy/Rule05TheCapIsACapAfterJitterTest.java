package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Attempt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

/** The cap is a cap after jitter too. */
@Tag("cases")
class Rule05TheCapIsACapAfterJitterTest {

    @Provide
    Arbitrary<Jitter> jitters() {
        return Arbitraries.oneOf(
                Arbitraries.of(Backoffs.JITTERS),
                Arbitraries.doubles().between(0.001, 1).ofScale(12).map(Jitter::proportional));
    }

    @Provide
    Arbitrary<BackoffSettings> backoffs() {
        return Backoffs.any();
    }

    @Property
    void jitter_anyDelayUpToTheCapAndAnyRoll_staysBetweenZeroAndTheCap(
            @ForAll("jitters") Jitter jitter,
            @ForAll @LongRange(min = 0) long one,
            @ForAll @LongRange(min = 0) long other,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        long cap = Math.max(one, other);
        assertThat(jitter.apply(Math.min(one, other), cap, roll)).isBetween(0L, cap);
        assertThat(jitter.apply(Math.min(one, other), cap, Math.nextDown(1.0))).isBetween(0L, cap);
    }

    @Property
    void backoff_anyAttemptAndAnyRoll_staysBelowTheCap(
            @ForAll("backoffs") BackoffSettings settings,
            @ForAll @IntRange(min = 1, max = 5_000) int number,
            @ForAll @LongRange(min = 0) long last,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        BackoffFormula schedule = new BackoffFormula(settings);
        assertThat(schedule.delayNanos(new Attempt(number, 0, last), roll)).isBetween(0L, settings.cap());
    }

    @Test
    void proportional_atACapOf4000Microseconds_doesNotReach7990() {
        Backoff backoff = RetryPolicy.parse(
                        "backoff=fixed base-delay=4000us max-delay=4000us jitter=proportional:0.9975")
                .backoff();
        assertThat(backoff.delayNanos(Attempt.FIRST, Math.nextDown(1.0))).isBetween(3_999_990L, 4_000_000L);
    }
}
