package dev.respite.idempotency.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("cases")
class StoreClockTest {

    private static final int STEPS = 200;
    private static final Duration HOUR = Duration.ofHours(1);

    private final TwoClocks time = new TwoClocks();
    private final StoreClock clock = new StoreClock(time);

    @Test
    void read_wallClockStepsForward_isTheWallClock() {
        time.stepWall(HOUR);
        assertThat(clock.read()).isEqualTo(new StoreClock.Reading(time.wallTime(), HOUR.toNanos()));
    }

    @Test
    void read_wallClockAheadByNoise_doesNotStep() {
        Instant before = clock.read().now();
        time.stepWall(StoreClock.TOLERANCE);
        assertThat(clock.read()).isEqualTo(new StoreClock.Reading(before, 0));
    }

    @Test
    void read_wallClockSetBack_goesOnWithTheMonotonicClock() {
        Instant before = clock.read().now();
        time.stepWall(HOUR.negated());
        time.advance(Duration.ofSeconds(1));
        assertThat(clock.read().now()).isEqualTo(before.plusSeconds(1));
    }

    /** A step back and forth is not added up. */
    @Test
    void read_wallClockSetBackAndForward_isTheWallClock() {
        time.stepWall(HOUR.negated());
        clock.read();
        time.stepWall(HOUR.plusMinutes(1));
        assertThat(clock.read().now()).isEqualTo(time.wallTime());
    }

    @Test
    void read_wallClockAtTheEndOfTime_isCountable() {
        time.stepWall(Duration.ofDays(365_000_000));
        Instant now = clock.read().now();
        time.advance(HOUR);
        assertThat(clock.read().now()).isEqualTo(now.plus(HOUR));
    }

    @Property
    void read_anyClockScript_neverGoesBackAndCatchesUp(@ForAll long seed) {
        Random random = new Random(seed);
        TwoClocks clocks = new TwoClocks();
        StoreClock tested = new StoreClock(clocks);
        StoreClock.Reading last = tested.read();
        long lastNanos = clocks.nanoTime();
        Instant highestWall = clocks.wallTime();
        for (int i = 0; i < STEPS; i++) {
            clocks.randomStep(random);
            StoreClock.Reading reading = tested.read();
            long passed = clocks.nanoTime() - lastNanos;
            highestWall = later(highestWall.plusNanos(passed), clocks.wallTime());
            assertThat(reading.now()).isAfterOrEqualTo(last.now().plusNanos(passed));
            assertThat(reading.now()).isAfterOrEqualTo(clocks.wallTime().minus(StoreClock.TOLERANCE));
            assertThat(reading.now()).isBeforeOrEqualTo(highestWall);
            assertThat(reading.stepped() - last.stepped())
                    .isEqualTo(Duration.between(last.now(), reading.now()).toNanos() - passed);
            last = reading;
            lastNanos = clocks.nanoTime();
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
