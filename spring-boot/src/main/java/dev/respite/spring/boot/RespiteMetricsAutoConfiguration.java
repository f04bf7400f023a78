package dev.respite.spring.boot;

import dev.respite.micrometer.RetryMetrics;
import dev.respite.spring.Retries;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The meters of {@link RetryMetrics} for each retry, in the registries to which Spring Boot binds all meters. */
@AutoConfiguration(after = RespiteAutoConfiguration.class)
@ConditionalOnClass({RetryMetrics.class, MeterRegistry.class})
final class RespiteMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "respiteMeters")
    MeterBinder respiteMeters(Retries retries) {
        return registry -> retries.names()
                .forEach(name -> RetryMetrics.of(retries.get(name)).bindTo(registry));
    }
}
