package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rate limit of a server, request by request. */
class RateLimiterTest {

    private static final long MILLI = 1_000_000;

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 30, 70, 280, 333, 999, 1e7})
    void tryAcquire_requestsExactlyAtTheRate_areAccepted(double rate) {
        RateLimiter limiter = new RateLimiter(rate, 1);

        for (int request = 0; request < 5_000; request++) {
            assertThat(limiter.tryAcquire(Math.round(request / rate * 1e9))).isTrue();
        }
    }

    @Test
    void tryAcquire_moreThanANanosecondTooEarly_isRejected() {
        RateLimiter limiter = new RateLimiter(1_000, 1);

        assertThat(limiter.tryAcquire(0)).isTrue();
        assertThat(limiter.tryAcquire(0)).isFalse();
        assertThat(limiter.tryAcquire(MILLI - 2)).isFalse();
        assertThat(limiter.tryAcquire(MILLI - 1)).isTrue();
    }

    @Test
    void tryAcquire_afterAPause_acceptsTheBurstAndNoMore() {
        RateLimiter limiter = new RateLimiter(1_000, 3);

        for (long now : new long[] {0, 100 * MILLI, 103 * MILLI}) {
            assertThat(limiter.tryAcquire(now)).isTrue();
            assertThat(limiter.tryAcquire(now)).isTrue();
            assertThat(limiter.tryAcquire(now)).isTrue();
            assertThat(limiter.tryAcquire(now)).isFalse();
        }
    }
}
