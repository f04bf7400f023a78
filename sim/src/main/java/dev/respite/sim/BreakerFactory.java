package dev.respite.sim;

import dev.respite.Breaker;
import dev.respite.resilience4j.Resilience4jBreaker;
import dev.respite.sim.SimulationEvent.BreakerChanged;
import dev.respite.sim.SimulationEvent.BreakerChanged.State;
import dev.respite.sim.scenario.BreakerSpec;
import dev.respite.time.TimeSource;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes the breakers of a fleet: those of production, in simulated time. */
final class BreakerFactory {

    private final BreakerSpec spec;
    private final EventTap tap;
    private final CircuitBreakerConfig config;
    private final @Nullable Breaker common;
    private int made;

    BreakerFactory(BreakerSpec spec, TimeSource time, EventTap tap) {
        this.spec = spec;
        this.tap = tap;
        this.config = CircuitBreakerConfig.custom()
                .failureRateThreshold((float) (100 * spec.failureRate()))
                .slidingWindowSize(spec.window())
                .minimumNumberOfCalls(spec.window())
                .waitDurationInOpenState(spec.open())
                .clock(new SimClock(time))
                .currentTimestampFunction(clock -> time.nanoTime(), TimeUnit.NANOSECONDS)
                .writableStackTraceEnabled(false)
                .build();
        this.common = spec.shared() ? make() : null;
    }

    /** The breaker of one more client. */
    Breaker next() {
        return common == null ? make() : common;
    }

    /** Each has a name of its own, by which its refusals are known. */
    private Breaker make() {
        made++;
        CircuitBreaker breaker = CircuitBreaker.of(spec + " #" + made, config);
        if (tap.isOpen()) {
            publishStates(breaker, made);
        }
        return Resilience4jBreaker.of(breaker);
    }

    private void publishStates(CircuitBreaker breaker, int number) {
        tap.publish(new BreakerChanged(tap.now(), number, State.CLOSED));
        breaker.getEventPublisher()
                .onStateTransition(event -> tap.publish(new BreakerChanged(
                        tap.now(), number, state(event.getStateTransition().getToState()))));
    }

    private static State state(CircuitBreaker.State state) {
        return switch (state) {
            case OPEN, FORCED_OPEN -> State.OPEN;
            case HALF_OPEN -> State.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
        };
    }

    /** The wall clock of a run, as a breaker takes it. */
    private static final class SimClock extends Clock {

        private final TimeSource time;

        SimClock(TimeSource time) {
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
