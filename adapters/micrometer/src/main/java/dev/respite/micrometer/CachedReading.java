package dev.respite.micrometer;

import io.micrometer.core.instrument.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A query of a store that is repeated at intervals, not at each reading. Several scrapers may read at the same time. */
final class CachedReading<T> {

    static final Duration MAX_AGE = Duration.ofSeconds(5);

    /** A query of an unavailable store may take long to fail, and a scrape waits for it. */
    static final Duration AWAY = Duration.ofMinutes(1);

    private final Supplier<T> query;
    private final Clock clock;

    /** Until when the store is not read, by the monotonic clock; shared by all that read it. */
    private final AtomicLong awayUntil;

    private final AtomicReference<@Nullable Reading<T>> last = new AtomicReference<>();

    /**
     * A result of the query.
     *
     * @param value the result; empty if there is none yet, or the query has failed
     * @param untilNanos the time until which the result is used
     */
    private record Reading<T>(Optional<T> value, long untilNanos) {}

    CachedReading(Supplier<T> query, Clock clock, AtomicLong awayUntil) {
        this.query = query;
        this.clock = clock;
        this.awayUntil = awayUntil;
    }

    /** Returns the result; empty if the store is unavailable. A scrape during another one gets the reading before. */
    Optional<T> read() {
        @Nullable Reading<T> before = last.get();
        long now = clock.monotonicTime();
        if (now - awayUntil.get() < 0) {
            return Optional.empty();
        }
        if (before != null && now - before.untilNanos() < 0) {
            return before.value();
        }
        Reading<T> asking = new Reading<>(before == null ? Optional.empty() : before.value(), now + MAX_AGE.toNanos());
        if (!last.compareAndSet(before, asking)) {
            return asking.value();
        }
        Optional<T> value = response();
        // A query of an unavailable store takes time to fail.
        last.set(new Reading<>(value, clock.monotonicTime() + MAX_AGE.toNanos()));
        return value;
    }

    private Optional<T> response() {
        try {
            return Optional.of(query.get());
        } catch (RuntimeException away) {
            awayUntil.set(clock.monotonicTime() + AWAY.toNanos());
            return Optional.empty();
        }
    }
}
