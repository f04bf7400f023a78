package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.micrometer.IdempotencyMetrics;
import dev.respite.micrometer.IdempotencyStoreMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Meters and health of the keys. The records are counted only in a database, which has an index for that: a store in Redis
 * looks at all of its records.
 */
@Configuration(proxyBeanMethods = false)
final class IdempotencyMonitoring {

    private static final String NAME = "http";

    /** Counters of the results of keys. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({IdempotencyMetrics.class, MeterBinder.class})
    static final class Meters {

        @Bean
        @ConditionalOnBean(Idempotency.class)
        @ConditionalOnMissingBean(name = "respiteIdempotencyMeters")
        MeterBinder respiteIdempotencyMeters(Idempotency<?> idempotency) {
            return IdempotencyMetrics.of(NAME, idempotency);
        }
    }

    /** Gauges of the records whose outcome is unknown or open. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({IdempotencyStoreMetrics.class, MeterBinder.class, JdbcIdempotencyStore.class})
    static final class StoreMeters {

        @Bean
        @ConditionalOnBean(JdbcIdempotencyStore.class)
        @ConditionalOnMissingBean(name = "respiteIdempotencyStoreMeters")
        MeterBinder respiteIdempotencyStoreMeters(JdbcIdempotencyStore store) {
            return IdempotencyStoreMetrics.of(NAME, store);
        }
    }

    /** Up if the store responds, with the number of records whose outcome is unknown. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class, JdbcIdempotencyStore.class})
    @ConditionalOnEnabledHealthIndicator("respiteidempotency")
    static final class Healths {

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
}
