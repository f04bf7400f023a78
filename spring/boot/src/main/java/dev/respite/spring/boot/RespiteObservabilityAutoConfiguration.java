package dev.respite.spring.boot;

import dev.respite.micrometer.RetryMetrics;
import dev.respite.spring.Retries;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Meters of each retry, events in the current observation, and Micrometer's context in asynchronous attempts. */
@AutoConfiguration(
        before = RespiteAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
final class RespiteObservabilityAutoConfiguration {

    /** The meters of {@link RetryMetrics} for each retry, in the registries to which Spring Boot binds all meters. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({RetryMetrics.class, MeterRegistry.class})
    static final class Meters {

        @Bean
        @ConditionalOnMissingBean(name = "respiteMeters")
        MeterBinder respiteMeters(Retries retries) {
            return registry -> retries.names()
                    .forEach(name -> RetryMetrics.of(retries.get(name)).bindTo(registry));
        }
    }

    /** Events of failed attempts and of calls that give up, in the observation that is current then. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    static final class Events {

        @Bean
        @ConditionalOnBean(ObservationRegistry.class)
        @ConditionalOnMissingBean(name = "respiteObservationEvents")
        RetryCustomizer respiteObservationEvents(ObservationRegistry registry) {
            ObservationEvents events = new ObservationEvents(registry);
            return retry -> retry.withListener(events);
        }
    }

    /** The context of Micrometer (observations, the keys of logs) in later attempts of asynchronous calls. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ContextSnapshotFactory.class)
    static final class ContextPropagation {

        /** First, so that a customizer of the application can replace the carrier. */
        @Bean
        @ConditionalOnMissingBean(name = "respiteContextPropagation")
        @Order(Ordered.HIGHEST_PRECEDENCE)
        RetryCustomizer respiteContextPropagation() {
            ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();
            return retry -> retry.withContext(task -> snapshots.captureAll().wrap(task));
        }
    }
}
