package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.micrometer.IdempotencyMetrics;
import dev.respite.micrometer.IdempotencyStoreMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Counters of the results of keys, and gauges of the records whose outcome is unknown or open. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({IdempotencyMetrics.class, MeterBinder.class})
final class MetersConfiguration {

    private static final String NAME = "http";

    @Bean
    @ConditionalOnBean(Idempotency.class)
    @ConditionalOnMissingBean(name = "respiteIdempotencyMeters")
    MeterBinder respiteIdempotencyMeters(Idempotency<?> idempotency) {
        return IdempotencyMetrics.of(NAME, idempotency);
    }

    /** Only in a database, which has an index for it: a store in Redis looks at all of its records. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JdbcIdempotencyStore.class)
    static final class InDatabase {
        @Bean
        @ConditionalOnBean(JdbcIdempotencyStore.class)
        @ConditionalOnMissingBean(name = "respiteIdempotencyStoreMeters")
        MeterBinder respiteIdempotencyStoreMeters(JdbcIdempotencyStore store) {
            return IdempotencyStoreMetrics.of(NAME, store);
        }
    }
}
