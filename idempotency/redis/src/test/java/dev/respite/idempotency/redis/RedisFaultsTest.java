package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.CrashPolicy;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.OwnedRecord;
import dev.respite.idempotency.Resolution;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InterceptedStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that die or sleep, and a Redis that stalls, forgets, is full or is killed, where the effect is outside of it. */
class RedisFaultsTest {

    private static final int MANY = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** Longer than the patience with one question, and shorter than that with two. */
    private static final long STALL_MILLIS = 1_500;

    private static Redis redis;
    private static RedisIdempotencyStore store;

    private final PaymentFixture payment = new PaymentFixture(store);

    @BeforeAll
    static void start() {
        redis = Redis.durable();
        store = redis.store();
    }

    @AfterAll
    static void stop() {
        store.close();
        redis.close();
    }

    @Test
    void fault02_deadBeforeItsEffectWasAnnounced_isTakenOverAfterTheLease() {
        ExternalIdempotency idempotency = payment.external().withExplicitEffectStart();
        payment.die(owned -> {});
        redis.letPass(PaymentFixture.OVER);
        assertThat(payment.execute(idempotency)).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(payment.effects).hasValue(1);
        assertThat(idempotency.counts().count(Kind.TOOK_OVER)).isEqualTo(1);
    }

    @Test
    void execute_notDone_expiresAfterTenMinutes() {
        payment.external().withNoEffectResponses(response -> true).execute(payment.call, execution -> payment.pay());
        IdempotencyRecord record = store.find(payment.call.storageKey()).orElseThrow();
        assertThat(record.state()).isEqualTo(State.READY);
        assertThat(Duration.between(record.times().leaseUntil(), record.times().expiresAt()))
                .isEqualTo(Duration.ofMinutes(10)
                        .minus(IdempotencySettings.defaults().lease()));
    }

    @Test
    void execute_whileAnotherCallRuns_isInProgress() {
        ExternalIdempotency idempotency = payment.external();
        idempotency.execute(payment.call, execution -> {
            assertThat(payment.execute(idempotency)).isInstanceOf(IdempotentResult.InProgress.class);
            return payment.pay();
        });
        assertThat(payment.effects).hasValue(1);
    }

    @Test
    void fault05_deadAfterItsEffectWasAnnounced_isUnknownPermanently() {
        ExternalIdempotency idempotency = payment.external().withExplicitEffectStart();
        payment.dieAfterAnnouncing();
        redis.letPass(PaymentFixture.OVER);
        for (int i = 0; i < 3; i++) {
            assertThat(payment.execute(idempotency)).isEqualTo(new IdempotentResult.Unknown(payment.call.storageKey()));
        }
        assertThat(payment.effects).hasValue(0);
        assertThat(redis.commands().pttl("respite:idempotency:{" + payment.call.storageKey() + "}"))
                .isEqualTo(-1);
    }

    @Test
    void fault06_deadAfterTheEffect_isUnknownAndNotRunAgain() {
        payment.dieAfterAnnouncing();
        payment.pay();
        redis.letPass(PaymentFixture.OVER);
        assertThat(payment.execute(payment.external())).isInstanceOf(IdempotentResult.Unknown.class);
        assertThat(payment.effects).hasValue(1);
    }

    @Test
    void fault06_deadAfterTheEffect_runAgain_isAtLeastOnceWithAHigherFence() {
        long dead = payment.dieAfterAnnouncing().ownerToken().fence();
        payment.pay();
        redis.letPass(PaymentFixture.OVER);
        long[] fence = new long[1];
        payment.external().withCrashPolicy(CrashPolicy.runAgain()).execute(payment.call, execution -> {
            fence[0] = execution.fence();
            return payment.pay();
        });
        assertThat(payment.effects).hasValue(2);
        assertThat(fence[0]).isGreaterThan(dead);
    }

    @Test
    void fault06_deadAfterTheEffect_reconciled_getsTheResolution() {
        payment.dieAfterAnnouncing();
        StoredResponse paid = payment.pay();
        redis.letPass(PaymentFixture.OVER);
        ExternalIdempotency idempotency =
                payment.external().withCrashPolicy(CrashPolicy.reconcile(unknown -> Resolution.done(paid)));
        assertThat(payment.execute(idempotency))
                .isInstanceOfSatisfying(
                        IdempotentResult.Replayed.class,
                        replayed -> assertThat(replayed.response()).isEqualTo(paid));
        assertThat(payment.effects).hasValue(1);
    }

    @Test
    void fault12_ownerThatWasReplaced_changesNothing() {
        ExternalIdempotency again = payment.external().withCrashPolicy(CrashPolicy.runAgain());
        OwnedRecord[] old = new OwnedRecord[1];
        IdempotencyRecord[] winners = new IdempotencyRecord[1];
        payment.die(owned -> {
            old[0] = owned.effectStarting(store).orElseThrow();
            redis.letPass(PaymentFixture.OVER);
            assertThat(payment.execute(again)).isInstanceOf(IdempotentResult.Executed.class);
            winners[0] = payment.record();
        });
        assertThat(old[0].complete(store, StoredResponse.of("late"))).isFalse();
        assertThat(old[0].release(store)).isFalse();
        assertThat(old[0].markUnknown(store)).isFalse();
        assertThat(old[0].renew(store)).isEmpty();
        assertThat(old[0].effectStarting(store)).isEmpty();
        assertThat(payment.record()).isEqualTo(winners[0]);
    }

    /** The command was received, and answered too late. */
    @Test
    void fault25_replyToTheClaimTooLate_isRepeatedAndOwned() {
        AtomicInteger writes = new AtomicInteger();
        IdempotencyStore hasty = InterceptedStore.of(store.withTimeout(PATIENCE))
                .beforeWrites(() -> {
                    if (writes.incrementAndGet() == 1) {
                        redis.commands().clientPause(STALL_MILLIS);
                    }
                });
        long[] fence = new long[1];
        IdempotentResult result = PaymentFixture.external(hasty).execute(payment.call, execution -> {
            fence[0] = execution.fence();
            return payment.pay();
        });
        assertThat(result).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(writes.get()).as("claim, claim again, completion").isGreaterThanOrEqualTo(3);
        assertThat(payment.effects).hasValue(1);
        assertThat(payment.record().claims()).isEqualTo(1);
        assertThat(payment.record().ownerToken().fence()).isEqualTo(fence[0]);
    }

    @Test
    void fault26_replyToTheCompletionTooLate_isRepeated() {
        AtomicInteger writes = new AtomicInteger();
        IdempotencyStore hasty = InterceptedStore.of(store.withTimeout(PATIENCE))
                .beforeWrites(() -> {
                    if (writes.incrementAndGet() == 2) {
                        redis.commands().clientPause(STALL_MILLIS);
                    }
                });
        assertThat(payment.execute(PaymentFixture.external(hasty))).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(writes).hasValue(3);
        assertThat(payment.state()).isEqualTo(State.DONE);
    }

    /** Killed between claim and completion; the claim is in its file. */
    @Test
    void fault26_killedBeforeTheCompletion_isSentAgainToTheOneThatIsStarted() {
        try (Redis mortal = Redis.durable();
                RedisIdempotencyStore records = mortal.store()) {
            AtomicInteger writes = new AtomicInteger();
            IdempotencyStore watched = InterceptedStore.of(records.withTimeout(PATIENCE))
                    .beforeWrites(() -> {
                        if (writes.incrementAndGet() == 3) {
                            mortal.restart();
                        }
                    });
            PaymentFixture other = new PaymentFixture(records);
            IdempotentResult result = PaymentFixture.external(watched).execute(other.call, execution -> {
                mortal.kill();
                return other.pay();
            });
            assertThat(result).isInstanceOf(IdempotentResult.Executed.class);
            assertThat(other.state()).isEqualTo(State.DONE);
            assertThat(other.execute(other.external())).isInstanceOf(IdempotentResult.Replayed.class);
            assertThat(other.effects).hasValue(1);
        }
    }

    /** Nothing can help then, but it is noticed, and not hidden by a record out of nowhere. */
    @Test
    void fault27_flushedInFlight_isUnknownAndAnAlarm() {
        ExternalIdempotency idempotency = payment.external();
        IdempotentResult result = idempotency.execute(payment.call, execution -> {
            redis.commands().flushall();
            return payment.pay();
        });
        assertThat(result).isEqualTo(new IdempotentResult.Unknown(payment.call.storageKey()));
        assertThat(idempotency.counts().count(Kind.LOST_OWNERSHIP)).isEqualTo(1);
        assertThat(store.find(payment.call.storageKey())).isEmpty();
        // The documented limit: a repeated call is not recognized.
        assertThat(payment.execute(idempotency)).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(payment.effects).hasValue(2);
    }

    @Test
    void fault29_full_refusesNewRecordsBeforeTheEffect() {
        redis.commands().configSet("maxmemory", "1");
        try {
            assertThatThrownBy(() -> payment.execute(payment.external()))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("OOM");
            assertThat(payment.effects).hasValue(0);
        } finally {
            redis.commands().configSet("maxmemory", "0");
        }
        assertThat(payment.execute(payment.external())).isInstanceOf(IdempotentResult.Executed.class);
    }

    @Test
    void fault29_fullMeanwhile_whatWasBegunIsFinished() {
        try {
            ExternalIdempotency idempotency = payment.external().withExplicitEffectStart();
            AtomicReference<IdempotentResult> result = new AtomicReference<>();
            assertThatCode(() -> result.set(idempotency.execute(payment.call, execution -> {
                        redis.commands().configSet("maxmemory", "1");
                        execution.effectStarting();
                        return payment.pay();
                    })))
                    .doesNotThrowAnyException();
            assertThat(result.get()).isInstanceOf(IdempotentResult.Executed.class);
            assertThat(payment.state()).isEqualTo(State.DONE);
        } finally {
            redis.commands().configSet("maxmemory", "0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void fault31_simultaneousDuplicates_oneRunsAndAllGetTheSameResult(int nodes) throws Exception {
        List<RedisClient> clients = new ArrayList<>();
        List<RedisIdempotencyStore> stores = new ArrayList<>();
        List<ExternalIdempotency> processes = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            clients.add(redis.client());
            RedisIdempotencyStore one = RedisIdempotencyStore.of(clients.get(i)).withTimeout(Duration.ofSeconds(20));
            stores.add(one);
            IdempotencySettings patient = IdempotencySettings.defaults().withMaxWait(Duration.ofSeconds(60));
            processes.add(ExternalIdempotency.of(IdempotencyEngine.of(one).withSettings(patient)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(MANY);
        try {
            CountDownLatch ready = new CountDownLatch(MANY);
            List<Future<IdempotentResult>> results = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                ExternalIdempotency mine = processes.get(i % nodes);
                results.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return payment.execute(mine);
                }));
            }
            int executed = 0;
            for (Future<IdempotentResult> result : results) {
                if (result.get() instanceof IdempotentResult.Executed) {
                    executed++;
                } else {
                    assertThat(((IdempotentResult.Replayed) result.get()).response())
                            .isEqualTo(StoredResponse.of("paid 1"));
                }
            }
            assertThat(executed).isEqualTo(1);
            assertThat(payment.effects).hasValue(1);
        } finally {
            threads.shutdownNow();
            stores.forEach(RedisIdempotencyStore::close);
            clients.forEach(RedisClient::shutdown);
        }
    }

    /** Payments while Redis is killed and restarted repeatedly: none twice, and no returned result is lost. */
    @Test
    void killedUnderLoad_nothingTwiceAndNoResultLost() throws Exception {
        int payers = 4;
        int kills = 4;
        ConcurrentHashMap<String, AtomicInteger> ledger = new ConcurrentHashMap<>();
        ConcurrentHashMap<String, StoredResponse> reported = new ConcurrentHashMap<>();
        Set<String> unknown = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(payers);
        try (Redis mortal = Redis.durable();
                RedisIdempotencyStore records = mortal.store()) {
            ExternalIdempotency idempotency = ExternalIdempotency.of(IdempotencyEngine.of(records.withTimeout(PATIENCE))
                    .withSettings(IdempotencySettings.defaults().withLease(PATIENCE)));
            CountDownLatch over = new CountDownLatch(1);
            AtomicInteger paid = new AtomicInteger();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < payers; i++) {
                running.add(threads.submit(() -> {
                    while (over.getCount() > 0) {
                        String key = UUID.randomUUID().toString();
                        settle(idempotency, key, ledger, reported, unknown);
                        paid.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (int i = 0; i < kills; i++) {
                int enough = paid.get() + 50;
                while (paid.get() < enough) {
                    redis.letPass(Duration.ofMillis(20));
                }
                mortal.kill();
                mortal.restart();
            }
            over.countDown();
            for (Future<?> one : running) {
                one.get();
            }
            assertThat(ledger.values()).allMatch(effects -> effects.get() == 1);
            assertThat(reported).hasSizeGreaterThanOrEqualTo(50 * kills - unknown.size());
            reported.forEach((key, response) -> {
                assertThat(ledger).containsKey(key);
                assertThat(records.find(PaymentFixture.call(key).storageKey())
                                .orElseThrow()
                                .response())
                        .contains(response);
            });
        } finally {
            threads.shutdownNow();
        }
    }

    /** Repeats the call until its result is final. */
    private static void settle(
            ExternalIdempotency idempotency,
            String key,
            ConcurrentHashMap<String, AtomicInteger> ledger,
            ConcurrentHashMap<String, StoredResponse> reported,
            Set<String> unknown) {
        IdempotentCall call = PaymentFixture.call(key);
        while (!reported.containsKey(key) && !unknown.contains(key)) {
            try {
                IdempotentResult result = idempotency.execute(call, execution -> {
                    ledger.computeIfAbsent(key, name -> new AtomicInteger()).incrementAndGet();
                    return StoredResponse.of("paid " + UUID.randomUUID());
                });
                if (result instanceof IdempotentResult.Executed executed) {
                    reported.put(key, executed.response());
                } else if (result instanceof IdempotentResult.Replayed replayed) {
                    reported.put(key, replayed.response());
                } else if (result instanceof IdempotentResult.Unknown) {
                    unknown.add(key);
                } else {
                    redis.letPass(Duration.ofMillis(50));
                }
            } catch (StoreUnavailableException notRun) {
                redis.letPass(Duration.ofMillis(50));
            }
        }
    }
}
