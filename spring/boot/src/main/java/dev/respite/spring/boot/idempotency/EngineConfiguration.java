package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencyListener;
import dev.respite.idempotency.Rebuilder;
import dev.respite.idempotency.ResponseEncryption;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Purger;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.time.TimeSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/** The engine of a store, and the purge of its expired records. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(IdempotencyStore.class)
final class EngineConfiguration {

    @Bean
    @ConditionalOnMissingBean
    IdempotencyEngine respiteIdempotencyEngine(
            IdempotencyStore store,
            IdempotencySetup setup,
            ObjectProvider<IdempotencyListener> listeners,
            ObjectProvider<Rebuilder> rebuilder,
            ObjectProvider<ResponseEncryption> encryption) {
        IdempotencyEngine engine =
                IdempotencyEngine.of(store).withSettings(setup.settings()).withName("http");
        engine = setup.properties().storeOperations() ? engine : engine.withoutOperations();
        for (IdempotencyListener listener : listeners.orderedStream().toList()) {
            engine = engine.withListener(listener);
        }
        Rebuilder rebuilds = rebuilder.getIfUnique();
        engine = rebuilds == null ? engine : engine.withRebuilder(rebuilds);
        ResponseEncryption encrypts = encryption.getIfAvailable();
        return encrypts == null ? engine : engine.withEncryption(encrypts);
    }

    /** A purger on each node: the store lets one purge at a time. */
    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    @ConditionalOnProperty(name = IdempotencyProperties.PREFIX + ".purge.enabled", matchIfMissing = true)
    Purger respiteIdempotencyPurger(IdempotencyStore store, IdempotencySetup setup) {
        SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("respite-purger-");
        threads.setDaemon(true);
        IdempotencyProperties.Purge purge = setup.properties().purge();
        try {
            return Purger.start(store, purge.interval(), purge.batch(), TimeSource.on(threads));
        } catch (IllegalArgumentException invalid) {
            throw SetupException.ofProperty(IdempotencyProperties.PREFIX + ".purge", invalid);
        }
    }
}
