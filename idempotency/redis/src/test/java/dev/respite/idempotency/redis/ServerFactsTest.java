package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.testsupport.LogLines;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import io.lettuce.core.RedisClient;
import io.lettuce.core.event.command.CommandListener;
import io.lettuce.core.event.command.CommandStartedEvent;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerFactsTest {

    private static Redis redis;

    private final LogLines logged = LogLines.of("dev.respite.idempotency");

    /** A time with another executor. */
    private record Executing(TimeSource delegate, Executor executor) implements TimeSource.Forwarding {}

    @BeforeAll
    static void start() {
        redis = Redis.durable();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @AfterEach
    void reset() {
        logged.close();
        redis.commands().configSet("maxmemory-policy", "noeviction");
        redis.commands().configSet("appendonly", "yes");
        redis.commands().configSet("appendfsync", "always");
    }

    /** Also where no maxmemory is set yet. */
    @ParameterizedTest
    @ValueSource(strings = {"allkeys-lru", "volatile-ttl", "allkeys-random"})
    void fault28_serverThatEvicts_isRejectedWithTheRemedy(String policy) {
        redis.commands().configSet("maxmemory-policy", policy);
        long before = connections();
        assertThatThrownBy(redis::store)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(policy)
                .hasMessageContaining("Set maxmemory-policy noeviction");
        Redis.await(() -> connections() <= before);
    }

    @Test
    void fault28_policyChangedLater_newKeysAreRejectedAndOthersComplete() {
        VirtualTime time = new VirtualTime();
        RedisClient client = redis.client();
        try (RedisIdempotencyStore store =
                RedisIdempotencyStore.of(client, time).withTimeout(Duration.ofSeconds(20))) {
            PaymentFixture before = new PaymentFixture(store);
            before.execute(before.external());
            PaymentFixture running = new PaymentFixture(store);
            PaymentFixture late = new PaymentFixture(store);
            IdempotentResult completed = running.external().execute(running.call, execution -> {
                redis.commands().configSet("maxmemory-policy", "allkeys-lru");
                time.advance(EvictionCheck.INTERVAL);
                assertThatThrownBy(() -> late.execute(late.external()))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("maxmemory-policy allkeys-lru")
                        .hasMessageContaining("Set maxmemory-policy noeviction");
                return running.pay();
            });
            assertThat(completed).isInstanceOf(IdempotentResult.Executed.class);
            assertThat(before.execute(before.external())).isInstanceOf(IdempotentResult.Replayed.class);
            assertThat(late.effects).hasValue(0);
            time.advance(EvictionCheck.INTERVAL);
            assertThat(logged.all())
                    .singleElement()
                    .asString()
                    .contains("allkeys-lru")
                    .contains("new keys are rejected");

            redis.commands().configSet("maxmemory-policy", "noeviction");
            time.advance(EvictionCheck.INTERVAL);
            assertThat(late.execute(late.external())).isInstanceOf(IdempotentResult.Executed.class);
            assertThat(logged.all()).hasSize(2);
        } finally {
            client.shutdown();
        }
        long closed = time.nanoTime();
        time.runAll();
        assertThat(time.nanoTime()).as("a closed store schedules no check").isEqualTo(closed);
    }

    @Test
    void check_executorRejectsOne_isRepeatedOnceAnInterval() {
        VirtualTime time = new VirtualTime();
        AtomicInteger checks = new AtomicInteger();
        TimeSource rejecting = new Executing(time, task -> {
            if (checks.incrementAndGet() == 1) {
                throw new RejectedExecutionException("full");
            }
            task.run();
        });
        RedisClient client = redis.client();
        try (RedisIdempotencyStore store = RedisIdempotencyStore.of(client, rejecting)) {
            redis.commands().configSet("maxmemory-policy", "allkeys-lru");
            time.advance(EvictionCheck.INTERVAL.multipliedBy(3));
            assertThat(checks).hasValue(3);
            assertThat(logged.all()).singleElement().asString().contains("allkeys-lru");
        } finally {
            client.shutdown();
        }
    }

    /** The threads of the client end before the store is closed. */
    @Test
    void check_clientHasNoThreads_throwsNothing() {
        VirtualTime time = new VirtualTime();
        List<Throwable> failures = new ArrayList<>();
        TimeSource recording = new Executing(time, task -> {
            try {
                task.run();
            } catch (RuntimeException failure) {
                failures.add(failure);
            }
        });
        ClientResources resources = ClientResources.create();
        RedisClient client = RedisClient.create(resources, redis.uri());
        try (RedisIdempotencyStore store = RedisIdempotencyStore.of(client, recording)) {
            resources.shutdown(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
            time.advance(EvictionCheck.INTERVAL);
            assertThatThrownBy(() -> store.count(State.UNKNOWN)).isInstanceOf(IllegalStateException.class);
        }
        assertThat(failures).isEmpty();
    }

    /** The virtual time runs a check on the thread that starts it, as an executor may. */
    @Test
    void check_error_isLoggedAndRepeatedOnceAnInterval() {
        VirtualTime time = new VirtualTime();
        RedisClient client = redis.client();
        AtomicInteger checks = new AtomicInteger(-1);
        // For connections that are opened later.
        client.addListener(new CommandListener() {
            @Override
            public void commandStarted(CommandStartedEvent event) {
                if (checks.get() >= 0) {
                    checks.incrementAndGet();
                    throw new NoClassDefFoundError("Metrics");
                }
            }
        });
        try (RedisIdempotencyStore store = RedisIdempotencyStore.of(client, time)) {
            checks.set(0);
            time.advance(EvictionCheck.INTERVAL.multipliedBy(4));
            assertThat(checks).hasValue(4);
            assertThat(logged.all()).hasSize(4).allMatch(line -> line.contains("could not be checked"));
        } finally {
            client.shutdown();
        }
    }

    /** As with a server that does not respond. CONFIG is not permitted, as with some providers. */
    @Test
    void check_policyCannotBeRead_keepsTheLastResult() {
        redis.setRights("guest", "~*", "+@all", "-config");
        VirtualTime time = new VirtualTime();
        RedisClient guest = redis.client("guest");
        try (RedisIdempotencyStore store = RedisIdempotencyStore.of(guest, time).withTimeout(Duration.ofSeconds(20))) {
            PaymentFixture payment = new PaymentFixture(store);
            time.advance(EvictionCheck.INTERVAL);
            assertThat(payment.execute(payment.external())).isInstanceOf(IdempotentResult.Executed.class);

            PaymentFixture late = new PaymentFixture(store);
            redis.commands().configSet("maxmemory-policy", "volatile-ttl");
            time.advance(EvictionCheck.INTERVAL);
            redis.setRights("guest", "-info");
            redis.commands().configSet("maxmemory-policy", "noeviction");
            time.advance(EvictionCheck.INTERVAL);
            assertThatThrownBy(() -> late.execute(late.external())).isInstanceOf(StoreUnavailableException.class);

            redis.setRights("guest", "+info");
            time.advance(EvictionCheck.INTERVAL);
            assertThat(late.execute(late.external())).isInstanceOf(IdempotentResult.Executed.class);
        } finally {
            guest.shutdown();
        }
    }

    private static long connections() {
        return redis.commands().clientList().lines().count();
    }

    @Test
    void in_durableServer_saysNothing() {
        redis.store().requireDurable().close();
        assertThat(logged.all()).isEmpty();
    }

    @Test
    void in_serverWithoutAppendOnlyFile_isWarnedOf() {
        redis.commands().configSet("appendonly", "no");
        assertFlaw("appendonly no");
    }

    @Test
    void in_serverThatWritesLater_isWarnedOf() {
        redis.commands().configSet("appendfsync", "everysec");
        assertFlaw("appendfsync everysec");
    }

    private void assertFlaw(String unsupportedReason) {
        try (RedisIdempotencyStore store = redis.store()) {
            assertThat(logged.all())
                    .singleElement()
                    .asString()
                    .contains(unsupportedReason)
                    .contains("appendfsync always");
            assertThatThrownBy(store::requireDurable)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(unsupportedReason);
        }
    }

    /** As with providers that lock their settings away. */
    @Test
    void in_serverThatDoesNotReportItsSettings_isWarnedOf() {
        redis.setRights("guest", "~*", "+@all", "-config");
        RedisClient guest = redis.client("guest");
        try (RedisIdempotencyStore store = RedisIdempotencyStore.of(guest)) {
            assertThat(logged.all()).singleElement().asString().contains("appendfsync (not reported)");
        } finally {
            guest.shutdown();
        }
    }

    @Test
    void in_noServer_isUnavailable() {
        RedisClient lost = RedisClient.create("redis://127.0.0.1:1");
        try {
            assertThatThrownBy(() -> RedisIdempotencyStore.of(lost))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("connection");
        } finally {
            lost.shutdown();
        }
    }
}
