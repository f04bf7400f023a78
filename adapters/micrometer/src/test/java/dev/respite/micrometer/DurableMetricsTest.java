package dev.respite.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableStats;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DurableMetricsTest {

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);

    /** The calls that the next reading finds. */
    private final Map<String, DurableStats.OfTask> tasks = new TreeMap<>(Map.of("payment", payment(1)));

    private static DurableStats.OfTask payment(long due) {
        return new DurableStats.OfTask(
                due,
                2,
                3,
                Duration.ofMillis(due * 1_500),
                Map.of(DeadLetter.State.DEAD, 4L, DeadLetter.State.PAUSED, 5L, DeadLetter.State.CANCELLED, 6L));
    }

    private DurableStats stats() {
        return new DurableStats(tasks, Duration.ofMinutes(-10));
    }

    private void bind(Supplier<DurableStats> stats) {
        DurableMetrics.of("shop", stats).bindTo(registry);
    }

    /** Reads all gauges, as a scrape does. */
    private void scrape() {
        registry.getMeters().forEach(meter -> meter.measure().forEach(sample -> sample.getValue()));
    }

    private double gauge(String meter, String... tags) {
        return registry.get("respite.durable." + meter)
                .tags("name", "shop")
                .tags(tags)
                .gauge()
                .value();
    }

    private double due(String task) {
        return gauge("calls", "state", "due", "task", task);
    }

    @Test
    void gauges_afterAScrape_areThoseOfEachTask() {
        bind(this::stats);
        scrape();
        assertThat(due("payment")).isEqualTo(1);
        assertThat(gauge("calls", "state", "running", "task", "payment")).isEqualTo(2);
        assertThat(gauge("calls", "state", "scheduled", "task", "payment")).isEqualTo(3);
        assertThat(gauge("lag", "task", "payment")).isEqualTo(1.5);
        assertThat(gauge("clock.offset")).isEqualTo(-600);
        assertThat(gauge("dead.letters", "state", "dead", "task", "payment")).isEqualTo(4);
        assertThat(gauge("dead.letters", "state", "paused", "task", "payment")).isEqualTo(5);
        assertThat(gauge("dead.letters", "state", "cancelled", "task", "payment"))
                .isEqualTo(6);
        assertThat(gauge("dead.letters", "state", "parked", "task", "payment")).isZero();
    }

    @Test
    void task_thatAppearsAndVanishes_hasGaugesFromTheNextScrapeAndReadsZero() {
        bind(this::stats);
        scrape();
        assertThat(registry.find("respite.durable.lag").tag("task", "mail").gauge())
                .isNull();
        tasks.put("mail", payment(7));
        tasks.remove("payment");
        clock.add(CachedReading.MAX_AGE);
        scrape();
        assertThat(due("mail")).isEqualTo(7);
        assertThat(due("payment")).isZero();
        assertThat(gauge("lag", "task", "payment")).isZero();
        assertThat(gauge("dead.letters", "state", "dead", "task", "payment")).isZero();
    }

    /** A name is made by an application: one for each customer would be too many series. */
    @Test
    void tasks_aboveTheLimit_areSummedUnderOther() {
        IntStream.range(100, 250).forEach(i -> tasks.put("task-" + i, payment(i)));
        bind(this::stats);
        scrape();
        assertThat(registry.find("respite.durable.lag").gauges()).hasSize(DurableGauges.MAX_TASKS + 1);
        assertThat(due("task-198")).isEqualTo(198);
        assertThat(due(DurableGauges.OTHER)).isEqualTo(IntStream.range(199, 250).sum());
        assertThat(gauge("lag", "task", DurableGauges.OTHER)).isEqualTo(249 * 1.5);

        tasks.keySet().removeIf(task -> !task.equals("payment"));
        tasks.put(DurableGauges.OTHER, payment(9));
        clock.add(CachedReading.MAX_AGE);
        scrape();
        assertThat(due(DurableGauges.OTHER)).as("a task of this name").isEqualTo(9);
        assertThat(registry.find("respite.durable.lag").gauges())
                .hasSize(DurableGauges.MAX_TASKS + 1)
                .extracting(Gauge::value)
                .containsOnly(0.0, 1.5, 13.5);
    }

    /** Gauges are registered while the registry is read. */
    @Test
    void scrapeOfPrometheus_hasNewTasksInTheNextScrapeAtLatest() {
        try (ScrapeTarget target = new ScrapeTarget()) {
            DurableMetrics.of("shop", this::stats).bindTo(target.registry);
            target.registry.scrape();
            assertThat(target.scrape().value("respite_durable_lag_seconds", "task", "payment"))
                    .isEqualTo(1.5);
        }
    }

    @Test
    void scrapeOfAllGauges_readsTheDatabaseOnce() {
        AtomicInteger queries = new AtomicInteger();
        bind(() -> {
            queries.incrementAndGet();
            return stats();
        });
        assertThat(queries).as("at the start of the application").hasValue(0);
        scrape();
        scrape();
        assertThat(queries).hasValue(1);
        clock.add(CachedReading.MAX_AGE);
        scrape();
        assertThat(queries).hasValue(2);
    }

    @Test
    void databaseAway_isNaNForAMinute() {
        AtomicInteger queries = new AtomicInteger();
        bind(() -> {
            if (queries.incrementAndGet() == 2) {
                throw new IllegalStateException("away");
            }
            return stats();
        });
        scrape();
        clock.add(CachedReading.MAX_AGE);
        assertThat(gauge("clock.offset")).isNaN();
        clock.add(Duration.ofSeconds(59));
        assertThat(due("payment")).isNaN();
        assertThat(queries).hasValue(2);
        clock.add(Duration.ofSeconds(1));
        assertThat(due("payment")).isEqualTo(1);
    }

    @Test
    void secondOfThatName_isNotBoundAndWarned() {
        bind(this::stats);
        assertThat(LoggedWarnings.during(() -> bind(this::stats)))
                .singleElement()
                .asString()
                .contains("queue 'shop' is not bound");
        DurableMetrics.of("orders", this::stats).bindTo(registry);
        scrape();
        assertThat(registry.get("respite.durable.lag").gauges()).hasSize(2);
    }

    @Test
    void of_blankName_isRejected() {
        assertThatThrownBy(() -> DurableMetrics.of(" ", this::stats)).isInstanceOf(IllegalArgumentException.class);
    }
}
