package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyEngine;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Records apart from the effect, in a store of the application: at most once. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(IdempotencyEngine.class)
@ConditionalOnMissingBean(Idempotency.class)
final class ExternalConfiguration {

    @Bean
    IdempotencyFactory respiteIdempotencyFactory(IdempotencyEngine engine) {
        return settings -> ExternalIdempotency.of(engine.withSettings(settings));
    }

    @Bean
    Idempotency<?> respiteIdempotency(IdempotencyFactory factory, IdempotencyEngine engine) {
        return factory.create(engine.settings());
    }
}
