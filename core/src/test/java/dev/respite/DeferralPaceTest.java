package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeferralPaceTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;

    private final DeferralPace pace = new DeferralPace();
    private long now = 5;

    /** Takes all that may be taken in so many seconds, every millisecond; each ends at once. */
    private int taken(int seconds, boolean succeeds) {
        int taken = 0;
        for (long end = now + seconds * SECOND; now < end; now += MILLI) {
            if (pace.tryTake(now)) {
                taken++;
                end(pace, succeeds, now);
            }
        }
        return taken;
    }

    private static void end(DeferralPace pace, boolean succeeds, long at) {
        if (succeeds) {
            pace.succeeded(at);
        } else {
            pace.failed(true, at);
        }
    }

    @Test
    void tryTake_firstTime_isAllowedAtOnce_andAgainASecondLater() {
        assertThat(pace.tryTake(now)).isTrue();
        assertThat(pace.tryTake(now)).isFalse();
        now += SECOND;
        assertThat(pace.tryTake(now)).isTrue();
        assertThat(pace.tryTake(now)).isFalse();
    }

    @Test
    void left_countsTheRetriesThatMayBeMade_andTakesNone() {
        taken(15, true);
        now += SECOND / 10;
        int left = pace.left(now);
        assertThat(left).isGreaterThan(1).isEqualTo(pace.left(now));
        for (int i = 0; i < left; i++) {
            assertThat(pace.tryTake(now)).isTrue();
        }
        assertThat(pace.tryTake(now)).isFalse();
        assertThat(pace.left(now)).isZero();
    }

    @Test
    void successes_growTheRateByAFactorOfEInTwoAndAHalfSeconds() {
        taken(10, true);
        int before = taken(1, true);
        assertThat(taken(1, true)).isBetween((int) (1.3 * before), (int) (1.7 * before));
    }

    @Test
    void failures_slowDownToOneInEightSeconds() {
        taken(60, false);
        assertThat(taken(80, false)).isEqualTo(10);
    }

    @Test
    void firstOverload_halvesTheRateOnceASecond_andItGrowsSlowlyFromSeventyPercentOn() {
        taken(12, true);
        int before = taken(1, true);
        for (int i = 0; i < 20; i++) {
            pace.failed(true, now);
        }
        assertThat(taken(1, true)).isBetween((int) (0.4 * before), before);
        taken(2, true);
        int later = taken(1, true);
        assertThat(later).isBetween((int) (0.7 * before), (int) (1.3 * before));
        assertThat(taken(1, true)).isBetween(later - 1, (int) (1.05 * later) + 1);
    }

    @Test
    void laterOverload_takesThirtyPercent() {
        taken(12, true);
        pace.failed(true, now);
        taken(5, true);
        int before = taken(1, true);
        pace.failed(true, now);
        assertThat(taken(1, true)).isBetween((int) (0.65 * before), (int) (0.75 * before));
    }

    /** A share of errors with other causes may go on for ever. */
    @Test
    void otherErrors_slowDownIfMoreThanHalfOfTheRetriesFail() {
        taken(12, true);
        int before = taken(1, true);
        for (int i = 0; i < 100; i++) {
            now += 20 * MILLI;
            pace.failed(false, now);
            pace.succeeded(now);
            pace.succeeded(now);
        }
        assertThat(taken(1, true)).isGreaterThan(before);
        for (int i = 0; i < 40; i++) {
            now += SECOND;
            pace.failed(false, now);
        }
        assertThat(taken(80, false)).isBetween(9, 10);
    }

    /** Attempts that go first find the target overloaded a hundred times a second: one deferred retry in eight seconds goes on. */
    @Test
    void overloadOfOtherAttempts_leavesOneInEightSeconds() {
        taken(12, true);
        int made = 0;
        for (long end = now + 100 * SECOND; now < end; now += 10 * MILLI) {
            pace.overloaded(now);
            if (now > end - 80 * SECOND && pace.tryTake(now)) {
                made++;
                pace.failed(false, now);
            }
        }
        assertThat(made).isBetween(8, 12);
    }

    @Test
    void pace_thatWasNotUsed_beginsAgain() {
        taken(8, true);
        now += 11 * SECOND;
        assertThat(taken(1, true)).isLessThan(8);
    }

    /** Nothing of one outage slows down the retries of the next. */
    @Test
    void pace_thatWasNotUsed_behavesAsANewOne() {
        taken(3, true);
        for (int i = 0; i < 9; i++) {
            pace.failed(true, now);
            now += SECOND;
        }
        pace.succeeded(now);
        now += 200 * SECOND;
        DeferralPace other = new DeferralPace();
        assertThat(other.left(now - SECOND)).isEqualTo(1);
        pace.overloaded(now);
        other.overloaded(now);
        Random random = new Random(1);
        for (long end = now + 60 * SECOND; now < end; now += MILLI) {
            boolean isTaken = other.tryTake(now);
            assertThat(pace.tryTake(now)).as("at %d", now).isEqualTo(isTaken);
            if (isTaken) {
                double roll = random.nextDouble();
                for (DeferralPace each : new DeferralPace[] {pace, other}) {
                    if (roll < 0.7) {
                        each.succeeded(now);
                    } else {
                        each.failed(roll < 0.72, now);
                    }
                }
            }
        }
    }

    @Test
    void secondOutage_isApproachedAsFastAsTheFirst() {
        taken(3, true);
        pace.failed(true, now);
        now += 11 * SECOND;
        assertThat(taken(20, true)).isGreaterThan(3_000);
    }

    /** Two threads read the clock, and the later time comes first. */
    @Test
    void earlierTime_afterALaterOne_isNotCountedTwice() {
        assertThat(pace.tryTake(now)).isTrue();
        assertThat(pace.tryTake(now + SECOND)).isTrue();
        assertThat(pace.tryTake(now)).isFalse();
        assertThat(pace.tryTake(now + SECOND)).isFalse();
    }

    @Test
    void clock_thatStandsStill_allowsNoMore() {
        assertThat(pace.tryTake(now)).isTrue();
        for (int i = 0; i < 1_000; i++) {
            assertThat(pace.tryTake(now)).isFalse();
        }
    }

    /** A target that takes so many a second and fails the rest: most of it is used, and few fail. */
    @Test
    void rate_besideALimitedTarget_usesMostOfIt_andFailsSeldom() {
        for (int capacity : new int[] {3, 20, 300}) {
            for (long seed = 0; seed < 20; seed++) {
                DeferralPace limited = new DeferralPace();
                Random random = new Random(seed);
                Deque<Long> served = new ArrayDeque<>();
                long start = random.nextLong() / 2;
                int good = 0;
                int bad = 0;
                for (long at = start; at < start + 120 * SECOND; at += MILLI) {
                    while (limited.tryTake(at)) {
                        while (!served.isEmpty() && at - served.peekFirst() > SECOND) {
                            served.removeFirst();
                        }
                        boolean succeeds = served.size() < capacity;
                        if (succeeds) {
                            served.addLast(at);
                        }
                        // The first minute is the search.
                        if (at - start > 60 * SECOND) {
                            good += succeeds ? 1 : 0;
                            bad += succeeds ? 0 : 1;
                        }
                        end(limited, succeeds, at);
                    }
                }
                assertThat(good).as("capacity %d", capacity).isGreaterThan(capacity * 60 * 45 / 100);
                assertThat(bad).as("capacity %d, good %d", capacity, good).isLessThan(good / 5 + 10);
            }
        }
    }
}
