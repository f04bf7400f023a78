package dev.respite.micrometer;

import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.State;
import io.micrometer.core.instrument.Clock;
import java.time.Duration;

/** How many records of a store are in a state, asked once in a while: several scrapers may come at the same time. */
final class StateCount {

    static final Duration KEPT = Duration.ofSeconds(5);

    private final IdempotencyStore store;
    private final State state;
    private final Clock clock;
    private boolean asked;
    private long askedAt;
    private double value;

    StateCount(IdempotencyStore store, State state, Clock clock) {
        this.store = store;
        this.state = state;
        this.clock = clock;
    }

    /** NaN if the store does not say. */
    synchronized double read() {
        long now = clock.monotonicTime();
        if (!asked || now - askedAt >= KEPT.toNanos()) {
            value = ask();
            asked = true;
            // A store that does not answer takes its time to say so.
            askedAt = clock.monotonicTime();
        }
        return value;
    }

    private double ask() {
        try {
            return store.count(state);
        } catch (RuntimeException away) {
            return Double.NaN;
        }
    }
}
