package dev.respite.spring.boot.durable;

import dev.respite.durable.PendingCalls;
import dev.respite.logging.FailureText;
import dev.respite.micrometer.DurableMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The durable calls as gauges and as health, for the endpoint of Respite, and by an endpoint of their own. */
@Configuration(proxyBeanMethods = false)
final class DurableMonitoring {

    /**
     * The section of the endpoint.
     *
     * @param calls the counts; null if they could not be read
     * @param failure the class of the exception of the database; null if the counts were read
     */
    record Section(
            @Nullable Map<String, Object> calls, @Nullable String failure) {}

    @Bean
    Supplier<Object> respiteDurableOverview(DurableStore store) {
        return () -> {
            try {
                return new Section(store.counts(), null);
            } catch (RuntimeException unavailable) {
                return new Section(null, unavailable.getClass().getName());
            }
        };
    }

    /** Gauges of the calls that are due, running and scheduled, of the lag, and of the dead letters by state, for each task. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({DurableMetrics.class, MeterBinder.class})
    static final class Meters {

        private static final String NAME = "durable";

        @Bean
        @ConditionalOnMissingBean(name = "respiteDurableMeters")
        MeterBinder respiteDurableMeters(DurableStore store) {
            return DurableMetrics.of(NAME, store.queue());
        }
    }

    /** Up if the tables can be read, with the counts and the lag. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    @ConditionalOnEnabledHealthIndicator("respitedurable")
    static final class Healths {

        @Bean
        @ConditionalOnMissingBean(name = "respiteDurableHealthIndicator")
        HealthIndicator respiteDurableHealthIndicator(DurableStore store) {
            return () -> {
                try {
                    return Health.up().withDetails(store.counts()).build();
                } catch (RuntimeException unavailable) {
                    return Health.down()
                            .withDetail("error", FailureText.of(unavailable))
                            .build();
                }
            };
        }
    }

    /** Counts, lists and changes the calls, where the application exposes it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
    @ConditionalOnAvailableEndpoint(DurableEndpoint.class)
    static final class Endpoints {

        @Bean
        @ConditionalOnMissingBean
        DurableEndpoint respiteDurableEndpoint(DurableStore store, PendingCalls calls, RunningRetry running) {
            return new DurableEndpoint(store, calls, running);
        }
    }
}
