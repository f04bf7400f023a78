package dev.respite.micrometer;

import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** The gauges of {@link IdempotencyMetrics#ofRecords}. Immutable, and safe for use by any number of threads. */
final class IdempotencyStoreMetrics implements MeterBinder {

    private static final String STATE = "state";

    private static final List<State> COUNTED = List.of(State.UNKNOWN, State.STARTED, State.EFFECT_STARTED);

    private final String name;
    private final IdempotencyStore store;

    private IdempotencyStoreMetrics(String name, IdempotencyStore store) {
        this.name = name;
        this.store = store;
    }

    static IdempotencyStoreMetrics of(String name, IdempotencyStore store) {
        RetryTags.checkName(name);
        return new IdempotencyStoreMetrics(name, Objects.requireNonNull(store, "store"));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        List<Meter> before = registry.getMeters();
        Clock clock = registry.config().clock();
        AtomicLong awayUntil = new AtomicLong(clock.monotonicTime());
        for (State state : COUNTED) {
            CachedReading<Long> count = new CachedReading<>(() -> store.count(state), clock, awayUntil);
            Gauge gauge = Gauge.builder(
                            "respite.idempotency.records",
                            () -> count.read().map(Long::doubleValue).orElse(Double.NaN))
                    .description("Records of keys that are not settled, by their state")
                    .tags(Tags.of(RetryTags.NAME, name, STATE, RetryTags.text(state)))
                    .register(registry);
            if (RetryTags.isBound("store '" + name + "'", gauge, before)) {
                return;
            }
        }
        CachedReading<Double> estimate = new CachedReading<>(this::estimatedCount, clock, awayUntil);
        Gauge.builder(
                        "respite.idempotency.records.estimated",
                        () -> estimate.read().orElse(Double.NaN))
                .description("Records of keys, estimated")
                .tags(Tags.of(RetryTags.NAME, name))
                .register(registry);
    }

    private double estimatedCount() {
        try {
            return store.estimatedCount();
        } catch (UnsupportedOperationException none) {
            return Double.NaN;
        }
    }
}
