package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.Answer;
import dev.respite.idempotency.Claims;
import dev.respite.idempotency.CrashPolicy;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.Owned;
import dev.respite.idempotency.Resolution;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StoreUnavailableException;
import dev.respite.idempotency.StoredResponse;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that die or sleep, and a Redis that stalls, forgets, is full or is killed, where the effect is outside of it. */
@Timeout(180)
class RedisFaultsTest {

    private static final int MANY = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** Longer than the patience with one question, and shorter than that with two. */
    private static final long STALL_MILLIS = 1_500;

    private static Redis redis;
    private static RedisIdempotencyStore store;

    private final Lived payment = new Lived(store);

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
        ExternalIdempotency idempotency = payment.external().withEffectsAnnounced();
        payment.die(owned -> {});
        redis.letPass(Lived.OVER);
        assertThat(payment.ask(idempotency)).isInstanceOf(Answer.Executed.class);
        assertThat(payment.effects).hasValue(1);
        assertThat(idempotency.counts().of(Kind.TOOK_OVER)).isEqualTo(1);
    }

    @Test
    void execute_whileAnotherIsAtIt_isInProgress() {
        ExternalIdempotency idempotency = payment.external();
        idempotency.execute(payment.call, execution -> {
            assertThat(payment.ask(idempotency)).isInstanceOf(Answer.InProgress.class);
            return payment.pay();
        });
        assertThat(payment.effects).hasValue(1);
    }

    @Test
    void fault05_deadAfterItsEffectWasAnnounced_isUnknownForGood() {
        ExternalIdempotency idempotency = payment.external().withEffectsAnnounced();
        payment.dieAfterAnnouncing();
        redis.letPass(Lived.OVER);
        for (int i = 0; i < 3; i++) {
            assertThat(payment.ask(idempotency)).isEqualTo(new Answer.Unknown(payment.call.storageKey()));
        }
        assertThat(payment.effects).hasValue(0);
        assertThat(redis.commands().pttl("respite:idempotency:{" + payment.call.storageKey() + "}"))
                .isEqualTo(-1);
    }

    @Test
    void fault06_deadAfterTheEffect_isUnknownAndNotRunAgain() {
        payment.dieAfterAnnouncing();
        payment.pay();
        redis.letPass(Lived.OVER);
        assertThat(payment.ask(payment.external())).isInstanceOf(Answer.Unknown.class);
        assertThat(payment.effects).hasValue(1);
    }

    @Test
    void fault06_deadAfterTheEffect_runAgain_isAtLeastOnceWithAHigherFence() {
        long dead = payment.dieAfterAnnouncing().ownership().fence();
        payment.pay();
        redis.letPass(Lived.OVER);
        long[] fence = new long[1];
        payment.external().withCrashPolicy(CrashPolicy.runAgain()).execute(payment.call, execution -> {
            fence[0] = execution.fence();
            return payment.pay();
        });
        assertThat(payment.effects).hasValue(2);
        assertThat(fence[0]).isGreaterThan(dead);
    }

    @Test
    void fault06_deadAfterTheEffect_reconciled_isToldWhatWasFoundOut() {
        payment.dieAfterAnnouncing();
        StoredResponse paid = payment.pay();
        redis.letPass(Lived.OVER);
        ExternalIdempotency idempotency =
                payment.external().withCrashPolicy(CrashPolicy.reconcile(unknown -> Resolution.done(paid)));
        assertThat(payment.ask(idempotency))
                .isInstanceOfSatisfying(
                        Answer.Replayed.class,
                        replayed -> assertThat(replayed.response()).isEqualTo(paid));
        assertThat(payment.effects).hasValue(1);
    }

    @Test
    void fault12_ownerThatWasReplaced_changesNothing() {
        ExternalIdempotency again = payment.external().withCrashPolicy(CrashPolicy.runAgain());
        Owned[] old = new Owned[1];
        IdempotencyRecord[] winners = new IdempotencyRecord[1];
        payment.die(owned -> {
            old[0] = owned.effectStarting(store).orElseThrow();
            redis.letPass(Lived.OVER);
            assertThat(payment.ask(again)).isInstanceOf(Answer.Executed.class);
            winners[0] = payment.record();
        });
        assertThat(old[0].complete(store, StoredResponse.of("late"))).isFalse();
        assertThat(old[0].abandon(store)).isFalse();
        assertThat(old[0].giveUp(store)).isFalse();
        assertThat(old[0].renew(store)).isEmpty();
        assertThat(old[0].effectStarting(store)).isEmpty();
        assertThat(payment.record()).isEqualTo(winners[0]);
    }

    /** The question was heard, and answered too late. */
    @Test
    void fault25_claimAnsweredTooLate_isSentAgainAndOurs() {
        Lived.Watched hasty = new Lived.Watched(store.withTimeout(PATIENCE), asked -> {
            if (asked == 1) {
                redis.commands().clientPause(STALL_MILLIS);
            }
        });
        long[] fence = new long[1];
        Answer answer = Lived.external(hasty).execute(payment.call, execution -> {
            fence[0] = execution.fence();
            return payment.pay();
        });
        assertThat(answer).isInstanceOf(Answer.Executed.class);
        assertThat(hasty.asked.get()).as("claim, claim again, completion").isGreaterThanOrEqualTo(3);
        assertThat(payment.effects).hasValue(1);
        assertThat(payment.record().claims()).isEqualTo(1);
        assertThat(payment.record().ownership().fence()).isEqualTo(fence[0]);
    }

    @Test
    void fault26_completionAnsweredTooLate_isSentAgain() {
        Lived.Watched hasty = new Lived.Watched(store.withTimeout(PATIENCE), asked -> {
            if (asked == 2) {
                redis.commands().clientPause(STALL_MILLIS);
            }
        });
        assertThat(payment.ask(Lived.external(hasty))).isInstanceOf(Answer.Executed.class);
        assertThat(hasty.asked).hasValue(3);
        assertThat(payment.state()).isEqualTo(State.DONE);
    }

    /** Killed between claim and completion; what was claimed is in its file. */
    @Test
    void fault26_killedBeforeTheCompletion_isSentAgainToTheOneThatIsStarted() {
        try (Redis mortal = Redis.durable();
                RedisIdempotencyStore records = mortal.store()) {
            Lived.Watched watched = new Lived.Watched(records.withTimeout(PATIENCE), asked -> {
                if (asked == 3) {
                    mortal.restart();
                }
            });
            Lived other = new Lived(records);
            Answer answer = Lived.external(watched).execute(other.call, execution -> {
                mortal.kill();
                return other.pay();
            });
            assertThat(answer).isInstanceOf(Answer.Executed.class);
            assertThat(other.state()).isEqualTo(State.DONE);
            assertThat(other.ask(other.external())).isInstanceOf(Answer.Replayed.class);
            assertThat(other.effects).hasValue(1);
        }
    }

    /** Nothing can help then, but it is noticed, and not hidden by a record out of nowhere. */
    @Test
    void fault27_flushedInFlight_isUnknownAndAnAlarm() {
        ExternalIdempotency idempotency = payment.external();
        Answer answer = idempotency.execute(payment.call, execution -> {
            redis.commands().flushall();
            return payment.pay();
        });
        assertThat(answer).isEqualTo(new Answer.Unknown(payment.call.storageKey()));
        assertThat(idempotency.counts().of(Kind.LOST_OWNERSHIP)).isEqualTo(1);
        assertThat(store.find(payment.call.storageKey())).isEmpty();
        // The documented limit: who asks again is not recognised.
        assertThat(payment.ask(idempotency)).isInstanceOf(Answer.Executed.class);
        assertThat(payment.effects).hasValue(2);
    }

    @Test
    void fault29_full_refusesNewRecordsBeforeTheEffect() {
        redis.commands().configSet("maxmemory", "1");
        try {
            assertThatThrownBy(() -> payment.ask(payment.external()))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("OOM");
            assertThat(payment.effects).hasValue(0);
        } finally {
            redis.commands().configSet("maxmemory", "0");
        }
        assertThat(payment.ask(payment.external())).isInstanceOf(Answer.Executed.class);
    }

    @Test
    void fault29_fullMeanwhile_whatWasBegunIsFinished() {
        try {
            ExternalIdempotency idempotency = payment.external().withEffectsAnnounced();
            Answer answer = idempotency.execute(payment.call, execution -> {
                redis.commands().configSet("maxmemory", "1");
                execution.effectStarting();
                return payment.pay();
            });
            assertThat(answer).isInstanceOf(Answer.Executed.class);
            assertThat(payment.state()).isEqualTo(State.DONE);
        } finally {
            redis.commands().configSet("maxmemory", "0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void fault31_simultaneousDuplicates_oneRunsAndAllAreToldTheSame(int nodes) throws Exception {
        List<RedisClient> clients = new ArrayList<>();
        List<ExternalIdempotency> processes = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            clients.add(redis.client());
            RedisIdempotencyStore one = RedisIdempotencyStore.in(clients.get(i)).withTimeout(Duration.ofSeconds(20));
            IdempotencySettings patient = IdempotencySettings.defaults().withWaitAtMost(Duration.ofSeconds(60));
            processes.add(ExternalIdempotency.of(Claims.in(one).with(patient)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(MANY);
        try {
            CountDownLatch ready = new CountDownLatch(MANY);
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                ExternalIdempotency mine = processes.get(i % nodes);
                answers.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return payment.ask(mine);
                }));
            }
            int executed = 0;
            for (Future<Answer> answer : answers) {
                if (answer.get() instanceof Answer.Executed) {
                    executed++;
                } else {
                    assertThat(((Answer.Replayed) answer.get()).response()).isEqualTo(StoredResponse.of("paid 1"));
                }
            }
            assertThat(executed).isEqualTo(1);
            assertThat(payment.effects).hasValue(1);
        } finally {
            threads.shutdownNow();
            clients.forEach(RedisClient::shutdown);
        }
    }

    /** Payments under way while Redis is killed and started again and again: none twice, and none that was told is forgotten. */
    @Test
    void killedUnderLoad_nothingTwiceAndNothingToldForgotten() throws Exception {
        int payers = 4;
        int kills = 4;
        ConcurrentHashMap<String, AtomicInteger> ledger = new ConcurrentHashMap<>();
        ConcurrentHashMap<String, StoredResponse> told = new ConcurrentHashMap<>();
        Set<String> unknown = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(payers);
        try (Redis mortal = Redis.durable();
                RedisIdempotencyStore records = mortal.store()) {
            ExternalIdempotency idempotency = ExternalIdempotency.of(Claims.in(records.withTimeout(PATIENCE))
                    .with(IdempotencySettings.defaults().withLease(PATIENCE)));
            CountDownLatch over = new CountDownLatch(1);
            AtomicInteger paid = new AtomicInteger();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < payers; i++) {
                running.add(threads.submit(() -> {
                    while (over.getCount() > 0) {
                        String key = UUID.randomUUID().toString();
                        settle(idempotency, key, ledger, told, unknown);
                        paid.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (int i = 0; i < kills; i++) {
                int enough = paid.get() + 50;
                while (paid.get() < enough) {
                    Thread.onSpinWait();
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
            assertThat(told).hasSizeGreaterThanOrEqualTo(50 * kills - unknown.size());
            told.forEach((key, response) -> {
                assertThat(ledger).containsKey(key);
                assertThat(records.find(Lived.call(key).storageKey())
                                .orElseThrow()
                                .response())
                        .contains(response);
            });
        } finally {
            threads.shutdownNow();
        }
    }

    /** Asks until there is a definite answer. */
    private static void settle(
            ExternalIdempotency idempotency,
            String key,
            ConcurrentHashMap<String, AtomicInteger> ledger,
            ConcurrentHashMap<String, StoredResponse> told,
            Set<String> unknown) {
        IdempotentCall call = Lived.call(key);
        while (!told.containsKey(key) && !unknown.contains(key)) {
            try {
                Answer answer = idempotency.execute(call, execution -> {
                    ledger.computeIfAbsent(key, name -> new AtomicInteger()).incrementAndGet();
                    return StoredResponse.of("paid " + UUID.randomUUID());
                });
                if (answer instanceof Answer.Executed executed) {
                    told.put(key, executed.response());
                } else if (answer instanceof Answer.Replayed replayed) {
                    told.put(key, replayed.response());
                } else if (answer instanceof Answer.Unknown) {
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
