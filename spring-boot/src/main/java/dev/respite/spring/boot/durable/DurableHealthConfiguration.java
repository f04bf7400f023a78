package dev.respite.spring.boot.durable;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The health of the durable calls: up if their tables can be read, with the counts and the lag. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("respitedurable")
final class DurableHealthConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "respiteDurableHealthIndicator")
    HealthIndicator respiteDurableHealthIndicator(DurableStore store) {
        return () -> {
            try {
                return Health.up().withDetails(store.counts()).build();
            } catch (RuntimeException unavailable) {
                return Health.down(unavailable).build();
            }
        };
    }
}
