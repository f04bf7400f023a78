package dev.respite.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.InterceptedStore;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class IdempotencyStoreMetricsTest {

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final InMemoryIdempotencyStore store = InMemoryIdempotencyStore.create();

    private void put(State state) {
        StorageKey key = Scope.of("alice")
                .storageKey("pay", IdempotencyKey.of(UUID.randomUUID().toString()));
        Duration hour = Duration.ofHours(1);
        RecordWrite.Terms terms = new RecordWrite.Terms(hour, hour, hour, Optional.empty());
        store.putIfAbsent(
                key, new RecordWrite(state, "me", Fingerprint.of("1", new byte[] {1}), 1, terms, Optional.empty()));
    }

    private double records(String state) {
        return registry.get("respite.idempotency.records")
                .tags("name", "payments", "state", state)
                .gauge()
                .value();
    }

    @Test
    void records_areCountedByState() {
        put(State.UNKNOWN);
        put(State.STARTED);
        put(State.STARTED);
        put(State.READY);
        IdempotencyMetrics.ofRecords("payments", store).bindTo(registry);
        assertThat(records("unknown")).isEqualTo(1);
        assertThat(records("started")).isEqualTo(2);
        assertThat(records("effect-started")).isZero();
    }

    @Test
    void estimate_isOfAllRecords() {
        put(State.UNKNOWN);
        put(State.READY);
        IdempotencyMetrics.ofRecords("payments", store).bindTo(registry);
        assertThat(estimated()).isEqualTo(2);
    }

    /** It does not make the other gauges unavailable. */
    @Test
    void estimate_storeWithoutOne_isNaN() {
        IdempotencyStore counting = InterceptedStore.unavailable().withCount(state -> 7);
        IdempotencyMetrics.ofRecords("payments", counting).bindTo(registry);
        assertThat(estimated()).isNaN();
        assertThat(records("unknown")).isEqualTo(7);
    }

    private double estimated() {
        return registry.get("respite.idempotency.records.estimated")
                .tags("name", "payments")
                .gauge()
                .value();
    }

    @Test
    void scrapes_withinFiveSeconds_queryOnce() {
        IdempotencyMetrics.ofRecords("payments", store).bindTo(registry);
        assertThat(records("unknown")).isZero();
        put(State.UNKNOWN);
        clock.add(Duration.ofMillis(4_999));
        assertThat(records("unknown")).isZero();
        clock.add(Duration.ofMillis(1));
        assertThat(records("unknown")).isEqualTo(1);
    }

    @Test
    void storeAway_isNaNUntilItIsBack() {
        AtomicBoolean away = new AtomicBoolean(true);
        AtomicInteger requested = new AtomicInteger();
        IdempotencyStore counting = InterceptedStore.unavailable().withCount(state -> {
            requested.incrementAndGet();
            if (away.get()) {
                throw InterceptedStore.noReply();
            }
            return 7;
        });
        IdempotencyMetrics.ofRecords("payments", counting).bindTo(registry);
        assertThat(records("unknown")).isNaN();
        assertThat(records("unknown")).isNaN();
        clock.add(Duration.ofSeconds(59));
        // A scrape reads all three, and each would wait for the store.
        assertThat(records("started")).isNaN();
        assertThat(requested).hasValue(1);
        away.set(false);
        clock.add(Duration.ofSeconds(1));
        assertThat(records("unknown")).isEqualTo(7);
        assertThat(records("started")).isEqualTo(7);
    }

    @Test
    void secondOfThatName_isNotBoundAndWarned() {
        put(State.UNKNOWN);
        IdempotencyMetrics.ofRecords("payments", store).bindTo(registry);
        assertThat(LoggedWarnings.during(
                        () -> IdempotencyMetrics.ofRecords("payments", InMemoryIdempotencyStore.create())
                                .bindTo(registry)))
                .singleElement()
                .asString()
                .contains("store 'payments' is not bound");
        assertThat(records("unknown")).isEqualTo(1);
    }

    @Test
    void of_blankName_isRejected() {
        assertThatThrownBy(() -> IdempotencyMetrics.ofRecords(" ", store)).isInstanceOf(IllegalArgumentException.class);
    }
}
