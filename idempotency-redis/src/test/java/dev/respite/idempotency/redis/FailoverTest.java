package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.Answer;
import dev.respite.idempotency.Claims;
import dev.respite.idempotency.CrashPolicy;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.Resolution;
import dev.respite.idempotency.StoredResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A replica that takes over without the last records, and servers that are started again with all of theirs. */
@Timeout(120)
class FailoverTest {

    private final AtomicInteger effects = new AtomicInteger();

    private Answer ask(IdempotencyStore store, String key) {
        return Lived.external(store)
                .execute(Lived.call(key), execution -> StoredResponse.of("paid " + effects.incrementAndGet()));
    }

    @Test
    void execute_recordLostInAFailover_isUnknownAndNotRunAgain() {
        try (Pair pair = new Pair();
                RedisIdempotencyStore store = pair.store()) {
            String kept = Lived.mintedNow();
            ask(store, kept);
            pair.replicate();
            pair.partition();
            String lost = Lived.mintedNow();
            assertThat(ask(store, lost)).isInstanceOf(Answer.Executed.class);
            pair.heal();
            pair.rename();
            assertThat(ask(store, lost)).isInstanceOf(Answer.Unknown.class);
            assertThat(ask(store, lost)).isInstanceOf(Answer.Unknown.class);
            assertThat(ask(store, kept)).isInstanceOf(Answer.Replayed.class);
            assertThat(ask(store, Lived.mintedNow())).isInstanceOf(Answer.Executed.class);
            assertThat(effects).hasValue(3);

            boolean resolved = Claims.in(store)
                    .resolve(Lived.call(lost).storageKey(), Resolution.done(StoredResponse.of("found in the books")));
            assertThat(resolved).isTrue();
            assertThat(ask(store, lost)).isInstanceOf(Answer.Replayed.class);
        }
    }

    /** What was found out is kept in Redis, not in the process that did. */
    @Test
    void execute_anotherProcessAfterAFailover_isUnknownToo() {
        try (Pair pair = new Pair()) {
            String lost;
            try (RedisIdempotencyStore store = pair.store()) {
                ask(store, Lived.mintedNow());
                pair.replicate();
                pair.partition();
                lost = Lived.mintedNow();
                ask(store, lost);
            }
            pair.heal();
            pair.rename();
            try (RedisIdempotencyStore one = pair.store()) {
                ask(one, Lived.mintedNow());
            }
            try (RedisIdempotencyStore another = pair.store()) {
                assertThat(ask(another, lost)).isInstanceOf(Answer.Unknown.class);
            }
        }
    }

    /** The time of the change is when the new primary was connected to, not when the first key came after it. */
    @Test
    void execute_keyMintedAfterTheConnectionWasMade_isExecuted() {
        try (Pair pair = new Pair()) {
            try (RedisIdempotencyStore store = pair.store()) {
                ask(store, Lived.mintedNow());
            }
            pair.replicate();
            pair.failOver();
            pair.rename();
            try (RedisIdempotencyStore store = pair.store()) {
                String key = Lived.mintedNow();
                pair.second.letPass(Duration.ofMillis(50));
                assertThat(ask(store, key)).isInstanceOf(Answer.Executed.class);
            }
        }
    }

    /** The documented limit: nothing says when it was minted. */
    @Test
    void execute_opaqueKeyLostInAFailover_runsAgain() {
        try (Pair pair = new Pair();
                RedisIdempotencyStore store = pair.store()) {
            ask(store, Lived.mintedNow());
            pair.replicate();
            pair.partition();
            ask(store, "order 4711");
            pair.heal();
            pair.rename();
            assertThat(ask(store, "order 4711")).isInstanceOf(Answer.Executed.class);
            assertThat(effects).hasValue(3);
        }
    }

    @Test
    void withFailoversIgnored_recordLost_runsAgain() {
        try (Pair pair = new Pair();
                RedisIdempotencyStore store = pair.store().withFailoversIgnored()) {
            pair.partition();
            String lost = Lived.mintedNow();
            ask(store, lost);
            pair.heal();
            pair.rename();
            assertThat(ask(store, lost)).isInstanceOf(Answer.Executed.class);
        }
    }

    /** One that takes writes would lose them when its primary sends all it has. */
    @Test
    void execute_replicaThatTakesWrites_isLeftAllTheSame() {
        try (Pair pair = new Pair();
                RedisIdempotencyStore store = pair.store()) {
            pair.first.commands().configSet("replica-read-only", "no");
            pair.failOver();
            pair.rename();
            String key = Lived.mintedNow();
            ask(store, key);
            assertThat(pair.second
                            .commands()
                            .exists("respite:idempotency:{" + Lived.call(key).storageKey() + "}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void execute_durableServerWasKilledAndStarted_isNoLoss() {
        try (Redis redis = Redis.durable();
                RedisIdempotencyStore store = redis.store()) {
            ask(store, Lived.mintedNow());
            for (int i = 0; i < 2; i++) {
                String before = Lived.mintedNow();
                redis.kill();
                redis.restart();
                assertThat(ask(store, before)).isInstanceOf(Answer.Executed.class);
            }
            assertThat(effects).hasValue(3);
        }
    }

    @Test
    void execute_serverWithoutAppendOnlyFileWasKilledAndStarted_isUnknown() {
        try (Redis redis = Redis.with(List.of("appendonly no"));
                RedisIdempotencyStore store = redis.store()) {
            String lost = Lived.mintedNow();
            ask(store, lost);
            redis.kill();
            redis.restart();
            assertThat(ask(store, lost)).isInstanceOf(Answer.Unknown.class);
            assertThat(ask(store, Lived.mintedNow())).isInstanceOf(Answer.Executed.class);
        }
    }

    /** As a promoted replica whose settings are not those of the server before it. */
    @Test
    void execute_serverWasStartedWithoutSyncingAlways_isUnknown() {
        List<String> settings = new ArrayList<>(Redis.DURABLE);
        try (Redis redis = Redis.with(settings);
                RedisIdempotencyStore store = redis.store()) {
            ask(store, Lived.mintedNow());
            String before = Lived.mintedNow();
            redis.kill();
            settings.set(settings.indexOf("appendfsync always"), "appendfsync everysec");
            redis.restart();
            assertThat(ask(store, before)).isInstanceOf(Answer.Unknown.class);
            assertThat(ask(store, Lived.mintedNow())).isInstanceOf(Answer.Executed.class);
        }
    }

    /** The other process registers the server in a hash that is empty; this one knows ids that had been in it. */
    @Test
    void execute_newProcessWasFirstAfterTheLoss_isUnknownToThoseThatRanBefore() {
        try (Redis redis = Redis.with(List.of("appendonly no"));
                RedisIdempotencyStore store = redis.store()) {
            String lost = Lived.mintedNow();
            ask(store, lost);
            redis.kill();
            redis.restart();
            try (RedisIdempotencyStore another = redis.store()) {
                ask(another, Lived.mintedNow());
            }
            assertThat(ask(store, lost)).isInstanceOf(Answer.Unknown.class);
        }
    }

    /** A reconciler is asked about a lost key as about any other whose outcome is unknown. */
    @Test
    void execute_recordLost_reconcilerIsAsked() {
        try (Redis redis = Redis.with(List.of("appendonly no"));
                RedisIdempotencyStore store = redis.store()) {
            String lost = Lived.mintedNow();
            ask(store, lost);
            redis.kill();
            redis.restart();
            ExternalIdempotency reconciled = Lived.external(store)
                    .withCrashPolicy(CrashPolicy.reconcile(record -> Resolution.done(StoredResponse.of("found"))));
            Answer answer = reconciled.execute(Lived.call(lost), execution -> StoredResponse.of("twice"));
            assertThat(((Answer.Replayed) answer).response()).isEqualTo(StoredResponse.of("found"));
        }
    }
}
