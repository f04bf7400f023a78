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
                pace.ended(succeeds, now);
            }
        }
        return taken;
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
    void successes_growTheRateByAFactorOfEEachSecond() {
        assertThat(taken(4, true)).isBetween(20, 100);
        int before = taken(1, true);
        assertThat(taken(1, true)).isBetween(2 * before, (int) (3.5 * before));
    }

    @Test
    void failures_slowDownToOneInEightSeconds() {
        taken(60, false);
        assertThat(taken(80, false)).isEqualTo(10);
    }

    @Test
    void failure_halvesTheRateOnceASecond_andItGrowsSlowlyAfterwards() {
        taken(6, true);
        int before = taken(1, true);
        for (int i = 0; i < 20; i++) {
            pace.ended(false, now);
        }
        int after = taken(1, true);
        assertThat(after).isBetween((int) (0.4 * before), (int) (1.2 * before));
        assertThat(taken(1, true)).isBetween(after, after + 10);
    }

    @Test
    void pace_thatWasNotUsed_beginsAgain() {
        taken(8, true);
        now += 11 * SECOND;
        assertThat(taken(1, true)).isLessThan(8);
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
                        limited.ended(succeeds, at);
                    }
                }
                assertThat(good).as("capacity %d", capacity).isGreaterThan(capacity * 60 * 45 / 100);
                assertThat(bad).as("capacity %d, good %d", capacity, good).isLessThan(good / 5 + 10);
            }
        }
    }
}
