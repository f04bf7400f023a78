package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.scenario.ConcurrencyLimit;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The limit, step by step. */
class AimdLimitTest {

    private static final long FAST = 100_000_000L;
    private static final long SLOW = FAST + 1;

    private final AimdLimit limit = new AimdLimit(ConcurrencyLimit.aimd(Duration.ofMillis(100)));

    private int leave(long nanos, int insideThen) {
        limit.left(nanos, insideThen);
        return limit.limit();
    }

    @Test
    void limit_growsByOne_whereHalfOfItWasInUse_andShrinksByATenth() {
        for (int i = 0; i < 10; i++) {
            assertThat(limit.tryAcquire()).isTrue();
        }
        assertThat(limit.tryAcquire()).isFalse();
        assertThat(leave(FAST, 4)).as("less than half in use").isEqualTo(10);
        assertThat(leave(FAST, 5)).isEqualTo(11);
        assertThat(leave(FAST, 5)).isEqualTo(11);
        assertThat(leave(FAST, 6)).isEqualTo(12);
        assertThat(limit.inside()).isEqualTo(6);
        assertThat(leave(SLOW, 1)).as("0.9 · 12 = 10.8").isEqualTo(10);
        assertThat(leave(SLOW, 1)).isEqualTo(9);
        assertThat(leave(SLOW, 1)).as("0.9 · 9 = 8.1").isEqualTo(8);
        assertThat(limit.inside()).isEqualTo(3);
    }

    @Test
    void limit_shrinksByAtLeastOne_andNeverBelowOne() {
        AimdLimit small = new AimdLimit(new ConcurrencyLimit(Duration.ofMillis(100), 3, 0.99));
        int[] expected = {2, 1, 1};
        for (int next : expected) {
            assertThat(small.tryAcquire()).isTrue();
            small.left(SLOW, 1);
            assertThat(small.limit()).isEqualTo(next);
        }
        small.tryAcquire();
        small.left(FAST, 1);
        assertThat(small.limit()).isEqualTo(2);
    }

    @Test
    void restart_beginsWithTheFirstLimit_andNothingInside() {
        limit.tryAcquire();
        limit.left(FAST, 9);
        limit.tryAcquire();
        limit.restart();
        assertThat(limit.limit()).isEqualTo(10);
        assertThat(limit.inside()).isZero();
    }
}
