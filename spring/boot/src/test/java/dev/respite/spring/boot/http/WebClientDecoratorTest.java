package dev.respite.spring.boot.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.policy.RetryPolicy;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.spring.http.RespiteFilter;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.ResolvableType;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

/** The connector of a group of clients: built by the settings of the group, unless it is the application's own. */
class WebClientDecoratorTest {

    private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    private final ClientHttpConnector ofAll = new JdkClientHttpConnector();

    WebClientDecoratorTest() {
        beans.registerSingleton("builder", ClientHttpConnectorBuilder.jdk());
    }

    /** Defines the connector of all clients in a bean of a configuration; null for a definition that was made ahead of time. */
    private void define(@Nullable String configuration) {
        RootBeanDefinition definition = new RootBeanDefinition(Configuration.class);
        definition.setFactoryBeanName(configuration);
        if (configuration != null) {
            definition.setFactoryMethodName("connector");
            beans.registerSingleton(configuration, new Configuration(ofAll));
        } else {
            definition.setInstanceSupplier(() -> ofAll);
        }
        beans.registerBeanDefinition("clientHttpConnector", definition);
    }

    /** A configuration of the application, or of Spring Boot. */
    record Configuration(ClientHttpConnector connector) {}

    private WebClientDecorator decorator() {
        Connectors connectors = new Connectors(
                beans.getBeanProvider(HttpClientSettings.class),
                beans.getBeanProvider(HttpServiceClientProperties.class),
                beans.getBeanProvider(SslBundles.class));
        ObjectProvider<ClientHttpConnectorBuilder<?>> builders =
                beans.getBeanProvider(ResolvableType.forClass(ClientHttpConnectorBuilder.class));
        return new WebClientDecorator(connectors, builders, beans, beans.getBeanProvider(ExchangeFilterFunction.class));
    }

    private static ClientDecorator retries(@Nullable String strict) {
        return new ClientDecorator(
                "respite.http",
                new ClientDecorator.Redirects("spring.http.clients.redirects", "follow"),
                HttpRetry.of(Retry.of(RetryPolicy.parse("max-attempts=2"))),
                strict);
    }

    private @Nullable Object connectorAfter(ClientHttpConnector before) {
        WebClient.Builder builder = WebClient.builder().clientConnector(before);
        decorator().decorate(retries(null), builder, "payments");
        builder.filters(filters -> assertThat(filters).singleElement().isInstanceOf(RespiteFilter.class));
        return Connectors.of(builder);
    }

    /** Two retries would multiply. */
    @Test
    void decorate_clientWithARetry_hasOneBeforeItsOtherFilters() {
        ExchangeFilterFunction other = (request, next) -> next.exchange(request);
        WebClient.Builder builder = WebClient.builder().filter(other);
        decorator().decorate(retries(null), builder);
        decorator().decorate(retries(null), builder);
        builder.filters(filters -> {
            assertThat(filters).hasSize(2).last().isSameAs(other);
            assertThat(filters).first().isInstanceOf(RespiteFilter.class);
        });
    }

    @Test
    void decorate_strictRuleOverAConnectorThatFollows_isRejected() {
        HttpClient following = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        WebClient.Builder builder = WebClient.builder().clientConnector(new JdkClientHttpConnector(following));
        assertThatThrownBy(() -> decorator().decorate(retries("idempotency-keys"), builder))
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("for which respite.http.idempotency-keys may not hold");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "org.springframework.boot.http.client.autoconfigure.reactive.Auto")
    void decorate_connectorOfSpringBoot_isBuiltAgainForTheGroup(@Nullable String configuration) {
        define(configuration);
        assertThat(connectorAfter(ofAll))
                .isInstanceOf(JdkClientHttpConnector.class)
                .isNotSameAs(ofAll);
    }

    @Test
    void decorate_beanOfTheApplication_isKept() {
        define("shopConfiguration");
        assertThat(connectorAfter(ofAll)).isSameAs(ofAll);
    }

    @Test
    void decorate_otherConnectorThanThatOfAllClients_isKept() {
        define("org.springframework.boot.http.client.autoconfigure.reactive.Auto");
        ClientHttpConnector own = new JdkClientHttpConnector();
        assertThat(connectorAfter(own)).isSameAs(own);
    }

    @Test
    void decorate_noConnectorOfAllClients_isKept() {
        assertThat(connectorAfter(ofAll)).isSameAs(ofAll);
    }
}
