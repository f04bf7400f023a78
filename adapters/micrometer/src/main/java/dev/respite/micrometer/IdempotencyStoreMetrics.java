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

/**
 * The number of records in an {@link IdempotencyStore}, as gauges. It needs {@code respite-idempotency}.
 *
 * <pre>{@code
 * IdempotencyStoreMetrics.of("payments", store).bindTo(registry);
 * }</pre>
 *
 * <p>{@code respite.idempotency.records} ({@code respite_idempotency_records} in Prometheus) has the records that are not settled,
 * with the tags {@code name} and {@code state}. The states are {@code unknown} (to be investigated and resolved), {@code started}
 * and {@code effect-started} (at work, or left by a process that has ended). It is of all that the store has, whichever node made
 * it: show the maximum of the nodes, not the sum.
 *
 * <p>{@code respite.idempotency.records.estimated}, with the tag {@code name} only, is about the number of all records. A database
 * has it in its statistics, and Redis has a sample of its names. It is NaN for a store without an estimate.
 *
 * <p>The store is read at scrapes, once in 5 s at most. If it does not answer, or cannot count, the value is NaN
 * for as long. A store in Redis looks at all of its records for that: leave these gauges out where it has more than a million.
 *
 * <p>If the registry has gauges with this name and these tags already, they continue to read the object that was bound first.
 * The second is not bound, and the logger {@code dev.respite} warns. The registry holds the store.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class IdempotencyStoreMetrics implements MeterBinder {

    private static final String STATE = "state";

    private static final List<State> COUNTED = List.of(State.UNKNOWN, State.STARTED, State.EFFECT_STARTED);

    private final String name;
    private final IdempotencyStore store;

    private IdempotencyStoreMetrics(String name, IdempotencyStore store) {
        this.name = name;
        this.store = store;
    }

    /**
     * The gauges of a store.
     *
     * @param name the value of the tag {@code name}: one for each store of a registry
     * @param store the store
     * @return what binds them
     * @throws IllegalArgumentException if the name is blank
     */
    public static IdempotencyStoreMetrics of(String name, IdempotencyStore store) {
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
