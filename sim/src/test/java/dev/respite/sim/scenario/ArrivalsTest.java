package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The forms of arrivals, and the times between their calls. */
class ArrivalsTest {

    private static final long SECOND = 1_000_000_000;

    private static final Arrivals POISSON = Arrivals.poisson(4);
    private static final Arrivals EVEN = Arrivals.even(4);
    private static final Arrivals BURST = Arrivals.burst(7, Duration.ofSeconds(3));
    private static final Arrivals CLOSED = Arrivals.closed(9, Distribution.constant(Duration.ofSeconds(2)));
    private static final Arrivals RAMP =
            Arrivals.ramp(List.of(4.0, 8.0), List.of(Duration.ZERO, Duration.ofSeconds(9)));

    private static double half() {
        return 0.5;
    }

    @Test
    void form_isThatOfTheFactory() {
        for (Arrivals oneByOne : List.of(POISSON, EVEN, RAMP)) {
            assertThat(oneByOne.isBurst()).isFalse();
            assertThat(oneByOne.isClosed()).isFalse();
            assertThat(oneByOne.clients()).isEqualTo(1);
        }
        assertThat(BURST.isBurst()).isTrue();
        assertThat(BURST.isClosed()).isFalse();
        assertThat(BURST.clients()).isEqualTo(7);
        assertThat(CLOSED.isBurst()).isFalse();
        assertThat(CLOSED.isClosed()).isTrue();
        assertThat(CLOSED.clients()).isEqualTo(9);
    }

    @Test
    void nanosToNext_isInTheUnitOfTheRate() {
        assertThat(EVEN.nanosToNext(0, 0, ArrivalsTest::half)).isEqualTo(SECOND / 8);
        assertThat(EVEN.nanosToNext(3, 2 * SECOND / 3, ArrivalsTest::half)).isEqualTo(7 * SECOND / 8 - 2 * SECOND / 3);
        assertThat(POISSON.nanosToNext(0, 0, ArrivalsTest::half)).isEqualTo(Math.round(Math.log(2) / 4 * SECOND));
        assertThat(BURST.nanosToNext(7, 0, ArrivalsTest::half)).isEqualTo(3 * SECOND);
        assertThat(CLOSED.nanosToNext(9, SECOND, ArrivalsTest::half)).isEqualTo(2 * SECOND);
        assertThat(RAMP.nanosToNext(0, 9 * SECOND, ArrivalsTest::half)).isEqualTo(Math.round(Math.log(2) / 8 * SECOND));
    }

    @Test
    void equality_isThatOfTheTexts() {
        assertThat(EVEN).isEqualTo(Arrivals.even(4)).hasSameHashCodeAs(Arrivals.even(4));
        assertThat(EVEN).isNotEqualTo(Arrivals.even(5)).isNotEqualTo(POISSON);
    }

    @Test
    void text_isThatOfAFile() {
        assertThat(List.of(POISSON, EVEN, BURST, CLOSED, RAMP))
                .extracting(Arrivals::toString)
                .containsExactly(
                        "poisson 4/s",
                        "even 4/s",
                        "burst 7 every 3s",
                        "closed 9 think-time constant 2s",
                        "ramp 4/s at 0 to 8/s at 9s");
    }
}
