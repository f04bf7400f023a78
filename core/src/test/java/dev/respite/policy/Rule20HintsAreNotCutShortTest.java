package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

/** The wait is never shorter than the server's hint, and is jittered only upwards, by at most half, up to a limit. */
@Tag("cases")
class Rule20HintsAreNotCutShortTest {

    private static final long SECOND = 1_000_000_000L;
    private static final Outcome<Object> BUSY = Outcome.success("503");

    @Property
    void honoured_anyHintUpToTheLimit_isWaitedOutAndSpreadUpwardsByAtMostHalf(
            @ForAll @LongRange(min = 1, max = 60 * SECOND) long hint,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        RetryPolicy policy = hinting("base-delay=0ms total-timeout=1h", hint);
        long delay = delay(policy.decide(Attempt.FIRST, BUSY, roll));
        assertThat(delay).isBetween(hint, Math.min(60 * SECOND, hint + hint / 2));
    }

    @Property
    void honoured_besideABackoff_isTheLongerOfTheTwo(
            @ForAll @LongRange(min = 0, max = 60 * SECOND) long hint,
            @ForAll @LongRange(min = 0, max = 20 * SECOND) long base,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        RetryPolicy policy =
                hinting("backoff=fixed total-timeout=1h base-delay=" + base + "ns retry-after-limit=2m", hint);
        Decision.RetryAfter<?> again = (Decision.RetryAfter<?>) policy.decide(Attempt.FIRST, BUSY, roll);
        assertThat(again.delayNanos()).isGreaterThanOrEqualTo(Math.max(hint, again.backoffNanos()));
        assertThat(again.delayNanos()).isLessThanOrEqualTo(Math.max(hint + hint / 2, again.backoffNanos()));
        assertThat(again.backoffNanos()).isEqualTo((long) (base * roll));
    }

    @Test
    void honoured_aHintAboveTheLimit_stopsTheCall() {
        assertThat(hinting("", 60 * SECOND + 1).decide(Attempt.FIRST, BUSY, 0.5))
                .isEqualTo(new Decision.Return<>("503", StopReason.RETRY_AFTER_TOO_LONG));
        assertThat(hinting("total-timeout=off", 60 * SECOND).decide(Attempt.FIRST, BUSY, 0.5))
                .isInstanceOf(Decision.RetryAfter.class);
        Duration days = Duration.ofSeconds(Long.MAX_VALUE);
        assertThat(hinting("total-timeout=off", days).decide(Attempt.FIRST, BUSY, 0.5))
                .isEqualTo(new Decision.Return<>("503", StopReason.RETRY_AFTER_TOO_LONG));
    }

    @Test
    void honoured_aHintThatReachesTheTotalTimeout_stopsTheCall() {
        assertThat(hinting("total-timeout=20s", 20 * SECOND).decide(Attempt.FIRST, BUSY, 0))
                .isEqualTo(new Decision.Return<>("503", StopReason.TOTAL_TIMEOUT));
        assertThat(hinting("total-timeout=20s", 19 * SECOND).decide(new Attempt(1, SECOND, 0), BUSY, 0))
                .isEqualTo(new Decision.Return<>("503", StopReason.TOTAL_TIMEOUT));
        assertThat(delay(hinting("total-timeout=20s", 18 * SECOND).decide(new Attempt(1, SECOND, 0), BUSY, 0)))
                .isEqualTo(18 * SECOND);
    }

    @Test
    void honoured_atTheLastAttempt_stopsForTheAttempts() {
        assertThat(hinting("", 90 * SECOND).decide(new Attempt(3, 0, 0), BUSY, 0))
                .isEqualTo(new Decision.Return<>("503", StopReason.ATTEMPTS_EXHAUSTED));
    }

    @Test
    void honoured_ofAPolicyWithoutJitter_isWaitedOutExactly() {
        RetryPolicy policy = hinting("jitter=none", 10 * SECOND);
        assertThat(delay(policy.decide(Attempt.FIRST, BUSY, 0.9))).isEqualTo(10 * SECOND);
    }

    @Test
    void honoured_overManyRolls_isSpreadEvenlyOverHalfTheHint() {
        Random random = new Random(20);
        for (String backoff : new String[] {"", "backoff=decorrelated", "backoff=immediate"}) {
            RetryPolicy policy = hinting(backoff, 10 * SECOND);
            double mean = random.doubles(20_000)
                    .mapToLong(roll -> delay(policy.decide(Attempt.FIRST, BUSY, roll)))
                    .average()
                    .orElseThrow();
            assertThat(mean).as(backoff).isBetween(12.4 * SECOND, 12.6 * SECOND);
        }
    }

    @Property
    void capped_anyHint_isNotWaitedForLongerThanTheLimit(
            @ForAll @LongRange(min = 1, max = 1_000_000 * SECOND) long hint,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        RetryPolicy policy = hinting("base-delay=0ms retry-after=cap retry-after-limit=5s", hint);
        long delay = delay(policy.decide(Attempt.FIRST, BUSY, roll));
        assertThat(delay).isLessThanOrEqualTo(5 * SECOND);
        if (hint <= 5 * SECOND) {
            assertThat(delay).isBetween(hint, hint + hint / 2);
        } else {
            assertThat(delay).isGreaterThanOrEqualTo(5 * SECOND / 3 * 2);
        }
    }

    /** A capped hint is too early in any case: without a spread, all clients would return at the same moment. */
    @Test
    void capped_aHintAboveTheLimit_isSpreadEvenlyOverTheLastThirdOfTheLimit() {
        RetryPolicy policy = hinting("base-delay=0ms retry-after=cap retry-after-limit=6s", 90 * SECOND);
        assertThat(delay(policy.decide(Attempt.FIRST, BUSY, 0))).isEqualTo(4 * SECOND);
        assertThat(delay(policy.decide(Attempt.FIRST, BUSY, 0.5))).isEqualTo(5 * SECOND);
        assertThat(delay(policy.decide(Attempt.FIRST, BUSY, 0.75))).isEqualTo(5 * SECOND + SECOND / 2);
    }

    @Property
    void ignored_anyHint_leavesThePolicysOwnBackoff(
            @ForAll @LongRange(min = 0) long hint,
            @ForAll @Scale(12) @DoubleRange(min = 0, max = 1, maxIncluded = false) double roll) {
        RetryPolicy policy = hinting("retry-after=ignore base-delay=1s", hint);
        assertThat(delay(policy.decide(Attempt.FIRST, BUSY, roll))).isEqualTo((long) (SECOND * roll));
    }

    @Test
    void decorrelated_afterAHint_growsFromItsOwnDelay() {
        RetryPolicy policy = hinting("backoff=decorrelated base-delay=100ms", 10 * SECOND);
        Decision.RetryAfter<?> again = (Decision.RetryAfter<?>) policy.decide(Attempt.FIRST, BUSY, 0.5);
        assertThat(again.delayNanos()).isGreaterThanOrEqualTo(10 * SECOND);
        assertThat(again.backoffNanos()).isEqualTo(200_000_000);
        assertThat(again.delay()).isEqualTo(Duration.ofNanos(again.delayNanos()));
    }

    private static RetryPolicy hinting(String text, long hintNanos) {
        return hinting(text, Duration.ofNanos(hintNanos));
    }

    private static RetryPolicy hinting(String text, Duration hint) {
        return RetryPolicy.parse(text).withClassifier(outcome -> Verdict.transientError(ErrorKind.ofStatus(503), hint));
    }

    private static long delay(Decision<?> decision) {
        return ((Decision.RetryAfter<?>) decision).delayNanos();
    }
}
