package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A backoff of one's own, from the number of the retry. */
class BackoffTest {

    private static Duration delay(Backoff backoff, int failed) {
        RetryPolicy policy =
                RetryPolicy.builder().maxAttempts(5).backoff(backoff).build();
        Decision<String> decision =
                policy.decide(new Attempt(failed, 0, 0), Outcome.failure(new ConnectException()), 0.5);
        return ((Decision.RetryAfter<String>) decision).delay();
    }

    @Test
    void of_numberOfTheRetry_givesItsDelay() {
        List<Duration> delays = List.of(Duration.ofSeconds(1), Duration.ofNanos(5), Duration.ofMillis(7));
        Backoff backoff = Backoff.of(retry -> delays.get(retry - 1));
        for (int failed = 1; failed <= delays.size(); failed++) {
            assertThat(delay(backoff, failed)).isEqualTo(delays.get(failed - 1));
            assertThat(backoff.delayNanos(new Attempt(failed, 0, 0), 0))
                    .isEqualTo(backoff.delayNanos(new Attempt(failed, 9, 8), 0.9));
        }
    }

    @Test
    void of_delayOutOfRange_isZeroOrSaturated() {
        assertThat(delay(Backoff.of(retry -> Duration.ofMillis(-1)), 1)).isZero();
        assertThat(delay(Backoff.of(retry -> Duration.ofSeconds(Long.MIN_VALUE)), 1))
                .isZero();
        assertThat(Backoff.of(retry -> Duration.ofSeconds(Long.MAX_VALUE)).delayNanos(Attempt.FIRST, 0))
                .isEqualTo(Long.MAX_VALUE);
    }
}
