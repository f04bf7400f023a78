package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.micrometer.IdempotencyMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Meters and health of the keys, for every store. */
@Configuration(proxyBeanMethods = false)
final class IdempotencyMonitoring {

    private static final String NAME = "http";
    private static final String HEALTH = "respiteIdempotencyHealthIndicator";

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
    @ConditionalOnClass({IdempotencyMetrics.class, MeterBinder.class})
    static final class StoreMeters {

        @Bean
        @ConditionalOnSingleCandidate(IdempotencyStore.class)
        @ConditionalOnMissingBean(name = "respiteIdempotencyStoreMeters")
        MeterBinder respiteIdempotencyStoreMeters(IdempotencyStore store) {
            return IdempotencyMetrics.ofRecords(NAME, store);
        }
    }

    /** Up if a database responds, with the number of records whose outcome is unknown: it has an index of them. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class, JdbcIdempotencyStore.class})
    @ConditionalOnEnabledHealthIndicator("respiteidempotency")
    static final class DatabaseHealth {

        @Bean
        @ConditionalOnSingleCandidate(JdbcIdempotencyStore.class)
        @ConditionalOnMissingBean(name = HEALTH)
        HealthIndicator respiteIdempotencyHealthIndicator(JdbcIdempotencyStore store) {
            return new StoreHealthIndicator(() -> Health.up().withDetail("unknown", store.count(State.UNKNOWN)));
        }
    }

    /** Up if any other store responds. It does not count: a store in Redis would scan all records at each request. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    @ConditionalOnEnabledHealthIndicator("respiteidempotency")
    static final class StoreHealth {

        /** The name of no record, because the operations of requests contain a path. */
        private static final StorageKey NO_RECORD = StorageKey.of("", "respite-health", "");

        @Bean
        @ConditionalOnSingleCandidate(IdempotencyStore.class)
        @ConditionalOnMissingBean(name = HEALTH, type = "dev.respite.idempotency.jdbc.JdbcIdempotencyStore")
        HealthIndicator respiteIdempotencyHealthIndicator(IdempotencyStore store) {
            return new StoreHealthIndicator(() -> {
                Optional<IdempotencyRecord> unused = store.find(NO_RECORD);
                return Health.up();
            });
        }
    }
}
