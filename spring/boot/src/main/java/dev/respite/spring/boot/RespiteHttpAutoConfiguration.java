package dev.respite.spring.boot;

import dev.respite.spring.Retries;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/** Retries the requests of RestClient, RestTemplate and WebClient, and of HTTP interfaces by the names of their groups. */
@AutoConfiguration(after = RespiteAutoConfiguration.class)
@ConditionalOnClass(ClientHttpRequestFactory.class)
final class RespiteHttpAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ClientPolicies respiteClientPolicies(RespiteProperties properties, Retries retries, Environment environment) {
        return new ClientPolicies(properties, retries, environment);
    }

    /** Builders of RestClient and RestTemplate. The retry is outside of all other interceptors. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({RestClient.class, RestClientCustomizer.class})
    static final class RestClients {

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "respiteRestClientCustomizer")
        RestClientCustomizer respiteRestClientCustomizer(ClientPolicies policies) {
            return builder -> policies.ofBuilders().ifPresent(retries -> retries.decorate(builder));
        }

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "respiteRestTemplateCustomizer")
        RestTemplateCustomizer respiteRestTemplateCustomizer(ClientPolicies policies) {
            return template -> policies.ofBuilders().ifPresent(retries -> retries.decorate(template));
        }

        @Bean
        @ConditionalOnMissingBean(name = "respiteRestClientGroups")
        RestClientHttpServiceGroupConfigurer respiteRestClientGroups(ClientPolicies policies) {
            return new RestClientGroups(policies);
        }
    }

    /** Builders of WebClient. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({WebClient.class, WebClientCustomizer.class})
    static final class WebClients {

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "respiteWebClientCustomizer")
        WebClientCustomizer respiteWebClientCustomizer(ClientPolicies policies) {
            return builder -> policies.ofBuilders().ifPresent(retries -> WebClientDecorator.decorate(retries, builder));
        }

        @Bean
        @ConditionalOnMissingBean(name = "respiteWebClientGroups")
        WebClientHttpServiceGroupConfigurer respiteWebClientGroups(ClientPolicies policies) {
            return new WebClientGroups(policies);
        }
    }

    /** Switches off the retries of Apache's client in the clients that Spring Boot builds. It retries POST, too. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HttpClientBuilder.class, ClientHttpRequestFactoryBuilderCustomizer.class})
    static final class ApacheClients {

        @Bean
        @ConditionalOnMissingBean(name = ForeignRetriesCheck.APACHE_WITHOUT_RETRIES)
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder>
                respiteApacheWithoutRetries() {
            return builder -> builder.withHttpClientCustomizer(HttpClientBuilder::disableAutomaticRetries);
        }
    }
}
