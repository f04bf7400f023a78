package dev.respite.sim;

import dev.respite.Breaker;
import dev.respite.lab.CountWindowBreaker;
import dev.respite.sim.SimulationEvent.BreakerChanged;
import dev.respite.sim.SimulationEvent.BreakerChanged.State;
import dev.respite.sim.scenario.BreakerSpec;
import dev.respite.time.TimeSource;
import org.jspecify.annotations.Nullable;

/** {@link BreakerFactory} with breakers that behave as Resilience4j's. */
final class BreakerFactoryInBrowser {

    private final BreakerSpec spec;
    private final TimeSource time;
    private final EventTap tap;
    private final @Nullable Breaker common;
    private int made;

    BreakerFactoryInBrowser(BreakerSpec spec, TimeSource time, EventTap tap) {
        this.spec = spec;
        this.time = time;
        this.tap = tap;
        this.common = spec.shared() ? make() : null;
    }

    Breaker next() {
        return common == null ? make() : common;
    }

    private Breaker make() {
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
