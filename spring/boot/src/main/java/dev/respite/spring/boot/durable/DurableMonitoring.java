package dev.respite.spring.boot.durable;

import dev.respite.logging.FailureText;
import dev.respite.micrometer.DurableMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The counts of the durable calls: as gauges, as health, and for the endpoint of Respite. */
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

    /** Gauges of the calls that are due, running and scheduled, of the lag, and of the dead letters by state. */
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
}
