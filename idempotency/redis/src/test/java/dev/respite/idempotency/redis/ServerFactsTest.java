package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.store.StoreUnavailableException;
import io.lettuce.core.RedisClient;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerFactsTest {

    private static Redis redis;

    private final Logger logger = Logger.getLogger("dev.respite.idempotency");
    private final List<String> logged = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            logged.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeAll
    static void start() {
        redis = Redis.durable();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void reset() {
        logger.removeHandler(handler);
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

    private static long connections() {
        return redis.commands().clientList().lines().count();
    }

    @Test
    void in_durableServer_saysNothing() {
        redis.store().requireDurable().close();
        assertThat(logged).isEmpty();
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
            assertThat(logged)
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
        redis.commands()
                .dispatch(
                        io.lettuce.core.protocol.CommandType.ACL,
                        new io.lettuce.core.output.StatusOutput<>(io.lettuce.core.codec.StringCodec.UTF8),
                        new io.lettuce.core.protocol.CommandArgs<>(io.lettuce.core.codec.StringCodec.UTF8)
                                .add("SETUSER")
                                .add("guest")
                                .add("on")
                                .add("nopass")
                                .add("~*")
                                .add("+@all")
                                .add("-config"));
        var uri = redis.uri();
        uri.setCredentialsProvider(io.lettuce.core.RedisCredentialsProvider.from(
                () -> io.lettuce.core.RedisCredentials.just("guest", "x")));
        RedisClient guest = RedisClient.create(uri);
        try (RedisIdempotencyStore store = RedisIdempotencyStore.of(guest)) {
            assertThat(logged).singleElement().asString().contains("appendfsync (not reported)");
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
