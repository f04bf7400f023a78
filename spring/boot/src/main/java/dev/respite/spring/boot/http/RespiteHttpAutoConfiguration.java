package dev.respite.spring.boot.http;

import dev.respite.spring.Retries;
import dev.respite.spring.http.RespiteFilter;
import dev.respite.spring.http.RespiteInterceptor;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.reactive.ReactiveResponseConsumer;
import org.eclipse.jetty.client.HttpClient;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.annotation.RegisterReflection;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JettyClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;

/** Retries the requests of RestClient, RestTemplate and WebClient, and of HTTP interfaces by the names of their groups. */
@AutoConfiguration(afterName = "dev.respite.spring.boot.RespiteAutoConfiguration")
@ConditionalOnClass(ClientHttpRequestFactory.class)
@EnableConfigurationProperties(HttpProperties.class)
@RegisterReflection(
        classes = {HttpProperties.class, HttpProperties.Group.class},
        memberCategories = MemberCategory.INVOKE_DECLARED_METHODS)
final class RespiteHttpAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ClientPolicies respiteClientPolicies(
            HttpProperties properties,
            Retries retries,
            Environment environment,
            ObjectProvider<HttpServiceProxyRegistry> registries) {
        return new ClientPolicies(properties, retries, environment, registries);
    }

    /** The knowledge of request factories and connectors. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HttpServiceClientProperties.class)
    static final class ConnectorsConfiguration {

        @Bean
        Connectors respiteConnectors(
                ObjectProvider<HttpClientSettings> settings,
                ObjectProvider<HttpServiceClientProperties> groups,
                ObjectProvider<SslBundles> bundles) {
            return new Connectors(settings, groups, bundles);
        }
    }

    /** Builders of RestClient and RestTemplate. The retry is outside of all other interceptors. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({RestClient.class, RestClientCustomizer.class})
    static final class RestClients {

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "respiteRestClientCustomizer")
        RestClientCustomizer respiteRestClientCustomizer(ClientPolicies policies, Connectors connectors) {
            return builder -> policies.ofBuilders().ifPresent(retries -> retries.decorate(builder, connectors));
        }

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "respiteRestTemplateCustomizer")
        RestTemplateCustomizer respiteRestTemplateCustomizer(ClientPolicies policies, Connectors connectors) {
            return template -> policies.ofBuilders().ifPresent(retries -> retries.decorate(template, connectors));
        }

        @Bean
        @ConditionalOnMissingBean(name = "respiteRestClientGroups")
        RestClientHttpServiceGroupConfigurer respiteRestClientGroups(ClientPolicies policies, Connectors connectors) {
            return new RestClientGroups(policies, connectors);
        }
    }

    /** Builders of WebClient. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({WebClient.class, WebClientCustomizer.class})
    static final class WebClients {

        /** The bean of advice that finds the request of the server for which a request is sent. */
        private static final String ADVISED_EXCHANGES = "respiteAdvisedExchanges";

        @Bean
        WebClientDecorator respiteWebClientDecorator(
                Connectors connectors,
                ObjectProvider<ClientHttpConnectorBuilder<?>> builders,
                ConfigurableListableBeanFactory beans,
                @Qualifier(ADVISED_EXCHANGES) ObjectProvider<ExchangeFilterFunction> advised) {
            return new WebClientDecorator(connectors, builders, beans, advised);
        }

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        @ConditionalOnMissingBean(name = "respiteWebClientCustomizer")
        WebClientCustomizer respiteWebClientCustomizer(ClientPolicies policies, WebClientDecorator decorator) {
            return builder -> policies.ofBuilders().ifPresent(retries -> decorator.decorate(retries, builder));
        }

        @Bean
        @ConditionalOnMissingBean(name = "respiteWebClientGroups")
        WebClientHttpServiceGroupConfigurer respiteWebClientGroups(
                ClientPolicies policies, WebClientDecorator decorator) {
            return new WebClientGroups(policies, decorator);
        }
    }

    /**
     * Apache's client without its retries, which send POST again, too. It ignores interrupts, and Spring's connector drops what cancels
     * its exchange, so the end of an attempt ends the exchange here.
     */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HttpClientBuilder.class, ClientHttpRequestFactoryBuilderCustomizer.class})
    static final class ApacheClients {

        @Bean
        @ConditionalOnMissingBean(name = "respiteApacheWithoutRetries")
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder>
                respiteApacheWithoutRetries() {
            return builder -> builder.withHttpClientCustomizer(client -> client.disableAutomaticRetries()
                    .addExecInterceptorFirst("respite", (request, scope, chain) -> {
                        if (scope.originalRequest instanceof CancellableDependency exchange) {
                            RespiteInterceptor.onAbort(exchange::cancel);
                        }
                        return chain.proceed(request, scope);
                    }));
        }
    }

    /** The same for the asynchronous client below WebClient. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({
        HttpAsyncClientBuilder.class,
        ReactiveResponseConsumer.class,
        WebClient.class,
        ClientHttpConnectorBuilderCustomizer.class
    })
    static final class ApacheAsyncClients {

        @Bean
        @ConditionalOnMissingBean(name = "respiteApacheAsyncWithoutRetries")
        ClientHttpConnectorBuilderCustomizer<HttpComponentsClientHttpConnectorBuilder>
                respiteApacheAsyncWithoutRetries() {
            return builder -> builder.withHttpClientCustomizer(client -> client.disableAutomaticRetries()
                    .addExecInterceptorFirst("respite", (request, body, scope, chain, callback) -> {
                        if (scope.clientContext.getAttribute(RespiteFilter.ABORT) instanceof Consumer<?> abort) {
                            register(abort, scope.cancellableDependency, scope.execRuntime);
                        }
                        chain.proceed(request, body, scope, callback);
                    }));
        }

        @SuppressWarnings("unchecked") // the attribute is documented so
        private static void register(Consumer<?> abort, CancellableDependency exchange, AsyncExecRuntime runtime) {
            ((Consumer<Runnable>) abort).accept(() -> {
                exchange.cancel();
                runtime.discardEndpoint();
            });
        }
    }

    /** Spring's factory for Jetty obeys an interrupt, but leaves the exchange to itself and the connection leased. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HttpClient.class, ClientHttpRequestFactoryBuilderCustomizer.class})
    static final class JettyClients {

        @Bean
        @ConditionalOnMissingBean(name = "respiteJettyAborted")
        ClientHttpRequestFactoryBuilderCustomizer<JettyClientHttpRequestFactoryBuilder> respiteJettyAborted() {
            return builder -> builder.withHttpClientCustomizer(client -> client.getRequestListeners()
                    .addQueuedListener(request -> RespiteInterceptor.onAbort(() -> {
                        var unused = request.abort(new CancellationException("the attempt has ended"));
                    })));
        }
    }
}
