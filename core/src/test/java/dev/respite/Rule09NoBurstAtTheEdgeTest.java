package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** No burst at the edge: the delay is not clipped to the time left. */
class Rule09NoBurstAtTheEdgeTest {

    @Property(tries = 300)
    void call_upToTheTotalTimeout_keepsItsDistance(
            @ForAll @IntRange(min = 1, max = 100) int delayMillis,
            @ForAll @IntRange(min = 101, max = 1_000) int total) {
        List<Long> starts = starts(delayMillis, total);
        for (int i = 1; i < starts.size(); i++) {
            assertThat(starts.get(i) - starts.get(i - 1)).isEqualTo(delayMillis * 1_000_000L);
        }
        // The attempts that begin before the total timeout, and not one more.
        assertThat(starts).hasSize((total + delayMillis - 1) / delayMillis);
    }

    @Test
    void call_30MillisecondsApartIn100_makesFourAttempts() {
        assertThat(starts(30, 100)).containsExactly(0L, 30_000_000L, 60_000_000L, 90_000_000L);
    }

    private static List<Long> starts(int delayMillis, int totalMillis) {
        VirtualTime time = new VirtualTime();
        RetryPolicy policy = RetryPolicy.builder()
                .settings(java.util.Map.of("backoff", "fixed", "jitter", "none", "budget", "off"))
                .maxAttempts(5_000)
                .baseDelay(Duration.ofMillis(delayMillis))
                .totalTimeout(Duration.ofMillis(totalMillis))
                .build();
        List<Long> starts = new ArrayList<>();
        assertThatThrownBy(() -> Retry.withoutWarnings(policy, time).call(() -> {
                    starts.add(time.nanoTime());
                    throw new ConnectException();
                }))
                .isInstanceOf(ConnectException.class);
        return starts;
    }
}
