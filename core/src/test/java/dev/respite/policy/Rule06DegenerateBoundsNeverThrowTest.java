package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

/** Degenerate bounds (0, 1 ns, base = cap) never throw and never mask the real failure. */
@Tag("cases")
class Rule06DegenerateBoundsNeverThrowTest {

    private static final List<Long> BOUNDS = List.of(0L, 1L, 2L, 3L, Long.MAX_VALUE / 4 - 1, Long.MAX_VALUE / 4);

    @Provide
    Arbitrary<Long> bounds() {
        return Arbitraries.of(BOUNDS);
    }

    @Property
    void schedule_degenerateBoundsOfEveryKind_drawsWithinThem(
            @ForAll("bounds") long one,
            @ForAll("bounds") long other,
            @ForAll("bounds") long last,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        long cap = Math.max(one, other);
        for (BackoffSettings settings : Backoffs.all(Math.min(one, other), cap)) {
            BackoffFormula schedule = new BackoffFormula(settings);
            for (int n : new int[] {1, 2, 3, 64, 65, 66, 1_000}) {
                assertThat(schedule.delayNanos(new Attempt(n, 0, last), roll))
                        .as("%s, retry %d", settings, n)
                        .isBetween(0L, cap);
            }
        }
    }

    @Property(tries = 100)
    void decide_degenerateBoundsOfEveryKind_stopsWithTheRealFailure(
            @ForAll("bounds") long one, @ForAll("bounds") long other) {
        RuntimeException real = new IllegalStateException("real");
        for (BackoffSettings settings : Backoffs.all(Math.min(one, other), Math.max(one, other))) {
            RetryPolicy policy = RetryPolicy.builder()
                    .backoff(new BackoffFormula(settings))
                    .retryOn("any")
                    .settings(Map.of("total-timeout", "off"))
                    .build();
            Attempt attempt = Attempt.FIRST;
            Decision<Object> decision = policy.decide(attempt, Outcome.failure(real), 0.5);
            while (decision instanceof Decision.RetryAfter<?> again) {
                attempt = attempt.next(0, again.backoffNanos());
                decision = policy.decide(attempt, Outcome.failure(real), 0.5);
            }
            assertThat(decision).isEqualTo(new Decision.Throw<>(real, StopReason.ATTEMPTS_EXHAUSTED));
        }
    }

    @Test
    void decide_aBackoffThatIsNegative_countsAsZero() {
        Backoff negative = (failed, roll) -> -5;
        RetryPolicy policy =
                RetryPolicy.builder().backoff(negative).retryOn("any").build();
        assertThat(policy.decide(Attempt.FIRST, Outcome.failure(new RuntimeException()), 0.5))
                .isEqualTo(new Decision.RetryAfter<>(0, 0, ErrorKind.OTHER));
    }

    @Test
    void decide_aBackoffOfCenturies_stopsAtTheTotalTimeout() {
        Backoff endless = (failed, roll) -> Long.MAX_VALUE;
        RetryPolicy policy =
                RetryPolicy.builder().backoff(endless).retryOn("any").build();
        RuntimeException real = new RuntimeException();
        assertThat(policy.decide(new Attempt(1, 1, 0), Outcome.failure(real), 0.5))
                .isEqualTo(new Decision.Throw<>(real, StopReason.TOTAL_TIMEOUT));
    }

    @Test
    void parse_degenerateBounds_areAccepted() {
        for (String bounds : List.of(
                "base-delay=0ms max-delay=0ms",
                "base-delay=1ns max-delay=1ns",
                "base-delay=0ms",
                "max-delay=0ms",
                "total-timeout=1us",
                "multiplier=1")) {
            assertThat(RetryPolicy.parse(bounds).toString()).isNotEmpty();
        }
    }
}
