package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.IdempotencyStore.Full;
import dev.respite.idempotency.store.IdempotencyStore.Put;
import dev.respite.idempotency.store.IdempotencyStore.Rejected;
import dev.respite.idempotency.store.IdempotencyStore.Written;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The limit for the records of a scope. */
class QuotaTest {

    private final Scope scope = Scope.of("mallory " + UUID.randomUUID());

    private StorageKey key(int number) {
        return scope.storageKey("pay", IdempotencyKey.of("key " + number));
    }

    private static RecordWrite recordWrite(Optional<Instant> keyTime) {
        RecordWrite.Terms terms =
                new RecordWrite.Terms(Duration.ofSeconds(30), Duration.ofDays(1), Duration.ZERO, keyTime);
        return new RecordWrite(State.READY, "me", Fingerprint.of("1", new byte[] {1}), 1, terms, Optional.empty());
    }

    private Put put(IdempotencyStore store, int number) {
        return store.putIfAbsent(key(number), recordWrite(Optional.empty()));
    }

    /** Adds records until one is rejected, and returns how many were added. */
    private int fill(IdempotencyStore store, int firstNumber) {
        int number = firstNumber;
        while (put(store, number) instanceof Written) {
            number++;
            assertThat(number - firstNumber).isLessThan(2_000);
        }
        return number - firstNumber;
    }

    private static JdbcIdempotencyStore store(TestDatabase database, long most) {
        return JdbcIdempotencyStore.of(database.dataSource()).withMaxPerScope(most);
    }

    @Test
    void withMaxPerScope_none_isRejected() {
        JdbcIdempotencyStore one = store(TestDatabase.H2_MEMORY, 1);
        assertThat(fill(one, 0)).isEqualTo(1);
        assertThatThrownBy(() -> one.withMaxPerScope(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 0 records per scope");
    }

    @OnEachDatabase
    void putIfAbsent_thousandRecords_countsTenTimes(TestDatabase database) {
        AtomicInteger counts = new AtomicInteger();
        try (HikariDataSource pool = database.pool(1)) {
            DataSource tapped = InterceptedDataSource.tapped(OneConnectionPerThread.of(pool), (step, raw, go) -> {
                counts.addAndGet(step.contains("COUNT(*)") ? 1 : 0);
                return go.go();
            });
            JdbcIdempotencyStore store = JdbcIdempotencyStore.of(tapped).withMaxPerScope(100_000);
            counts.set(0);
            for (int i = 0; i < 1_000; i++) {
                assertThat(put(store, i)).isInstanceOf(Written.class);
            }
        }
        assertThat(counts).hasValue(10);
    }

    /** The second store has counted before the first one has filled the scope. */
    @OnEachDatabase
    void putIfAbsent_twoStores_exceedTheLimitByOneGrant(TestDatabase database) {
        JdbcIdempotencyStore first = store(database, 160);
        JdbcIdempotencyStore second = store(database, 160);
        assertThat(put(second, 0)).isInstanceOf(Written.class);
        assertThat(fill(first, 1)).isEqualTo(159);
        assertThat(fill(second, 1_000)).isEqualTo(9);
        assertThat(fill(store(database, 160), 2_000)).isZero();
    }

    @OnEachDatabase
    void putIfAbsent_manyAtOnce_stayBelowTheLimit(TestDatabase database) throws Exception {
        JdbcIdempotencyStore store = store(database, 20);
        AtomicInteger numbers = new AtomicInteger();
        List<Callable<Put>> claims = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            claims.add(() -> put(store, numbers.incrementAndGet()));
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        int written = 0;
        try {
            for (Future<Put> put : threads.invokeAll(claims)) {
                written += put.get() instanceof Written ? 1 : 0;
            }
        } finally {
            threads.shutdown();
        }
        AtomicInteger total = new AtomicInteger(written);
        // A claim that was rejected while others were in progress may leave the scope closed for a moment.
        await().until(() -> total.addAndGet(fill(store, 1_000 + total.get())) >= 20);
        assertThat(total).hasValue(20);
    }

    @OnEachDatabase
    void putIfAbsent_fullScope_findsExistingRecordsAndRejectsOldKeys(TestDatabase database) {
        JdbcIdempotencyStore store = store(database, 2);
        assertThat(fill(store, 0)).isEqualTo(2);
        assertThat(((Rejected) put(store, 1)).current()).isPresent();
        assertThat(put(store, 2)).isInstanceOf(Full.class);
        Instant old = ((Rejected) put(store, 1)).storeNow().minus(Duration.ofDays(2));
        assertThat(((Rejected) store.putIfAbsent(key(3), recordWrite(Optional.of(old)))).current())
                .isEmpty();
    }

    @OnEachDatabase
    void estimatedCount_afterAnAnalyze_isAboutTheNumberOfRecords(TestDatabase database) {
        JdbcIdempotencyStore store = store(database, 1_000);
        assertThat(fill(store, 0)).isEqualTo(1_000);
        database.analyze();
        int records = LedgerFixture.in(database).number("SELECT COUNT(*) FROM respite_idempotency");
        assertThat(store.estimatedCount()).isBetween(records / 2L, records * 2L);
    }

    @OnEachDatabase
    void putIfAbsent_afterAPurge_hasRoom(TestDatabase database) {
        JdbcIdempotencyStore store = store(database, 5);
        assertThat(fill(store, 0)).isEqualTo(5);
        TestDatabase.run(
                database.dataSource(),
                "UPDATE respite_idempotency SET expires_at = "
                        + database.earlier("expires_at", Duration.ofDays(2)) + " WHERE scope_hash = '"
                        + key(0).scope() + "'");
        store.purge(100_000);
        assertThat(fill(store, 10)).isEqualTo(5);
    }
}
