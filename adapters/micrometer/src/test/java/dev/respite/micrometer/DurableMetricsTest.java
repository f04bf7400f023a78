package dev.respite.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableStats;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DurableMetricsTest {

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);

    private DurableStats stats() {
        return new DurableStats(
                1,
                2,
                3,
                Duration.ofMillis(1_500),
                Map.of(DeadLetter.State.DEAD, 4L, DeadLetter.State.PAUSED, 5L),
                Duration.ofMinutes(-10));
    }

    private double gauge(String meter, String... tags) {
        return registry.get("respite.durable." + meter)
                .tags("name", "shop")
                .tags(tags)
                .gauge()
                .value();
    }

    @Test
    void gauges_areThoseOfTheStats() {
        DurableMetrics.of("shop", this::stats).bindTo(registry);
        assertThat(gauge("calls", "state", "due")).isEqualTo(1);
        assertThat(gauge("calls", "state", "running")).isEqualTo(2);
        assertThat(gauge("calls", "state", "scheduled")).isEqualTo(3);
        assertThat(gauge("lag")).isEqualTo(1.5);
        assertThat(gauge("clock.offset")).isEqualTo(-600);
        assertThat(gauge("dead.letters", "state", "dead")).isEqualTo(4);
        assertThat(gauge("dead.letters", "state", "paused")).isEqualTo(5);
        assertThat(gauge("dead.letters", "state", "parked")).isZero();
    }

    @Test
    void scrapeOfAllGauges_readsTheDatabaseOnce() {
        AtomicInteger queries = new AtomicInteger();
        DurableMetrics.of("shop", counted(queries)).bindTo(registry);
        gauge("lag");
        gauge("calls", "state", "due");
        gauge("dead.letters", "state", "dead");
        assertThat(queries).hasValue(1);
        clock.add(Duration.ofSeconds(5));
        gauge("lag");
        assertThat(queries).hasValue(2);
    }

    private Supplier<DurableStats> counted(AtomicInteger queries) {
        return () -> {
            queries.incrementAndGet();
            return stats();
        };
    }

    @Test
    void databaseAway_isNaNForAMinute() {
        AtomicInteger queries = new AtomicInteger();
        DurableMetrics.of("shop", (Supplier<DurableStats>) () -> {
                    if (queries.incrementAndGet() == 1) {
                        throw new IllegalStateException("away");
                    }
                    return stats();
                })
                .bindTo(registry);
        assertThat(gauge("lag")).isNaN();
        clock.add(Duration.ofSeconds(59));
        assertThat(gauge("calls", "state", "due")).isNaN();
        assertThat(queries).hasValue(1);
        clock.add(Duration.ofSeconds(1));
        assertThat(gauge("calls", "state", "due")).isEqualTo(1);
    }

    @Test
    void secondOfThatName_isNotBoundAndWarned() {
        DurableMetrics.of("shop", this::stats).bindTo(registry);
        assertThat(LoggedWarnings.during(
                        () -> DurableMetrics.of("shop", this::stats).bindTo(registry)))
                .singleElement()
                .asString()
                .contains("queue 'shop' is not bound");
        DurableMetrics.of("orders", this::stats).bindTo(registry);
        assertThat(registry.get("respite.durable.lag").gauges()).hasSize(2);
    }

    @Test
    void of_blankName_isRejected() {
        assertThatThrownBy(() -> DurableMetrics.of(" ", this::stats)).isInstanceOf(IllegalArgumentException.class);
    }
}
