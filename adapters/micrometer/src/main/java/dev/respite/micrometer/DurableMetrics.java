package dev.respite.micrometer;

import dev.respite.durable.DurableStats;
import dev.respite.durable.TaskQueue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The durable calls of a database, as gauges. It needs {@code respite-durable}.
 *
 * <pre>{@code
 * DurableMetrics.of("shop", durable.queue()).bindTo(registry);
 * }</pre>
 *
 * <p>The gauges, each with the tag {@code name}, and all but the clock's with the tag {@code task}:
 *
 * <ul>
 *   <li>{@code respite.durable.calls} with the tag {@code state}: {@code due}, {@code running} and {@code scheduled};
 *   <li>{@code respite.durable.lag}: how long a due call has waited for a worker, in seconds, for an alarm;
 *   <li>{@code respite.durable.dead.letters} with the tag {@code state}: {@code dead}, {@code paused}, {@code parked} and
 *       {@code cancelled};
 *   <li>{@code respite.durable.clock.offset}: how far the clock of the database is ahead of this machine's, in seconds.
 * </ul>
 *
 * <p>A task has its gauges from the scrape that first finds a call or a dead letter of it, or from the next scrape. They read 0 when
 * it has none left. The first 100 tasks have gauges of their own. The others are summed under {@code task=other}, with the longest
 * lag of them.
 *
 * <p>They are of all that the database has, whichever instance enqueued it: show the maximum of the instances, not the sum. The
 * database is read at scrapes, once in 5 s at most. If it does not answer, the values are NaN for as long.
 *
 * <p>The {@link dev.respite.Retry} of a task counts its calls that have ended in this process. {@link RetryMetrics} has that count
 * as {@code respite.calls}. Its tag {@code outcome} is {@code success} for calls that have succeeded.
 *
 * <p>If the registry has gauges with this name already, they continue to read the object that was bound first. The second is not
 * bound, and the logger {@code dev.respite} warns. The registry holds the queue.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class DurableMetrics implements MeterBinder {

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
        new DurableGauges(name, stats, registry).register();
    }
}
