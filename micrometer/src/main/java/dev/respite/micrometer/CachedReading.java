package dev.respite.micrometer;

import io.micrometer.core.instrument.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a store answers to a query, read at intervals: several scrapers may read at the same time.
 *
 * @param <T> the type of the answer
 */
final class CachedReading<T> {

    static final Duration KEPT = Duration.ofSeconds(5);

    /** A store that is away may take long to say so, and a scrape waits for it. */
    static final Duration AWAY = Duration.ofMinutes(1);

    private final Supplier<T> query;
    private final Clock clock;

    /** Until when the store is not read, by the monotonic clock; shared by all that read it. */
    private final AtomicLong awayUntil;

    private final AtomicReference<@Nullable Reading<T>> last = new AtomicReference<>();

    /**
     * What the store has said.
     *
     * @param value the answer; empty if it has not said so, or not yet
     * @param untilNanos how long that is good enough
     */
    private record Reading<T>(Optional<T> value, long untilNanos) {}

    CachedReading(Supplier<T> query, Clock clock, AtomicLong awayUntil) {
        this.query = query;
        this.clock = clock;
        this.awayUntil = awayUntil;
    }

    /** Empty if the store does not say. A scrape during another one gets the reading before. */
    Optional<T> read() {
        @Nullable Reading<T> before = last.get();
        long now = clock.monotonicTime();
        if (now - awayUntil.get() < 0) {
            return Optional.empty();
        }
        if (before != null && now - before.untilNanos() < 0) {
            return before.value();
        }
        Reading<T> asking = new Reading<>(before == null ? Optional.empty() : before.value(), now + KEPT.toNanos());
        if (!last.compareAndSet(before, asking)) {
            return asking.value();
        }
        Optional<T> value = answer();
        // A store that does not answer takes its time to say so.
        last.set(new Reading<>(value, clock.monotonicTime() + KEPT.toNanos()));
        return value;
    }

    private Optional<T> answer() {
        try {
            return Optional.of(query.get());
        } catch (RuntimeException away) {
            awayUntil.set(clock.monotonicTime() + AWAY.toNanos());
            return Optional.empty();
        }
    }
}
