package dev.respite.sim;

import dev.respite.Breaker;
import dev.respite.sim.SimulationEvent.BreakerChanged;
import dev.respite.sim.SimulationEvent.BreakerChanged.State;
import dev.respite.sim.scenario.BreakerSpec;
import dev.respite.time.TimeSource;
import org.jspecify.annotations.Nullable;

/** Creates the breakers of a fleet: one for each client, or one for all. */
final class BreakerFactory {

    private final BreakerSpec spec;
    private final TimeSource time;
    private final EventTap tap;
    private final @Nullable Breaker common;
    private int made;

    BreakerFactory(BreakerSpec spec, TimeSource time, EventTap tap) {
        this.spec = spec;
        this.time = time;
        this.tap = tap;
        this.common = spec.shared() ? create() : null;
    }

    /** Returns the breaker of one more client. */
    Breaker next() {
        return common == null ? create() : common;
    }

    private Breaker create() {
        int number = ++made;
        publish(number, State.CLOSED);
        return new CountWindowBreaker(spec, time, state -> publish(number, state));
    }

    private void publish(int number, State state) {
        if (tap.isOpen()) {
            tap.publish(new BreakerChanged(tap.now(), number, state));
        }
    }
}
