package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jitter survives the cap: at any attempt, no delay is more probable than one in the width of the window. */
class Rule02JitterSurvivesTheCapTest {

    private static final int ROLLS_PER_NANO = 100;
    private static final Outcome<Object> FAILED = Outcome.failure(new IllegalStateException());

    @ParameterizedTest
    @CsvSource({
        // jitter, delay, cap, bottom and top of the window
        "full, 1000, 1000, 0, 1000",
        "full, 1000, 9000, 0, 1000",
        "equal, 1000, 1000, 500, 1000",
        "equal, 1000, 9000, 500, 1000",
        "additive, 1000, 1000, 500, 1000",
        "additive, 1000, 1500, 750, 1500",
        "additive, 1000, 9000, 1000, 2000",
        "proportional:0.2, 1200, 1200, 800, 1200",
        "proportional:0.2, 1000, 9000, 800, 1200",
        "proportional:1, 1000, 1000, 0, 1000",
        "proportional:0.01, 1010, 1010, 990, 1010",
    })
    void jitter_atAndBelowTheCap_spreadsEvenlyOverItsWholeWindow(
            String text, long delay, long cap, long bottom, long top) {
        Jitter jitter = Jitter.parse("jitter", text);
        Map<Long, Integer> drawn = new HashMap<>();
        long rolls = (top - bottom) * ROLLS_PER_NANO;
        for (long i = 0; i < rolls; i++) {
            drawn.merge(jitter.apply(delay, cap, (i + 0.5) / rolls), 1, Integer::sum);
        }
        assertThat(Collections.min(drawn.values())).isGreaterThanOrEqualTo(ROLLS_PER_NANO - 1);
        assertThat(Collections.max(drawn.values())).isLessThanOrEqualTo(ROLLS_PER_NANO + 1);
        assertThat(drawn).hasSize((int) (top - bottom)).containsKeys(bottom, top - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "exponential, full, 0, 1000",
        "exponential, equal, 500, 1000",
        "exponential, additive, 500, 1000",
        "exponential, proportional:0.2, 667, 1000",
        "fixed, full, 0, 1000",
        "linear increment=20ns, full, 0, 1000",
        "fibonacci, equal, 500, 1000",
    })
    void policy_manyAttemptsIntoTheCap_stillSpreads(String backoff, String jitter, long bottom, long top) {
        long base = backoff.equals("fixed") ? 1000 : 1;
        RetryPolicy policy = RetryPolicy.parse("max-attempts=5000 backoff=" + backoff + " jitter=" + jitter
                + " base-delay=" + base + "ns max-delay=1000ns budget=off retry-on=any");
        Random random = new Random(2);
        for (int number : new int[] {60, 64, 65, 4_000}) {
            Map<Long, Integer> drawn = new HashMap<>();
            int rolls = 50_000;
            for (int i = 0; i < rolls; i++) {
                drawn.merge(delay(policy, new Attempt(number, 0, 0), random.nextDouble()), 1, Integer::sum);
            }
            double fair = rolls / (double) (top - bottom);
            assertThat((double) Collections.max(drawn.values()))
                    .as("attempt %d", number)
                    .isLessThan(fair * 1.8);
            assertThat(Collections.min(drawn.keySet())).isBetween(bottom - 1, bottom + 5);
            assertThat(Collections.max(drawn.keySet())).isBetween(top - 5, top);
        }
    }

    @Test
    void decorrelated_inTheLongRun_doesNotCollectAtTheCap() {
        RetryPolicy policy = RetryPolicy.parse("unbounded=test backoff=decorrelated base-delay=1000ns max-delay=100us"
                + " budget=off retry-on=any total-timeout=off");
        Random random = new Random(3);
        int rolls = 400_000;
        Attempt attempt = Attempt.FIRST;
        Map<Long, Integer> drawn = new HashMap<>();
        for (int i = 0; i < rolls; i++) {
            long delay = delay(policy, attempt, random.nextDouble());
            drawn.merge(delay, 1, Integer::sum);
            attempt = new Attempt(2, 0, delay);
        }
        // The narrowest window is [base, 3·base]; the mean share of the draws at the cap would be 88,000.
        assertThat(Collections.max(drawn.values())).isLessThan(rolls / 2_000);
        assertThat(drawn.getOrDefault(100_000L, 0)).isLessThan(20);
        assertThat(Collections.min(drawn.keySet())).isBetween(1_000L, 1_100L);
        assertThat(Collections.max(drawn.keySet())).isBetween(99_900L, 100_000L);
    }

    private static long delay(RetryPolicy policy, Attempt attempt, double roll) {
        Decision<Object> decision = policy.decide(attempt, FAILED, roll);
        return ((Decision.RetryAfter<?>) decision).delayNanos();
    }
}
