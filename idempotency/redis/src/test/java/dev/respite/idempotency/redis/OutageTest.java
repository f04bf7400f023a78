package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.StoreUnavailableException;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How Lettuce handles operations during an outage. */
class OutageTest {

    private static final int MAX_SECONDS = 5;

    /** As docs/idempotency-stores.md advises. Commands that were given up stay in the queue, so it fills. */
    @Test
    void away_queueIsFull_isUnavailableAtOnce() {
        try (Redis redis = Redis.durable()) {
            RedisClient client = redis.client();
            client.setOptions(
                    ClientOptions.builder().requestQueueSize(MAX_SECONDS).build());
            try (RedisIdempotencyStore store = RedisIdempotencyStore.of(client)) {
                PaymentFixture payment = new PaymentFixture(store.withTimeout(Duration.ofMillis(20)));
                redis.kill();
                Redis.await(() -> whyNot(store.withTimeout(Duration.ofMillis(20)), payment)
                        .contains("queue"));
                assertThat(whyNot(store.withTimeout(Duration.ofHours(1)), payment))
                        .contains("queue");
                redis.restart();
                Redis.await(() -> isAnswering(store, payment));
                assertThat(payment.execute(PaymentFixture.external(store)))
                        .isInstanceOf(IdempotentResult.Executed.class);
                assertThat(payment.effects).hasValue(1);
            } finally {
                client.shutdown();
            }
        }
    }

    private static boolean isAnswering(RedisIdempotencyStore store, PaymentFixture payment) {
        try {
            return store.find(payment.call.storageKey()).isEmpty();
        } catch (StoreUnavailableException notYet) {
            return false;
        }
    }

    private static String whyNot(RedisIdempotencyStore store, PaymentFixture payment) {
        return assertThatThrownBy(() -> store.find(payment.call.storageKey()))
                .isInstanceOf(StoreUnavailableException.class)
                .actual()
                .getMessage();
    }
}
