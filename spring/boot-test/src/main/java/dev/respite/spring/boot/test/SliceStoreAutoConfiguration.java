package dev.respite.spring.boot.test;

import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.Quota;
import dev.respite.time.TimeSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * The records of keys in a {@code @WebMvcTest} slice, which has no database. Listed for slices only, so that no application keeps
 * its records in memory.
 */
@AutoConfiguration(
        afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
        beforeName = "dev.respite.spring.boot.idempotency.RespiteIdempotencyAutoConfiguration")
@ConditionalOnClass(InMemoryIdempotencyStore.class)
@ConditionalOnMissingBean(
        type = {
            "javax.sql.DataSource",
            "dev.respite.idempotency.Idempotency",
            "dev.respite.idempotency.store.IdempotencyStore"
        })
final class SliceStoreAutoConfiguration {

    @Bean
    IdempotencyStore respiteSliceStore(ObjectProvider<TimeSource> time) {
        return InMemoryIdempotencyStore.of(Quota.defaults(), time.getIfAvailable(TimeSource::system));
    }
}
