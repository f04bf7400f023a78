package dev.respite.spring.boot.http;

import dev.respite.spring.Retries;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The policies of clients in a {@code @RestClientTest} or {@code @WebClientTest} slice, which may lack groups of the application.
 * Listed for slices only: elsewhere a group that does not exist is an error.
 */
@AutoConfiguration(
        afterName = "dev.respite.spring.boot.RespiteAutoConfiguration",
        before = RespiteHttpAutoConfiguration.class)
@EnableConfigurationProperties(HttpProperties.class)
final class RespiteClientSliceAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ClientPolicies respiteClientPolicies(HttpProperties properties, Retries retries, Environment environment) {
        return new ClientPolicies(properties, retries, environment, null);
    }
}
