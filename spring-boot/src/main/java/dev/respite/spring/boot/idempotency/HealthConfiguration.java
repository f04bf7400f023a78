package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.store.State;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The health of the store: up if it responds, with the number of records whose outcome is unknown. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class, JdbcIdempotencyStore.class})
@ConditionalOnEnabledHealthIndicator("respiteidempotency")
final class HealthConfiguration {

    @Bean
    @ConditionalOnBean(JdbcIdempotencyStore.class)
    @ConditionalOnMissingBean(name = "respiteIdempotencyHealthIndicator")
    HealthIndicator respiteIdempotencyHealthIndicator(JdbcIdempotencyStore store) {
        return () -> {
            try {
                return Health.up()
                        .withDetail("unknown", store.count(State.UNKNOWN))
                        .build();
            } catch (RuntimeException unavailable) {
                return Health.down(unavailable).build();
            }
        };
    }
}
