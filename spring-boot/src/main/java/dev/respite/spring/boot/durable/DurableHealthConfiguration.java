package dev.respite.spring.boot.durable;

import dev.respite.durable.DurableStats;
import dev.respite.time.TimeSource;
import org.springframework.beans.factory.ObjectProvider;
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
    HealthIndicator respiteDurableHealthIndicator(DurableStore store, ObjectProvider<TimeSource> time) {
        return () -> {
            try {
                return up(store.queue().stats(), time.getIfUnique(TimeSource::system));
            } catch (RuntimeException unavailable) {
                return Health.down(unavailable).build();
            }
        };
    }

    private static Health up(DurableStats stats, TimeSource time) {
        return Health.up()
                .withDetail("due", stats.due())
                .withDetail("running", stats.running())
                .withDetail("scheduled", stats.scheduled())
                .withDetail("lag", stats.lag(time.wallTime()).toString())
                .withDetail("dead", stats.deadLetters().dead())
                .withDetail("paused", stats.deadLetters().paused())
                .withDetail("parked", stats.deadLetters().parked())
                .build();
    }
}
