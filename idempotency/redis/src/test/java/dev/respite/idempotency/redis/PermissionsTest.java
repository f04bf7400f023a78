package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Resolution;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Users of Redis with the rights that the documentation lists, and with fewer. */
class PermissionsTest {

    private static final String USER = "shop";

    private static Redis redis;
    private static RedisClient client;

    @BeforeAll
    static void start() {
        redis = Redis.durable();
        redis.setRights(USER, documented().toArray(String[]::new));
        client = redis.client(USER);
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        redis.close();
    }

    /** The rules of docs/idempotency-stores.md. */
    private static List<String> documented() {
        try (Stream<String> lines = Files.lines(Path.of("../../docs/idempotency-stores.md"))) {
            String line = lines.filter(one -> one.startsWith("ACL SETUSER shop"))
                    .findFirst()
                    .orElseThrow();
            return Stream.of(line.split(" "))
                    .filter(rule -> rule.startsWith("+") || rule.startsWith("~"))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static Stream<String> commands() {
        // PING and CLUSTER are for the client, and CONFIG is optional.
        return documented().stream()
                .filter(rule -> rule.startsWith("+") && !rule.matches("\\+(ping|config\\|get|cluster\\|\\w+)"))
                .map(rule -> rule.substring(1));
    }

    private static RedisIdempotencyStore store() {
        return RedisIdempotencyStore.of(client).withTimeout(Duration.ofSeconds(20));
    }

    @Test
    void documentedRights_areEnoughForEveryOperation() {
        try (RedisIdempotencyStore store = store().withMaxPerScope(1_000).requireDurable()) {
            PaymentFixture payment = new PaymentFixture(store);
            assertThat(payment.execute(payment.external())).isInstanceOf(IdempotentResult.Executed.class);
            assertThat(payment.execute(payment.external())).isInstanceOf(IdempotentResult.Replayed.class);
            assertThat(PaymentFixture.external(store)
                            .execute(
                                    PaymentFixture.call(PaymentFixture.mintedNow()),
                                    execution -> StoredResponse.of("paid")))
                    .isInstanceOf(IdempotentResult.Executed.class);
            PaymentFixture lost = new PaymentFixture(store);
            lost.dieAfterAnnouncing();
            redis.letPass(PaymentFixture.OVER);
            assertThat(lost.execute(lost.external())).isInstanceOf(IdempotentResult.Unknown.class);
            assertThat(store.count(State.UNKNOWN)).isEqualTo(1);
            assertThat(store.list(State.UNKNOWN, Optional.empty(), 10)).hasSize(1);
            Resolution found = Resolution.done(StoredResponse.of("found"));
            assertThat(IdempotencyEngine.of(store).resolve(lost.call.storageKey(), found))
                    .isTrue();
        }
        assertThat(redis.commands().keys("*probe*")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void command_notPermitted_isNamedAtTheStart(String command) {
        redis.setRights(USER, "-" + command);
        try {
            assertThatThrownBy(PermissionsTest::store)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("does not permit " + command + " ")
                    .hasMessageContaining("ACL SETUSER <user> +" + command);
        } finally {
            redis.setRights(USER, "+" + command);
        }
    }

    @Test
    void commands_notPermitted_areAllNamed() {
        redis.setRights(USER, "-hget", "-zadd");
        try {
            assertThatThrownBy(PermissionsTest::store).hasMessageContaining("+hget +zadd");
        } finally {
            redis.setRights(USER, "+hget", "+zadd");
        }
    }

    /** As with managed servers. The durability is not checked then. */
    @Test
    void config_notPermitted_isNoProblem() {
        redis.setRights(USER, "-config");
        try (RedisIdempotencyStore store = store()) {
            PaymentFixture payment = new PaymentFixture(store);
            assertThat(payment.execute(payment.external())).isInstanceOf(IdempotentResult.Executed.class);
        } finally {
            redis.setRights(USER, "+config|get");
        }
    }

    /** The prefix may be changed after the start, so the first operation finds this. */
    @Test
    void prefix_notPermitted_isExplainedByTheFirstOperation() {
        try (RedisIdempotencyStore store = store().withPrefix("other:")) {
            PaymentFixture payment = new PaymentFixture(store);
            assertThatThrownBy(() -> payment.execute(payment.external()))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("~<prefix>*");
            assertThat(payment.effects).hasValue(0);
        }
        redis.setRights(USER, "resetkeys", "~other:*");
        try (RedisIdempotencyStore store = store().withPrefix("other:")) {
            PaymentFixture payment = new PaymentFixture(store);
            assertThat(payment.execute(payment.external())).isInstanceOf(IdempotentResult.Executed.class);
        } finally {
            redis.setRights(USER, "resetkeys", "~respite:idempotency:*");
        }
    }

    @Test
    void cluster_documentedRights_areEnoughAndCheckedOnEachServer() {
        try (Cluster cluster = new Cluster(Redis.DURABLE)) {
            cluster.nodes.forEach(node -> node.setRights(USER, documented().toArray(String[]::new)));
            RedisClusterClient user =
                    RedisClusterClient.create(cluster.nodes.get(0).uri(USER));
            try (RedisIdempotencyStore store = RedisIdempotencyStore.of(user).withTimeout(Duration.ofSeconds(20))) {
                for (int i = 0; i < 20; i++) {
                    PaymentFixture payment = new PaymentFixture(store);
                    payment.execute(payment.external());
                }
                assertThat(store.count(State.DONE)).isEqualTo(20);
                cluster.nodes.get(1).setRights(USER, "-hset");
                assertThatThrownBy(() -> RedisIdempotencyStore.of(user)).hasMessageContaining("+hset");
            } finally {
                user.shutdown();
            }
        }
    }
}
