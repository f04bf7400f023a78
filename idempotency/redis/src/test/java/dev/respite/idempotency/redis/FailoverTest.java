package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.CrashPolicy;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Resolution;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.testsupport.LogLines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A replica that takes over without the last records, and servers that are started again with all of theirs. */
class FailoverTest {

    private final AtomicInteger effects = new AtomicInteger();

    private IdempotentResult execute(IdempotencyStore store, String key) {
        return PaymentFixture.external(store)
                .execute(PaymentFixture.call(key), execution -> StoredResponse.of("paid " + effects.incrementAndGet()));
    }

    private static String replicationId(Redis redis) {
        return ServerFacts.value(redis.commands().info("replication"), "master_replid");
    }

    @Test
    void execute_recordLostInAFailover_isUnknownAndNotRunAgain() {
        try (ReplicatedRedis pair = new ReplicatedRedis();
                RedisIdempotencyStore store = pair.store()) {
            String kept = PaymentFixture.mintedNow();
            execute(store, kept);
            pair.replicate();
            pair.partition();
            String lost = PaymentFixture.mintedNow();
            assertThat(execute(store, lost)).isInstanceOf(IdempotentResult.Executed.class);
            String before = replicationId(pair.first);
            pair.heal();
            pair.rename();
            try (LogLines logged = LogLines.of("dev.respite.idempotency")) {
                assertThat(execute(store, lost)).isInstanceOf(IdempotentResult.Unknown.class);
                assertThat(logged.all())
                        .filteredOn(line -> line.contains("has failed over"))
                        .singleElement()
                        .asString()
                        .contains("its replication id is " + replicationId(pair.second) + " now, and was " + before);
                assertThat(execute(store, lost)).isInstanceOf(IdempotentResult.Unknown.class);
                IdempotentCall call = PaymentFixture.call(lost);
                assertThat(logged.all())
                        .filteredOn(line -> line.contains("is UNKNOWN"))
                        .singleElement()
                        .asString()
                        .contains(call.storageKey().value(), "operation " + call.operation());
            }
            assertThat(execute(store, kept)).isInstanceOf(IdempotentResult.Replayed.class);
            assertThat(execute(store, PaymentFixture.mintedNow())).isInstanceOf(IdempotentResult.Executed.class);
            assertThat(effects).hasValue(3);

            boolean resolved = IdempotencyEngine.of(store)
                    .resolve(
                            PaymentFixture.call(lost).storageKey(),
                            Resolution.done(StoredResponse.of("found in the books")));
            assertThat(resolved).isTrue();
            assertThat(execute(store, lost)).isInstanceOf(IdempotentResult.Replayed.class);
        }
    }

    /** The loss is recorded in Redis, not in the process that found it. */
    @Test
    void execute_anotherProcessAfterAFailover_isUnknownToo() {
        try (ReplicatedRedis pair = new ReplicatedRedis()) {
            String lost;
            try (RedisIdempotencyStore store = pair.store()) {
                execute(store, PaymentFixture.mintedNow());
                pair.replicate();
                pair.partition();
                lost = PaymentFixture.mintedNow();
                execute(store, lost);
            }
            pair.heal();
            pair.rename();
            try (RedisIdempotencyStore one = pair.store()) {
                execute(one, PaymentFixture.mintedNow());
            }
            try (RedisIdempotencyStore another = pair.store()) {
                assertThat(execute(another, lost)).isInstanceOf(IdempotentResult.Unknown.class);
            }
        }
    }

    /** The time of the change is when the new primary was connected to, not when the first key came after it. */
    @Test
    void execute_keyMintedAfterTheConnectionWasMade_isExecuted() {
        try (ReplicatedRedis pair = new ReplicatedRedis()) {
            try (RedisIdempotencyStore store = pair.store()) {
                execute(store, PaymentFixture.mintedNow());
            }
            pair.replicate();
            pair.failOver();
            pair.rename();
            try (RedisIdempotencyStore store = pair.store()) {
                // A registration that takes long puts the change later, by as much.
                pair.second.letPass(Duration.ofMillis(500));
                String key = PaymentFixture.mintedNow();
                pair.second.letPass(Duration.ofMillis(50));
                assertThat(execute(store, key)).isInstanceOf(IdempotentResult.Executed.class);
            }
        }
    }

    /** The documented limit: the key has no time of its making. */
    @Test
    void execute_opaqueKeyLostInAFailover_runsAgain() {
        try (ReplicatedRedis pair = new ReplicatedRedis();
                RedisIdempotencyStore store = pair.store()) {
            execute(store, PaymentFixture.mintedNow());
            pair.replicate();
            pair.partition();
            execute(store, "order 4711");
            pair.heal();
            pair.rename();
            assertThat(execute(store, "order 4711")).isInstanceOf(IdempotentResult.Executed.class);
            assertThat(effects).hasValue(3);
        }
    }

    @Test
    void withFailoversIgnored_recordLost_runsAgain() {
        try (ReplicatedRedis pair = new ReplicatedRedis();
                RedisIdempotencyStore store = pair.store().withFailoversIgnored()) {
            pair.partition();
            String lost = PaymentFixture.mintedNow();
            execute(store, lost);
            pair.heal();
            pair.rename();
            assertThat(execute(store, lost)).isInstanceOf(IdempotentResult.Executed.class);
        }
    }

    /** One that takes writes would lose them when its primary sends all it has. */
    @Test
    void execute_replicaThatTakesWrites_isLeftAllTheSame() {
        try (ReplicatedRedis pair = new ReplicatedRedis();
                RedisIdempotencyStore store = pair.store()) {
            pair.first.commands().configSet("replica-read-only", "no");
            pair.failOver();
            pair.rename();
            String key = PaymentFixture.mintedNow();
            execute(store, key);
            assertThat(pair.second
                            .commands()
                            .exists("respite:idempotency:{"
                                    + PaymentFixture.call(key).storageKey() + "}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void execute_durableServerWasKilledAndStarted_isNoLoss() {
        try (Redis redis = Redis.durable();
                RedisIdempotencyStore store = redis.store()) {
            execute(store, PaymentFixture.mintedNow());
            for (int i = 0; i < 2; i++) {
                String before = PaymentFixture.mintedNow();
                redis.kill();
                redis.restart();
                assertThat(execute(store, before)).isInstanceOf(IdempotentResult.Executed.class);
            }
            assertThat(effects).hasValue(3);
        }
    }

    @Test
    void execute_serverWithoutAppendOnlyFileWasKilledAndStarted_isUnknown() {
        try (Redis redis = Redis.with(List.of("appendonly no"));
                RedisIdempotencyStore store = redis.store()) {
            String lost = PaymentFixture.mintedNow();
            execute(store, lost);
            redis.kill();
            redis.restart();
            assertThat(execute(store, lost)).isInstanceOf(IdempotentResult.Unknown.class);
            assertThat(execute(store, PaymentFixture.mintedNow())).isInstanceOf(IdempotentResult.Executed.class);
        }
    }

    /** As a promoted replica whose settings are not those of the server before it. */
    @Test
    void execute_serverWasStartedWithoutSyncingAlways_isUnknown() {
        List<String> settings = new ArrayList<>(Redis.DURABLE);
        try (Redis redis = Redis.with(settings);
                RedisIdempotencyStore store = redis.store()) {
            execute(store, PaymentFixture.mintedNow());
            String before = PaymentFixture.mintedNow();
            redis.kill();
            settings.set(settings.indexOf("appendfsync always"), "appendfsync everysec");
            redis.restart();
            assertThat(execute(store, before)).isInstanceOf(IdempotentResult.Unknown.class);
            assertThat(execute(store, PaymentFixture.mintedNow())).isInstanceOf(IdempotentResult.Executed.class);
        }
    }

    /** The other process registers the server in a hash that is empty; this one knows ids that had been in it. */
    @Test
    void execute_newProcessWasFirstAfterTheLoss_isUnknownToThoseThatRanBefore() {
        try (Redis redis = Redis.with(List.of("appendonly no"));
                RedisIdempotencyStore store = redis.store()) {
            String lost = PaymentFixture.mintedNow();
            execute(store, lost);
            redis.kill();
            redis.restart();
            try (RedisIdempotencyStore another = redis.store()) {
                execute(another, PaymentFixture.mintedNow());
            }
            assertThat(execute(store, lost)).isInstanceOf(IdempotentResult.Unknown.class);
        }
    }

    /** A reconciler is queried about a lost key like about any other unknown one. */
    @Test
    void execute_recordLost_reconcilerRuns() {
        try (Redis redis = Redis.with(List.of("appendonly no"));
                RedisIdempotencyStore store = redis.store()) {
            String lost = PaymentFixture.mintedNow();
            execute(store, lost);
            redis.kill();
            redis.restart();
            ExternalIdempotency reconciled = PaymentFixture.external(store)
                    .withCrashPolicy(CrashPolicy.reconcile(record -> Resolution.done(StoredResponse.of("found"))));
            IdempotentResult result =
                    reconciled.execute(PaymentFixture.call(lost), execution -> StoredResponse.of("twice"));
            assertThat(((IdempotentResult.Replayed) result).response()).isEqualTo(StoredResponse.of("found"));
        }
    }
}
