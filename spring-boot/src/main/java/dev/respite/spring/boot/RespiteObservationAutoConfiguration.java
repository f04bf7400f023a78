package dev.respite.spring.boot;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Events of failed attempts and of calls that give up, in the observation that is current then. */
@AutoConfiguration(
        before = RespiteAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
final class RespiteObservationAutoConfiguration {

    @Bean
    @ConditionalOnBean(ObservationRegistry.class)
    @ConditionalOnMissingBean(name = "respiteObservationEvents")
    RetryCustomizer respiteObservationEvents(ObservationRegistry registry) {
        ObservationEvents events = new ObservationEvents(registry);
        return retry -> retry.withListener(events);
    }
}
