package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Attempt;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Backoff state is capped, not only its output: no number of attempts brings a delay back below its floor. */
class Rule01BackoffStateIsCappedTest {

    private static final int ATTEMPTS = 10_000;
    private static final double ALMOST_ONE = Math.nextDown(1.0);

    @Provide
    Arbitrary<BackoffSettings> backoffs() {
        return Backoffs.any();
    }

    @Property(tries = 200)
    void delay_over10000ConsecutiveAttempts_staysBetweenFloorAndCap(@ForAll("backoffs") BackoffSettings settings) {
        for (double roll : new double[] {0, 0.5, ALMOST_ONE}) {
            BackoffFormula schedule = new BackoffFormula(settings);
            Attempt attempt = Attempt.FIRST;
            long floor = floor(settings, schedule);
            for (int n = 1; n <= ATTEMPTS; n++) {
                long delay = schedule.delayNanos(attempt, roll);
                assertThat(delay).as("retry %d, roll %s, %s", n, roll, settings).isBetween(floor, settings.cap());
                attempt = attempt.next(0, delay);
            }
        }
    }

    @Property(tries = 200)
    void delayBeforeJitter_overAllAttempts_neverShrinks(@ForAll("backoffs") BackoffSettings settings) {
        BackoffFormula schedule = new BackoffFormula(settings);
        long last = settings.base();
        for (int n = 1; n <= ATTEMPTS; n++) {
            long delay = schedule.capped(n);
            assertThat(delay).as("retry %d of %s", n, settings).isGreaterThanOrEqualTo(last);
            last = delay;
        }
    }

    @Property(tries = 200)
    void delay_atTheLastAttemptThatCanBeCounted_staysBetweenFloorAndCap(@ForAll("backoffs") BackoffSettings settings) {
        if (settings.kind() == BackoffKind.FIBONACCI) {
            return; // Its series is walked from the start.
        }
        BackoffFormula schedule = new BackoffFormula(settings);
        Attempt last = new Attempt(Integer.MAX_VALUE, 0, settings.cap());
        assertThat(schedule.delayNanos(last, 0)).isBetween(floor(settings, schedule), settings.cap());
        assertThat(schedule.delayNanos(last, ALMOST_ONE)).isBetween(floor(settings, schedule), settings.cap());
    }

    /** The bottom of the first window; a rounding to doubles and back is allowed for. */
    private static long floor(BackoffSettings settings, BackoffFormula schedule) {
        boolean exact = settings.jitter().isNone();
        long bottom = exact ? settings.base() : schedule.delayNanos(Attempt.FIRST, 0);
        return exact ? bottom : Math.max(0, bottom - 1 - (long) (bottom * 1e-15));
    }
}
