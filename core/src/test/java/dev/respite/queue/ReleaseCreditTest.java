package dev.respite.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

@Tag("cases")
class ReleaseCreditTest {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final ReleaseCredit credit = new ReleaseCredit();

    private static int taken(ReleaseCredit credit) {
        int taken = 0;
        while (credit.take()) {
            taken++;
        }
        return taken;
    }

    /** Records successes at a steady rate, and releases calls after each. Returns the releases for each success, in the end. */
    private static double releasesPerSuccess(double perSecond, long latencyNanos, ReleaseCredit credit, long from) {
        int calls = 2_000;
        int released = 0;
        long now = from;
        for (int i = 0; i < calls; i++) {
            now += Math.round(SECOND / perSecond);
            credit.succeeded(latencyNanos, now);
            int these = taken(credit);
            released += i >= calls / 2 ? these : 0;
        }
        return released / (calls / 2.0);
    }

    @Test
    void successes_thatAreFrequent_releaseHalfACallEach() {
        assertThat(releasesPerSuccess(10, 10 * MILLI, credit, 0)).isBetween(0.45, 0.5);
        assertThat(releasesPerSuccess(3, 10 * MILLI, new ReleaseCredit(), 0)).isBetween(0.4, 0.5);
    }

    @Test
    void successes_thatAreRare_releaseNone() {
        assertThat(releasesPerSuccess(0.3, 10 * MILLI, credit, 0)).isZero();
    }

    @Test
    void firstSuccesses_afterAnOutage_releaseLittle() {
        credit.succeeded(10 * MILLI, 0);
        assertThat(taken(credit)).isZero();
        // 0.05 + 0.1 + 0.15 + 0.2 + 0.25 is below 1; the sixth adds 0.3.
        for (int i = 1; i < 5; i++) {
            credit.succeeded(10 * MILLI, 0);
        }
        assertThat(taken(credit)).isZero();
        credit.succeeded(10 * MILLI, 0);
        assertThat(taken(credit)).isEqualTo(1);
    }

    /** Of the readings of a clock only differences mean anything: they may be negative, and wrap around. */
    @Test
    void releases_doNotDependOnWhereTheClockStands() {
        for (long from : new long[] {-3_600 * SECOND, Long.MAX_VALUE - 2 * SECOND}) {
            ReleaseCredit some = new ReleaseCredit();
            for (int i = 0; i < 200; i++) {
                some.failed(from + i * MILLI);
            }
            assertThat(releasesPerSuccess(10, 10 * MILLI, some, from + SECOND)).isBetween(0.45, 0.5);
        }
    }

    @Test
    void timeouts_thatAreShorterThanUsual_sayNothing() {
        releasesPerSuccess(100, 10 * MILLI, credit, 0);
        ReleaseCredit other = new ReleaseCredit();
        releasesPerSuccess(100, 10 * MILLI, other, 0);
        for (int i = 0; i < 5; i++) {
            credit.timedOut(MILLI, 20 * SECOND);
            other.failed(20 * SECOND);
        }
        assertThat(releasesPerSuccess(100, 10 * MILLI, credit, 20 * SECOND))
                .isEqualTo(releasesPerSuccess(100, 10 * MILLI, other, 20 * SECOND));
    }

    @Test
    void credit_isAtMostTwoCalls() {
        for (int i = 0; i < 1_000; i++) {
            credit.succeeded(10 * MILLI, i * MILLI);
        }
        assertThat(taken(credit)).isEqualTo(2);
    }

    @Test
    void credit_decays() {
        for (int i = 0; i < 1_000; i++) {
            credit.succeeded(10 * MILLI, i * MILLI);
        }
        credit.succeeded(10 * MILLI, 30 * SECOND);
        assertThat(taken(credit)).isZero();
    }

    @Test
    void failureOfAReleasedCall_takesTheCredit() {
        for (int i = 0; i < 1_000; i++) {
            credit.succeeded(10 * MILLI, i * MILLI);
        }
        credit.releasedFailed();
        assertThat(taken(credit)).isZero();
    }

    @Test
    void releaseThatWasNotMade_isGivenBack() {
        for (int i = 0; i < 1_000; i++) {
            credit.succeeded(10 * MILLI, i * MILLI);
        }
        assertThat(credit.take()).isTrue();
        credit.refund();
        assertThat(taken(credit)).isEqualTo(2);
        credit.refund();
        credit.refund();
        credit.refund();
        assertThat(taken(credit)).isEqualTo(2);
    }

    /** Four times the usual latency: a price of 2⁸ as soon as the recent mean has followed, which takes some 30 samples. */
    @Test
    void successes_thatBecomeSlower_releaseNone() {
        releasesPerSuccess(100, 10 * MILLI, credit, 0);
        int released = 0;
        for (int i = 0; i < 400; i++) {
            credit.succeeded(40 * MILLI, 20 * SECOND + i * (10 * MILLI));
            released += taken(credit);
        }
        assertThat(released).isBetween(5, 15);
    }

    /** A quarter of the attempts fails: nothing is released; a tenth: three fifths of the usual. */
    @Test
    void failures_lowerWhatIsReleased() {
        assertThat(releasedWhenOneFails(4)).isLessThan(10);
        assertThat(releasedWhenOneFails(10)).isBetween(270, 330);
        assertThat(releasedWhenOneFails(1_000)).isBetween(480, 500);
    }

    /** How many calls 1,000 successes release, where one of so many attempts fails. */
    private static int releasedWhenOneFails(int of) {
        ReleaseCredit some = new ReleaseCredit();
        int released = 0;
        int successes = 0;
        for (int i = 1; successes < 1_000; i++) {
            if (i % of == 0) {
                some.failed(i * (10 * MILLI));
            } else {
                some.succeeded(10 * MILLI, i * (10 * MILLI));
                successes++;
            }
            released += taken(some);
        }
        return released;
    }

    @Test
    void timeouts_countAsFailures_andAsSlow() {
        releasesPerSuccess(100, 10 * MILLI, credit, 0);
        for (int i = 0; i < 200; i++) {
            credit.timedOut(SECOND, 20 * SECOND + i * MILLI);
        }
        int released = 0;
        for (int i = 0; i < 100; i++) {
            credit.succeeded(10 * MILLI, 20 * SECOND + 200 * MILLI + i * MILLI);
            released += taken(credit);
        }
        assertThat(released).isZero();
    }

    @Property
    void anySequence_releasesAtMostHalfACallForEachSuccess(
            @ForAll long seed, @ForAll @DoubleRange(min = 0.1, max = 1_000) double rate) {
        Random random = new Random(seed);
        ReleaseCredit any = new ReleaseCredit();
        long now = 0;
        int successes = 0;
        int released = 0;
        for (int i = 0; i < 300; i++) {
            now += Math.round(-Math.log(1 - random.nextDouble()) * SECOND / rate);
            // Threads report in any order.
            long reported = Math.max(0, now - random.nextInt(1_000_000));
            if (random.nextInt(20) == 0) {
                any.timedOut(random.nextInt(1_000_000_000), reported);
            } else if (random.nextInt(20) == 0) {
                any.failed(reported);
            } else {
                any.succeeded(random.nextInt(100_000_000), reported);
                successes++;
            }
            released += taken(any);
            assertThat(released).isLessThanOrEqualTo(successes / 2 + 2);
        }
    }
}
