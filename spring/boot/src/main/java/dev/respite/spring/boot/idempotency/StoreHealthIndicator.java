package dev.respite.spring.boot.idempotency;

import dev.respite.logging.FailureText;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * The health of a store: down if its query throws an exception.
 *
 * @param query reads the store
 */
record StoreHealthIndicator(Supplier<Health.Builder> query) implements HealthIndicator {

    @Override
    public Health health() {
        try {
            return query.get().build();
        } catch (RuntimeException unavailable) {
            return Health.down()
                    .withDetail("error", FailureText.of(unavailable))
                    .build();
        }
    }
}
