package dev.respite.micrometer;

import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import io.micrometer.core.instrument.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** How many records of a store are in a state, read at intervals: several scrapers may read at the same time. */
final class IdempotencyStateCount {

    static final Duration KEPT = Duration.ofSeconds(5);

    /** A store that is away may take long to say so, and a scrape waits for it. */
    static final Duration AWAY = Duration.ofMinutes(1);

    private final IdempotencyStore store;
    private final State state;
    private final Clock clock;

    /** Until when the store is not read, by the monotonic clock; shared by all that count in it. */
    private final AtomicLong awayUntil;

    private final AtomicReference<@Nullable Reading> last = new AtomicReference<>();

    /**
     * What the store has said.
     *
     * @param value how many; NaN if it has not said so, or not yet
     * @param untilNanos how long that is good enough
     */
    private record Reading(double value, long untilNanos) {}

    IdempotencyStateCount(IdempotencyStore store, State state, Clock clock, AtomicLong awayUntil) {
        this.store = store;
        this.state = state;
        this.clock = clock;
        this.awayUntil = awayUntil;
    }

    /** NaN if the store does not say. A scrape during another one gets the reading before. */
    double read() {
        Reading before = last.get();
        long now = clock.monotonicTime();
        if (now - awayUntil.get() < 0) {
            return Double.NaN;
        }
        if (before != null && now - before.untilNanos() < 0) {
            return before.value();
        }
        Reading asking = new Reading(before == null ? Double.NaN : before.value(), now + KEPT.toNanos());
        if (!last.compareAndSet(before, asking)) {
            return asking.value();
        }
        double value = query();
        // A store that does not answer takes its time to say so.
        last.set(new Reading(value, clock.monotonicTime() + KEPT.toNanos()));
        return value;
    }

    private double query() {
        try {
            return store.count(state);
        } catch (RuntimeException away) {
            awayUntil.set(clock.monotonicTime() + AWAY.toNanos());
            return Double.NaN;
        }
    }
}
