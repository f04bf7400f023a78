package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Two policies built in the same millisecond do not draw the same sequence. */
class Rule03TwoPoliciesDrawDifferentlyTest {

    @Test
    void systemTime_policiesBuiltTogether_drawDifferentDelays() {
        List<List<Long>> sequences = new ArrayList<>();
        List<Retry> retries = List.of(Retry.withDefaults(), Retry.withDefaults(), Retry.withDefaults());
        for (Retry retry : retries) {
            sequences.add(draw(retry));
        }
        assertThat(sequences).doesNotHaveDuplicates();
        assertThat(sequences.get(0)).doesNotHaveDuplicates();
    }

    @Test
    void systemTime_manyRolls_areUniformFromZeroToOne() {
        int[] tenths = new int[10];
        for (int i = 0; i < 100_000; i++) {
            tenths[(int) (TimeSource.system().roll() * 10)]++;
        }
        assertThat(tenths).hasSize(10);
        for (int count : tenths) {
            assertThat(count).isBetween(9_300, 10_700);
        }
    }

    private static List<Long> draw(Retry retry) {
        List<Long> delays = new ArrayList<>();
        RetryPolicy policy = retry.policy();
        for (int i = 0; i < 20; i++) {
            Decision<Object> decision = policy.decide(
                    Attempt.FIRST,
                    Outcome.failure(new TimeoutException()),
                    retry.time().roll());
            delays.add(((Decision.RetryAfter<?>) decision).delayNanos());
        }
        return delays;
    }
}
