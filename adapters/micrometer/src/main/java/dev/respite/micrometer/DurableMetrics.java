package dev.respite.micrometer;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableStats;
import dev.respite.durable.TaskQueue;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The durable calls of a database, as gauges. It needs {@code respite-durable}.
 *
 * <pre>{@code
 * DurableMetrics.of("shop", durable.queue()).bindTo(registry);
 * }</pre>
 *
 * <p>The gauges, each with the tag {@code name}:
 *
 * <ul>
 *   <li>{@code respite.durable.calls} with the tag {@code state}: {@code due}, {@code running} and {@code scheduled};
 *   <li>{@code respite.durable.lag}: how long a due call has waited for a worker, in seconds, for an alarm;
 *   <li>{@code respite.durable.clock.offset}: how far the clock of the database is ahead of this machine's, in seconds;
 *   <li>{@code respite.durable.dead.letters} with the tag {@code state}: {@code dead}, {@code paused} and {@code parked}.
 * </ul>
 *
 * <p>They are of all that the database has, whichever instance enqueued it: show the maximum of the instances, not the sum. The
 * database is read at scrapes, once in 5 s at most. If it does not answer, the values are NaN for as long.
 *
 * <p>If the registry has gauges with these names and tags already, they continue to read the object that was bound first.
 * The second is not bound, and the logger {@code dev.respite} warns. The registry holds the queue.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class DurableMetrics implements MeterBinder {

    private static final String STATE = "state";

    private final String name;
    private final Supplier<DurableStats> stats;

    private DurableMetrics(String name, Supplier<DurableStats> stats) {
        this.name = name;
        this.stats = stats;
    }

    /**
     * The gauges of a queue.
     *
     * @param name the value of the tag {@code name}: one for each database of a registry
     * @param queue the queue
     * @return what binds them
     * @throws IllegalArgumentException if the name is blank
     */
    public static DurableMetrics of(String name, TaskQueue queue) {
        Objects.requireNonNull(queue, "queue");
        return of(name, queue::stats);
    }

    static DurableMetrics of(String name, Supplier<DurableStats> stats) {
        RetryTags.checkName(name);
        return new DurableMetrics(name, stats);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Clock clock = registry.config().clock();
        CachedReading<DurableStats> reading = new CachedReading<>(stats, clock, new AtomicLong(clock.monotonicTime()));
        List<Meter> before = registry.getMeters();
        Gauge lag = gauge("respite.durable.lag", reading, current -> seconds(current.lag()))
                .description("How long a due call has waited for a worker")
                .baseUnit("seconds")
                .register(registry);
        if (RetryTags.isBound("queue '" + name + "'", lag, before)) {
            return;
        }
        gauge("respite.durable.clock.offset", reading, current -> seconds(current.clockOffset()))
                .description("How far the clock of the database is ahead of this machine's")
                .baseUnit("seconds")
                .register(registry);
        calls("due", DurableStats::due, reading, registry);
        calls("running", DurableStats::running, reading, registry);
        calls("scheduled", DurableStats::scheduled, reading, registry);
        for (DeadLetter.State state : DeadLetter.State.values()) {
            gauge("respite.durable.dead.letters", reading, stats -> stats.deadLetters(state))
                    .description("Durable calls that were given up, are paused or could not be read, by their state")
                    .tag(STATE, RetryTags.text(state))
                    .register(registry);
        }
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private void calls(
            String state,
            ToDoubleFunction<DurableStats> count,
            CachedReading<DurableStats> reading,
            MeterRegistry registry) {
        gauge("respite.durable.calls", reading, count)
                .description("Durable calls that have not ended, by their state")
                .tag(STATE, state)
                .register(registry);
    }

    private Gauge.Builder<?> gauge(
            String meter, CachedReading<DurableStats> reading, ToDoubleFunction<DurableStats> value) {
        return Gauge.builder(
                        meter, () -> reading.read().map(value::applyAsDouble).orElse(Double.NaN))
                .tags(RetryTags.NAME, name);
    }
}
