package dev.respite.micrometer;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableStats;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The gauges of one database in one registry. A task gets its gauges when a reading first has it. The gauges hold this object
 * strongly, since Micrometer holds a function that way.
 */
final class DurableGauges {

    /** The number of tasks with gauges of their own, which bounds the number of series. */
    static final int MAX_TASKS = 100;

    /** The value of the tag for all other tasks. A task of this name is among them. */
    static final String OTHER = "other";

    private static final String STATE = "state";
    private static final String TASK = "task";
    private static final DurableStats NO_CALLS = new DurableStats(Map.of(), Duration.ZERO);

    private final String name;
    private final MeterRegistry registry;
    private final CachedReading<Reading> reading;

    /** The tasks with gauges of their own. One reading is made at a time. */
    private final Set<String> tasks = ConcurrentHashMap.newKeySet();

    /** The values of the tag that have gauges. */
    private final Set<String> bound = ConcurrentHashMap.newKeySet();

    DurableGauges(String name, Supplier<DurableStats> stats, MeterRegistry registry) {
        this.name = name;
        this.registry = registry;
        Clock clock = registry.config().clock();
        this.reading = new CachedReading<>(() -> grouped(stats.get()), clock, new AtomicLong(clock.monotonicTime()));
    }

    /** The numbers at one moment by the value of the tag, and how far the clock of the database is ahead of this machine's. */
    private record Reading(Map<String, DurableStats> groups, Duration clockOffset) {

        DurableStats of(String group) {
            return groups.getOrDefault(group, NO_CALLS);
        }
    }

    /** Registers the gauge without a task, whose reading finds the tasks. */
    void register() {
        List<Meter> before = registry.getMeters();
        Gauge offset = gauge("respite.durable.clock.offset", Tags.empty(), current -> seconds(current.clockOffset()))
                .description("How far the clock of the database is ahead of this machine's")
                .baseUnit("seconds")
                .register(registry);
        boolean unused = RetryTags.isBound("queue '" + name + "'", offset, before);
    }

    /** The first tasks by name have gauges of their own, if a reading has too many new ones. */
    private Reading grouped(DurableStats stats) {
        Map<String, Map<String, DurableStats.OfTask>> members = new HashMap<>();
        new TreeMap<>(stats.tasks())
                .forEach((task, numbers) -> members.computeIfAbsent(group(task), group -> new HashMap<>())
                        .put(task, numbers));
        Map<String, DurableStats> groups = new HashMap<>();
        members.forEach((group, of) -> groups.put(group, new DurableStats(of, stats.clockOffset())));
        groups.keySet().stream().filter(bound::add).forEach(this::register);
        return new Reading(groups, stats.clockOffset());
    }

    private String group(String task) {
        if (tasks.contains(task)) {
            return task;
        }
        if (task.equals(OTHER) || tasks.size() >= MAX_TASKS) {
            return OTHER;
        }
        tasks.add(task);
        return task;
    }

    private void register(String group) {
        calls(group, "due", DurableStats::due);
        calls(group, "running", DurableStats::running);
        calls(group, "scheduled", DurableStats::scheduled);
        ofGroup("respite.durable.lag", group, Tags.empty(), stats -> seconds(stats.lag()))
                .description("How long a due call has waited for a worker")
                .baseUnit("seconds")
                .register(registry);
        for (DeadLetter.State state : DeadLetter.State.values()) {
            ofGroup(
                            "respite.durable.dead.letters",
                            group,
                            Tags.of(STATE, RetryTags.text(state)),
                            stats -> stats.deadLetters(state))
                    .description(
                            "Durable calls that were given up, paused or cancelled, or could not be read, by state")
                    .register(registry);
        }
    }

    private void calls(String group, String state, ToDoubleFunction<DurableStats> count) {
        ofGroup("respite.durable.calls", group, Tags.of(STATE, state), count)
                .description("Durable calls that have not ended, by their state")
                .register(registry);
    }

    private Gauge.Builder<?> ofGroup(String meter, String group, Tags tags, ToDoubleFunction<DurableStats> value) {
        return gauge(meter, tags.and(TASK, group), current -> value.applyAsDouble(current.of(group)));
    }

    private Gauge.Builder<?> gauge(String meter, Tags tags, ToDoubleFunction<Reading> value) {
        return Gauge.builder(
                        meter, () -> reading.read().map(value::applyAsDouble).orElse(Double.NaN))
                .tags(tags.and(RetryTags.NAME, name));
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
