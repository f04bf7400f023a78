package dev.respite.sim;

import dev.respite.Breaker;
import dev.respite.lab.CountWindowBreaker;
import dev.respite.sim.scenario.BreakerSpec;
import dev.respite.time.TimeSource;
import org.jspecify.annotations.Nullable;

/** {@link BreakerFactory} with breakers that behave as Resilience4j's. */
final class BreakerFactoryInBrowser {

    private final BreakerSpec spec;
    private final TimeSource time;
    private final @Nullable Breaker common;

    BreakerFactoryInBrowser(BreakerSpec spec, TimeSource time) {
        this.spec = spec;
        this.time = time;
        this.common = spec.shared() ? new CountWindowBreaker(spec, time) : null;
    }

    Breaker next() {
        return common == null ? new CountWindowBreaker(spec, time) : common;
    }
}
