package dev.respite.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbePauseTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final ProbePause pause = new ProbePause();

    private long after(double perSecond, int attempts) {
        long now = 0;
        for (int i = 0; i < attempts; i++) {
            now = Math.round(i * SECOND / perSecond);
            pause.attempted(i % 2 == 0, now);
        }
        return now;
    }

    /** Ten times the distance of attempts; a client with many has a second. */
    @ParameterizedTest
    @CsvSource({"100, 1", "20, 1", "5, 2", "1, 10", "0.1, 60"})
    void pause_isTenTimesTheUsualDistance(double perSecond, double seconds) {
        long now = after(perSecond, (int) Math.max(20, perSecond * 200));
        assertThat(pause.nanosLeft(now) / (double) SECOND).isBetween(0.8 * seconds, 1.25 * seconds);
        assertThat(pause.nanosLeft(now + SECOND)).isEqualTo(pause.nanosLeft(now) - SECOND);
    }

    @Test
    void pause_ofANewClient_isAMinute() {
        for (int i = 0; i < 5; i++) {
            pause.attempted(false, -5 * SECOND);
        }
        assertThat(pause.nanosLeft(-5 * SECOND)).isEqualTo(60 * SECOND);
    }

    @Test
    void pause_doublesWithEachFailure_untilASuccess() {
        long now = after(100, 1_000);
        for (int times : new int[] {2, 4, 8, 8}) {
            pause.probeFailed();
            assertThat(pause.nanosLeft(now)).isEqualTo(times * SECOND);
        }
        pause.attempted(false, now);
        assertThat(pause.nanosLeft(now)).isEqualTo(8 * SECOND);
        pause.attempted(true, now);
        assertThat(pause.nanosLeft(now)).isEqualTo(SECOND);
    }

    /** Attempts of several threads may come out of order. */
    @Test
    void pause_afterAnAttemptThatComesLate_beginsAtTheLatest() {
        long now = after(100, 1_000);
        pause.attempted(true, now - 5 * SECOND);
        assertThat(pause.nanosLeft(now)).isEqualTo(SECOND);
    }
}
