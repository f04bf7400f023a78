package dev.respite.spring.boot.durable;

import dev.respite.micrometer.DurableMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Gauges of the calls that are due, running and scheduled, of the lag, and of the dead letters by state. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({DurableMetrics.class, MeterBinder.class})
final class DurableMetersConfiguration {

    private static final String NAME = "durable";

    @Bean
    @ConditionalOnMissingBean(name = "respiteDurableMeters")
    MeterBinder respiteDurableMeters(DurableStore store) {
        return DurableMetrics.of(NAME, store.queue());
    }
}
