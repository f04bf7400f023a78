package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.idempotency.test.IdempotencyStoreContract;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisIdempotencyStoreTest implements IdempotencyStoreContract {

    private static final Duration HOUR = Duration.ofHours(1);

    private static Redis redis;
    private static RedisIdempotencyStore store;

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

    @Override
    public IdempotencyStore store() {
        return store;
    }

    @Override
    public void advance(Duration time) {
        redis.letPass(time);
    }

    /** Redis removes expired records by itself, and leaves no mark. */
    @Override
    public boolean rejectsKeysOlderThanPurgedOnes() {
        return false;
    }

    private static StorageKey key(String key) {
        return Scope.of("alice").storageKey("pay", IdempotencyKey.of(key));
    }

    private static StorageKey newKey() {
        return key(UUID.randomUUID().toString());
    }

    private static RecordWrite recordWrite(State state, Duration retention) {
        Optional<StoredResponse> response =
                state == State.DONE ? Optional.of(StoredResponse.of("done")) : Optional.empty();
        RecordWrite.Terms terms = new RecordWrite.Terms(HOUR, retention, HOUR, Optional.empty());
        return new RecordWrite(state, "me", Fingerprint.of("1", new byte[] {1}), 1, terms, response);
    }

    private static IdempotencyRecord put(StorageKey key) {
        return ((IdempotencyStore.Written) store.putIfAbsent(key, recordWrite(State.STARTED, HOUR))).record();
    }

    private static String name(StorageKey key) {
        return "respite:idempotency:{" + key + "}";
    }

    /** Records with an owner have no expiry, even after a release; DONE and READY records have one. */
    @ParameterizedTest
    @EnumSource(State.class)
    void write_eachState_expiresOnlyIfItIsSettled(State state) {
        StorageKey key = newKey();
        IdempotencyRecord started = put(key);
        assertThat(redis.commands().pttl(name(key))).isEqualTo(-1);
        Precondition wasStarted = new Precondition(started.ownerToken(), State.STARTED, false);
        store.compareAndSet(wasStarted, recordWrite(State.READY, HOUR));
        assertThat(redis.commands().pttl(name(key))).isPositive();
        Precondition wasReady = new Precondition(started.ownerToken(), State.READY, false);
        store.compareAndSet(wasReady, recordWrite(state, Duration.ofDays(7)));
        long left = redis.commands().pttl(name(key));
        if (state == State.DONE || state == State.READY) {
            assertThat(left)
                    .isBetween(Duration.ofDays(6).toMillis(), Duration.ofDays(7).toMillis() + 1);
        } else {
            assertThat(left).isEqualTo(-1);
        }
    }

    @Test
    void putIfAbsent_afterFlushall_hasAHigherFence() {
        StorageKey key = newKey();
        long before = put(key).ownerToken().fence();
        redis.commands().flushall();
        assertThat(put(key).ownerToken().fence()).isGreaterThan(before);
    }

    /** A clock that was set back does not give an old fence again, as long as the record is there. */
    @Test
    void compareAndSet_clockBehindTheFence_isOneMore() {
        StorageKey key = newKey();
        put(key);
        long ahead = 2_000_000_000_000_000L;
        String record = redis.commands().get(name(key));
        redis.commands().set(name(key), record.replaceFirst("\n\\d+\n", "\n" + ahead + "\n"));
        IdempotencyRecord started = store.find(key).orElseThrow();
        RecordWrite mine = recordWrite(State.STARTED, HOUR);
        RecordWrite anothers =
                new RecordWrite(mine.state(), "another", mine.fingerprint(), 2, mine.terms(), mine.response());
        IdempotencyStore.Swap swap =
                store.compareAndSet(new Precondition(started.ownerToken(), State.STARTED, false), anothers);
        assertThat(((IdempotencyStore.Written) swap).record().ownerToken().fence())
                .isEqualTo(ahead + 1);
    }

    /** The value of a record does not matter. The names are more than one step of a scan. */
    @Test
    void estimatedCount_otherNamesInTheDatabase_isOfRecords() {
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            names.put("estimated:{" + newKey() + "}", "");
            names.put("estimated:scope:{" + newKey() + "}", "");
            names.put("cart:" + i, "");
        }
        redis.commands().mset(names);
        assertThat(store.withPrefix("estimated:").estimatedCount()).isBetween(2_000L, 4_000L);
        redis.commands().del(names.keySet().toArray(String[]::new));
        assertThat(store.withPrefix("estimated:").estimatedCount()).isZero();
    }

    /** Others may write to the server. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "STARTED\n",
                "STARTED\n1\nme\n",
                "STARTED\nx\nme\n1\n1\nFP\n1\n\n",
                "STARTED\n1\n\n1\n1\nFP\n1\n\n",
                "STARTED\n1\nme\n1\n1\nFP\n1\n\n\u0001no response",
                "\u0000\u001b[2J"
            })
    void find_damagedRecord_isRejectedAndLeftOutOfLists(String text) {
        StorageKey damaged = newKey();
        StorageKey other = newKey();
        put(other);
        redis.commands()
                .set(
                        name(damaged),
                        text.replace("FP", Fingerprint.of("1", new byte[0]).toString()));
        assertThatThrownBy(() -> store.find(damaged))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageStartingWith("record " + damaged + " is damaged");
        assertThatThrownBy(() -> put(damaged)).isInstanceOf(StoreUnavailableException.class);
        assertThat(store.list(State.STARTED, Optional.empty(), 10_000))
                .extracting(record -> record.key().value())
                .contains(other.value())
                .doesNotContain(damaged.value());
        redis.commands().del(name(damaged), name(other));
    }

    /** No text of a client is an argument of a script as it is, but the response. */
    @Test
    void hostileTexts_areStoredUnchanged() {
        String hostile = "'\"\\ {}[]*?\r\n\t\u001b\u009b}{ redis.call('FLUSHALL') %s%n";
        StorageKey key = Scope.of(hostile).storageKey(hostile, IdempotencyKey.of("'\"\\{}*?[^%s" + "k".repeat(200)));
        byte[] body = ("\u0000" + hostile).repeat(1 << 15).getBytes(StandardCharsets.UTF_8);
        StoredResponse response = StoredResponse.of(200, Map.of("X-A", List.of("\t{}%s")), body);
        RecordWrite.Terms terms = new RecordWrite.Terms(HOUR, HOUR, HOUR, Optional.empty());
        String owner = OwnerToken.owner("me", Instant.EPOCH, Optional.of(hostile));
        RedisIdempotencyStore named = store.withPrefix("a'\"\\*?[^\r\n\u0000%s").withMaxPerScope(1);
        named.putIfAbsent(
                key,
                new RecordWrite(
                        State.DONE, owner, Fingerprint.of("1", new byte[] {1}), 1, terms, Optional.of(response)));

        IdempotencyRecord found = named.find(key).orElseThrow();
        assertThat(found.ownerToken().owner()).isEqualTo(owner);
        assertThat(found.response()).contains(response);
        assertThat(named.list(State.DONE, Optional.empty(), 10)).hasSize(1);
        assertThat(named.putIfAbsent(
                        Scope.of(hostile).storageKey("2", IdempotencyKey.of("2")), recordWrite(State.STARTED, HOUR)))
                .isInstanceOf(IdempotencyStore.Full.class);
    }

    /** A set under a name that looks like one of a record. */
    @Test
    void countAndList_withAForeignValue_leaveItOut() {
        RedisIdempotencyStore shared = store.withPrefix("shared:");
        shared.putIfAbsent(newKey(), recordWrite(State.STARTED, HOUR));
        redis.commands().sadd("shared:{" + newKey() + "}", "foreign");
        assertThat(shared.count(State.STARTED)).isEqualTo(1);
        assertThat(shared.list(State.STARTED, Optional.empty(), 10)).hasSize(1);
    }

    @Test
    void list_recordsOfANewerRespite_areLeftOut() {
        List<StorageKey> keys = Stream.generate(RedisIdempotencyStoreTest::newKey)
                .limit(7)
                .sorted(Comparator.comparing(StorageKey::value))
                .toList();
        keys.forEach(RedisIdempotencyStoreTest::put);
        for (StorageKey newer : keys.subList(0, 6)) {
            String record = redis.commands().get(name(newer));
            String fingerprint = store.find(newer).orElseThrow().fingerprint().toString();
            redis.commands().set(name(newer), record.replace(fingerprint, "V9:sha512"));
        }
        assertThat(store.list(State.STARTED, Optional.of(keys.get(0)), 2)).isNotEmpty();
        assertThat(store.list(State.STARTED, Optional.of(keys.get(0)), 10_000))
                .extracting(record -> record.key().value())
                .contains(keys.get(6).value())
                .doesNotContainAnyElementsOf(
                        keys.subList(0, 6).stream().map(StorageKey::value).toList());
        keys.forEach(key -> redis.commands().del(name(key)));
    }

    @Test
    void run_serverForgotTheScripts_sendsThemAgain() {
        StorageKey key = newKey();
        put(key);
        redis.commands().scriptFlush();
        assertThat(store.find(key)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'); redis.call('FLUSHALL') --",
                "\"]] .. error() .. [[",
                "*",
                "{}",
                "{a}b",
                "$5\\r\\nhello",
                "KEYS[1]",
                "%0a%00",
                "K",
                "k",
                "k "
            })
    void fault47_metacharacters_areHashedAndMeanNothing(String hostile) {
        StorageKey witness = newKey();
        put(witness);
        StorageKey key = Scope.of("x" + hostile).storageKey("op " + hostile, IdempotencyKey.of(hostile));
        IdempotencyRecord record = put(key);
        assertThat(store.find(key)).contains(record);
        assertThat(store.find(witness)).isPresent();
        assertThat(redis.commands().keys("*"))
                .allMatch(name -> name.matches("respite:idempotency:((scope:)?\\{[\\w-]{43}}|\\{servers})"));
        assertThat(redis.commands().get(name(key))).doesNotContain("redis.call");
    }

    @Test
    void fault47_keysThatDifferInCaseOrByASpace_haveRecordsOfTheirOwn() {
        List.of("K-47", "k-47", "k-47 ").forEach(text -> put(key(text)));
    }

    @Test
    void withPrefix_another_sharesNothing() {
        StorageKey key = newKey();
        put(key);
        assertThat(store.withPrefix("shop:").find(key)).isEmpty();
        assertThatThrownBy(() -> store.withPrefix("a{b}")).hasMessageContaining("braces");
    }

    /** While nodes are replaced one by one. */
    @Test
    void execute_recordOfANewerRespite_isUnavailableAndRunsNothing() {
        PaymentFixture payment = new PaymentFixture(store);
        payment.execute(payment.external());
        String name = name(payment.call.storageKey());
        String record = redis.commands().get(name);
        int response = record.split("(?<=\n)", 9)[8].length();
        redis.commands().setrange(name, record.length() - response, "\u0002");
        assertThatThrownBy(() -> payment.execute(payment.external()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("version 2");
        assertThat(payment.effects).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"0, GONE", "5, V:"})
    void execute_recordWithAnUnknownStateOrFingerprint_isUnavailableAndRunsNothing(int line, String value) {
        PaymentFixture payment = new PaymentFixture(store);
        payment.execute(payment.external());
        String name = name(payment.call.storageKey());
        String[] lines = redis.commands().get(name).split("(?<=\n)", 9);
        int offset = Stream.of(lines).limit(line).mapToInt(String::length).sum();
        redis.commands().setrange(name, offset, value);
        assertThatThrownBy(() -> payment.execute(payment.external()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(value)
                .hasMessageContaining("upgrade this node");
        assertThat(payment.effects).hasValue(1);
    }

    @Test
    void withTimeout_notPositive_isRejected() {
        assertThatThrownBy(() -> store.withTimeout(Duration.ZERO)).hasMessageContaining("PT0S");
    }

    /** Longer than Lua could count. */
    @Test
    void putIfAbsent_retentionForEver_isKeptForAHundredYears() {
        StorageKey key = newKey();
        RecordWrite.Terms forEver =
                new RecordWrite.Terms(HOUR, Duration.ofSeconds(Long.MAX_VALUE), HOUR, Optional.empty());
        RecordWrite done = recordWrite(State.DONE, HOUR);
        store.putIfAbsent(key, new RecordWrite(State.DONE, "me", done.fingerprint(), 1, forEver, done.response()));
        IdempotencyRecord record = store.find(key).orElseThrow();
        assertThat(Duration.between(record.times().leaseUntil(), record.times().expiresAt())
                        .plus(HOUR))
                .isEqualTo(Duration.ofDays(36_500));
    }

    @Test
    void fault49_scopeWithManyKeys_isRejectedAndOthersAreNot() {
        Scope flooding = Scope.of("mallory " + UUID.randomUUID());
        RedisIdempotencyStore limited = store.withMaxPerScope(3);
        RecordWrite write = recordWrite(State.STARTED, HOUR);
        StorageKey before = flooding.storageKey("pay", IdempotencyKey.of("before there was a limit"));
        put(before);
        for (int i = 0; i < 3; i++) {
            StorageKey key = flooding.storageKey("pay", IdempotencyKey.of("k" + i));
            assertThat(limited.putIfAbsent(key, write)).isInstanceOf(IdempotencyStore.Written.class);
            assertThat(limited.putIfAbsent(key, write)).isInstanceOf(IdempotencyStore.Rejected.class);
        }
        StorageKey more = flooding.storageKey("pay", IdempotencyKey.of("k3"));
        assertThat(limited.putIfAbsent(more, write)).isInstanceOf(IdempotencyStore.Full.class);
        assertThat(store.find(more)).isEmpty();
        assertThat(limited.putIfAbsent(before, write)).isInstanceOf(IdempotencyStore.Rejected.class);
        assertThat(limited.putIfAbsent(newKey(), write)).isInstanceOf(IdempotencyStore.Written.class);
    }

    /** Each place is given back in its own time, and no sooner because another's is short. */
    @Test
    void withMostPerScope_retentionOver_hasRoomForOneMore() {
        Scope scope = Scope.of("often " + UUID.randomUUID());
        RedisIdempotencyStore limited = store.withMaxPerScope(2);
        Duration shortly = Duration.ofMillis(50);
        assertThat(putOf(limited, scope, "long", HOUR)).isInstanceOf(IdempotencyStore.Written.class);
        for (int i = 0; i < 3; i++) {
            assertThat(putOf(limited, scope, "short " + i, shortly)).isInstanceOf(IdempotencyStore.Written.class);
            advance(shortly.multipliedBy(2));
        }
        assertThat(putOf(limited, scope, "long 2", HOUR)).isInstanceOf(IdempotencyStore.Written.class);
        assertThat(putOf(limited, scope, "more", HOUR)).isInstanceOf(IdempotencyStore.Full.class);
    }

    /** A scope cannot fill the store with unknown keys. */
    @Test
    void withMostPerScope_unknown_isCountedUntilItIsResolved() {
        Scope scope = Scope.of("unlucky " + UUID.randomUUID());
        RedisIdempotencyStore limited = store.withMaxPerScope(1);
        Duration shortly = Duration.ofMillis(50);
        IdempotencyRecord started = ((IdempotencyStore.Written) putOf(limited, scope, "k", shortly)).record();
        limited.compareAndSet(
                new Precondition(started.ownerToken(), State.STARTED, false), recordWrite(State.UNKNOWN, shortly));
        advance(shortly.multipliedBy(2));
        assertThat(putOf(limited, scope, "more", HOUR)).isInstanceOf(IdempotencyStore.Full.class);
        assertThat(redis.commands()
                        .pttl("respite:idempotency:scope:{" + started.key().scope() + "}"))
                .isEqualTo(-1);
        limited.compareAndSet(
                new Precondition(started.ownerToken(), State.UNKNOWN, false), recordWrite(State.DONE, shortly));
        assertThat(putOf(limited, scope, "more", HOUR)).isInstanceOf(IdempotencyStore.Full.class);
        advance(shortly.multipliedBy(2));
        assertThat(putOf(limited, scope, "more", HOUR)).isInstanceOf(IdempotencyStore.Written.class);
    }

    private static IdempotencyStore.Put putOf(IdempotencyStore in, Scope scope, String key, Duration retention) {
        return in.putIfAbsent(scope.storageKey("pay", IdempotencyKey.of(key)), recordWrite(State.STARTED, retention));
    }

    @Test
    void withMostPerScope_none_isRejected() {
        assertThatThrownBy(() -> store.withMaxPerScope(0)).hasMessageContaining("at most 0");
    }
}
