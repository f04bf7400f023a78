package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.isReplay;
import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static dev.respite.stacks.idempotency.boot.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.redis.RedisIdempotencyStore;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import redis.embedded.RedisServer;

/** Meters and health of an application whose records are in Redis. */
class RedisStoreTest {

    private RedisServer redis;
    private int port;

    @Configuration(proxyBeanMethods = false)
    @Import(Shop.class)
    static class WithRedis {

        @Bean(destroyMethod = "shutdown")
        RedisClient client(@Value("${test.redis}") String url) {
            return RedisClient.create(url);
        }

        @Bean
        RedisIdempotencyStore store(RedisClient client) {
            return RedisIdempotencyStore.of(client);
        }
    }

    @BeforeEach
    void start() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        redis = RedisServer.newRedisServer()
                .port(port)
                .setting("dir " + Files.createTempDirectory("respite-redis"))
                .setting("appendonly yes")
                .setting("appendfsync always")
                .build();
        redis.start();
    }

    @AfterEach
    void stop() throws IOException {
        redis.stop();
    }

    @Test
    void metersAndHealth_areThoseOfTheStore() throws IOException {
        List<String> properties = List.of("shop.retention=72h", "test.redis=redis://127.0.0.1:" + port);
        try (TestServer server = TestServer.start(Stack.PLAIN, properties, WithRedis.class)) {
            String item = name("item");
            // After a UUIDv7 key the store has a name that belongs to no record.
            String key = new UUID(Instant.now().toEpochMilli() << 16 | 0x7000L, 0x8000000000000001L).toString();
            server.post("/orders", key, item);
            assertThat(isReplay(server.post("/orders", key, item))).isTrue();
            putUnknown(server.bean(RedisIdempotencyStore.class));
            assertThat(get(server, "/actuator/metrics/respite.idempotency.records?tag=state:unknown"))
                    .contains("\"value\":1.0");
            assertThat(get(server, "/actuator/health")).contains("\"respiteIdempotency\":{\"status\":\"UP\"}");
            redis.stop();
            assertThat(get(server, "/actuator/health"))
                    .containsPattern("\"respiteIdempotency\":\\{\"details\":\\{[^}]*},\"status\":\"DOWN\"}");
        }
    }

    private static void putUnknown(IdempotencyStore store) {
        Duration hour = Duration.ofHours(1);
        RecordWrite.Terms terms = new RecordWrite.Terms(hour, hour, hour, Optional.empty());
        IdempotencyStore.Put put = store.putIfAbsent(
                Scope.of("alice").storageKey("pay", IdempotencyKey.of("k")),
                new RecordWrite(
                        State.UNKNOWN, "owner", Fingerprint.of("1", new byte[] {1}), 1, terms, Optional.empty()));
        assertThat(put).isInstanceOf(IdempotencyStore.Written.class);
    }

    private static String get(TestServer server, String path) {
        return send(server.request(path).GET()).body();
    }
}
