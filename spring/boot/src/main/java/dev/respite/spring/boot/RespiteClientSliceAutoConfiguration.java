package dev.respite.spring.boot;

import dev.respite.spring.Retries;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The policies of clients in a {@code @RestClientTest} or {@code @WebClientTest} slice, which may lack groups of the application.
 * Listed for slices only: elsewhere a group that does not exist is an error.
 */
@AutoConfiguration(after = RespiteAutoConfiguration.class, before = RespiteHttpAutoConfiguration.class)
final class RespiteClientSliceAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ClientPolicies respiteClientPolicies(RespiteProperties properties, Retries retries, Environment environment) {
        return new ClientPolicies(properties, retries, environment, null);
    }
}
