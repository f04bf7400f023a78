package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Breaker;
import dev.respite.resilience4j.Resilience4jBreaker;
import dev.respite.sim.SimulationEvent.BreakerChanged.State;
import dev.respite.sim.scenario.BreakerSpec;
import dev.respite.time.VirtualTime;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The breaker of the lab does what Resilience4j's does: the same permissions, states and open times, whatever happens. */
class CountWindowBreakerTest {

    private static final int SEQUENCES = 3_000;
    private static final int STEPS = 400;

    @Test
    void randomSequences_grantRejectAndChangeAsResilience4j() {
        List<Integer> states = new ArrayList<>();
        for (int seed = 0; seed < SEQUENCES; seed++) {
            states.add(new Sequence(seed).play());
        }
        // The sequences have been in each state many times, or this would say nothing.
        assertThat(states.stream().filter(visited -> visited == 3).count()).isGreaterThan(SEQUENCES / 3);
    }

    @Test
    void rejection_isRecognizedByItsBreakerOnly() {
        BreakerSpec spec = BreakerSpec.own(1, 1, Duration.ofSeconds(1));
        VirtualTime time = new VirtualTime();
        Breaker one = new CountWindowBreaker(spec, time, state -> {});
        Breaker other = new CountWindowBreaker(spec, time, state -> {});
        one.failed(one.acquire(), new IllegalStateException());

        Throwable rejection = rejection(one);

        assertThat(one.isRejection(rejection)).isTrue();
        assertThat(other.isRejection(rejection)).isFalse();
        assertThat(rejection).hasMessage("the breaker 'own 100% of 1 open 1s' is OPEN");
        assertThat(one.remainingOpenTime()).contains(Duration.ofMillis(1_001));
    }

    private static Throwable rejection(Breaker breaker) {
        try {
            breaker.acquire();
        } catch (RuntimeException rejected) {
            return rejected;
        }
        throw new AssertionError("it was granted");
    }

    /** The same operations on both, in one virtual time. */
    private static final class Sequence {
        private final Random random;
        private final VirtualTime time = new VirtualTime();
        private final BreakerSpec spec;
        private final CircuitBreaker original;
        private final Breaker adapted;
        private final CountWindowBreaker breaker;
        private final List<long[]> running = new ArrayList<>();
        private final String name;

        /** How likely an attempt fails now: it changes now and then, so that breakers open and close. */
        private double failing;

        private final Set<State> visited = EnumSet.noneOf(State.class);

        Sequence(long seed) {
            random = new Random(seed);
            double[] rates = {0.001, 0.1, 0.25, 1 / 3.0, 0.333, 0.334, 0.5, 0.7, 0.999, 1};
            int[] windows = {1, 2, 3, 5, 9, 10, 11, 20, 50};
            int window = windows[random.nextInt(windows.length)];
            // What a window can reach exactly, above or below what single precision makes of it.
            double exact = (1 + random.nextInt(window)) / (double) window;
            double rate = random.nextBoolean() ? exact : rates[random.nextInt(rates.length)];
            Duration open = Duration.ofNanos(1_000_000 + random.nextInt(2_000_000_000));
            spec = BreakerSpec.own(rate, window, open);
            CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                    .failureRateThreshold((float) (100 * spec.failureRate()))
                    .slidingWindowSize(spec.window())
                    .minimumNumberOfCalls(spec.window())
                    .waitDurationInOpenState(spec.open())
                    .clock(new VirtualClock(time))
                    .currentTimestampFunction(clock -> time.nanoTime(), TimeUnit.NANOSECONDS)
                    .writableStackTraceEnabled(false)
                    .build();
            original = CircuitBreaker.of("original", config);
            adapted = Resilience4jBreaker.of(original);
            breaker = new CountWindowBreaker(spec, time, state -> {});
            name = "seed " + seed + ", " + spec;
        }

        /** Plays the sequence; returns how many states it has seen. */
        int play() {
            for (int step = 0; step < STEPS; step++) {
                if (step % 50 == 0) {
                    failing = random.nextDouble();
                }
                switch (random.nextInt(5)) {
                    case 0, 1 -> acquire(step);
                    case 2, 3 -> end();
                    default -> pass();
                }
                assertThat(breaker.state().name())
                        .as("%s, step %d", name, step)
                        .isEqualTo(original.getState().name());
                visited.add(breaker.state());
            }
            return visited.size();
        }

        private void acquire(int step) {
            long[] entered = new long[2];
            boolean granted = grants(adapted, entered, 0);
            assertThat(grants(breaker, entered, 1))
                    .as("%s, step %d", name, step)
                    .isEqualTo(granted);
            if (granted) {
                running.add(entered);
            } else {
                assertThat(breaker.remainingOpenTime())
                        .as("%s, step %d", name, step)
                        .isEqualTo(adapted.remainingOpenTime());
            }
        }

        private static boolean grants(Breaker breaker, long[] entered, int index) {
            try {
                entered[index] = breaker.acquire();
                return true;
            } catch (RuntimeException rejected) {
                assertThat(breaker.isRejection(rejected)).isTrue();
                return false;
            }
        }

        private void end() {
            if (running.isEmpty()) {
                return;
            }
            long[] entered = running.remove(random.nextInt(running.size()));
            if (random.nextInt(20) == 0) {
                adapted.release();
                breaker.release();
            } else if (random.nextDouble() < failing) {
                adapted.failed(entered[0], new IllegalStateException());
                breaker.failed(entered[1], new IllegalStateException());
            } else {
                adapted.succeeded(entered[0], "ok");
                breaker.succeeded(entered[1], "ok");
            }
        }

        /** A little time, or to the edge of the open time, or of what is slow. */
        private void pass() {
            long open = spec.open().toMillis() * 1_000_000;
            long[] nanos = LongStream.of(
                            0,
                            1,
                            random.nextInt(1_000_000_000),
                            open - 1,
                            open,
                            open + 1,
                            60_000_000_000L,
                            60_000_000_001L)
                    .toArray();
            int weight = random.nextInt(20);
            time.advance(Duration.ofNanos(nanos[weight < nanos.length ? weight : 2]));
        }
    }

    private static final class VirtualClock extends Clock {
        private final VirtualTime time;

        VirtualClock(VirtualTime time) {
            this.time = time;
        }

        @Override
        public Instant instant() {
            return time.wallTime();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
