package dev.respite.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The calls of a client: whether they are few, and how many a second. */
class LastCallsTest {

    private static final long SECOND = 1_000_000_000L;

    private final LastCalls calls = new LastCalls();

    @Test
    void oneCall_saysNothingOfTheRate() {
        assertThat(calls.areFewSince(100 * SECOND, 1_000 * SECOND)).isFalse();
        calls.called(0);
        assertThat(calls.areFewSince(100 * SECOND, 99 * SECOND)).isFalse();
        assertThat(calls.areFewSince(100 * SECOND, 100 * SECOND)).isTrue();
        assertThat(calls.perSecond(100 * SECOND)).isZero();
    }

    @Test
    void calls_areFewSinceTheEarlierOfTwo() {
        calls.called(0);
        calls.called(300 * SECOND);
        calls.called(350 * SECOND);
        assertThat(calls.areFewSince(100 * SECOND, 399 * SECOND)).isFalse();
        assertThat(calls.areFewSince(100 * SECOND, 400 * SECOND)).isTrue();
        assertThat(calls.perSecond(350 * SECOND)).isCloseTo(0.02, within(1e-9));
    }

    @Test
    void call_beforeTheLast_isLeftOut() {
        calls.called(10 * SECOND);
        calls.called(5 * SECOND);
        calls.called(12 * SECOND);
        assertThat(calls.perSecond(12 * SECOND)).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void callsPerSecond_atRandomTimes_areEstimatedWithoutBias() {
        Random random = new Random(3);
        double sum = 0;
        long now = 0;
        int measured = 100_000;
        for (int i = 0; i < measured; i++) {
            calls.called(now);
            now += Math.round(-Math.log(1 - random.nextDouble()) * SECOND);
            sum += i < 2 ? 0 : calls.perSecond(now);
        }
        assertThat(sum / measured).isCloseTo(1, within(0.05));
    }
}
