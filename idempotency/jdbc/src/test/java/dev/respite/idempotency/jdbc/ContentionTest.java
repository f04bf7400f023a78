package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static dev.respite.idempotency.jdbc.LedgerFixture.reported;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many at once. */
@OnRealDatabases
record ContentionTest(TestDatabase database) {

    private static final int DUPLICATES = 100;
    private static final IdempotencySettings PATIENT =
            IdempotencySettings.defaults().withMaxWait(Duration.ofMinutes(1));

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    @Test
    void fault31_hundredDuplicatesOnAPoolOfTen_oneExecutesAndAllGetTheSameResult() throws Exception {
        IdempotentCall call = call();
        try (HikariDataSource pool = database.pool(10)) {
            TransactionalIdempotency idempotency =
                    ledger().over(OneConnectionPerThread.of(pool)).with(PATIENT).idempotency();
            List<IdempotentResult> results = atOnce(DUPLICATES, () -> idempotency.execute(call, pay(call)));
            assertThat(results)
                    .filteredOn(IdempotentResult.Executed.class::isInstance)
                    .hasSize(1);
            assertThat(results).extracting(LedgerFixture::reported).containsOnly(reported(results.get(0)));
        }
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void fault32_hundredRetriesRightAfterAFailure_oneExecutes() throws Exception {
        IdempotentCall call = call();
        ledger().idempotency().execute(call, connection -> StoredResponse.of(503, Map.of(), new byte[0]));
        try (HikariDataSource pool = database.pool(10)) {
            TransactionalIdempotency idempotency =
                    ledger().over(OneConnectionPerThread.of(pool)).with(PATIENT).idempotency();
            List<IdempotentResult> results = atOnce(DUPLICATES, () -> idempotency.execute(call, pay(call)));
            assertThat(results)
                    .filteredOn(IdempotentResult.Executed.class::isInstance)
                    .hasSize(1);
            assertThat(results).extracting(LedgerFixture::reported).containsOnly(reported(results.get(0)));
        }
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** The inner call waits for a connection that the outer one holds: to run the outer work again would not help. */
    @Test
    void callWithinTheWork_onAPoolThatIsInUse_failsAtItsFirstTimeout() throws Exception {
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        try (HikariDataSource pool = database.pool(1, 250)) {
            ExternalIdempotency inner = ExternalIdempotency.of(JdbcIdempotencyStore.of(pool));
            TransactionalIdempotency outer = ledger().over(pool).idempotency();
            assertThatThrownBy(() -> outer.execute(call, connection -> {
                        runs.incrementAndGet();
                        inner.execute(call(), execution -> StoredResponse.empty());
                        return StoredResponse.empty();
                    }))
                    .isInstanceOf(StoreUnavailableException.class);
            assertThat(runs).hasValue(1);
            executed(outer.execute(call, pay(call)));
        }
    }

    @Test
    void claim_isGivenBackBeforeTheWorkNeedsAConnection() throws Exception {
        // With two each, a pool of one would never get on.
        try (HikariDataSource pool = database.pool(1)) {
            TransactionalIdempotency idempotency =
                    ledger().over(OneConnectionPerThread.of(pool)).idempotency();
            List<IdempotentCall> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(call());
            }
            ArrayList<Callable<IdempotentResult>> all = new ArrayList<>();
            calls.forEach(call -> all.add(() -> idempotency.execute(call, pay(call))));
            assertThat(atOnce(all)).allMatch(IdempotentResult.Executed.class::isInstance);
            calls.forEach(call -> assertThat(ledger().payments(call)).isEqualTo(1));
        }
    }

    @Test
    void fault33_ownerSlowerThanTheBudgetOfAnother_isLeftInPeace() throws SQLException {
        IdempotentCall call = call();
        TransactionalIdempotency impatient = ledger().with(
                        IdempotencySettings.defaults().withMaxWait(Duration.ofMillis(20)))
                .idempotency();
        executed(ledger().idempotency().execute(call, connection -> {
            payOn(connection, call);
            assertThat(impatient.execute(call, pay(call))).isInstanceOf(IdempotentResult.InProgress.class);
            return StoredResponse.of("paid");
        }));
        assertThat(ledger().record(call).claims()).isEqualTo(1);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    static <T> List<T> atOnce(int times, Callable<T> task) throws Exception {
        List<Callable<T>> tasks = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            tasks.add(task);
        }
        return atOnce(tasks);
    }

    static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            CountDownLatch ready = new CountDownLatch(tasks.size());
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> task : tasks) {
                futures.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
