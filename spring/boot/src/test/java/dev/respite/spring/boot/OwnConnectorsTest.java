package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.ServerFault;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/** Clients whose connectors and settings are the application's own: whether they follow redirects decides what keys permit. */
@ParameterizedClass
@EnumSource(HttpGroupsTest.Client.class)
@ExtendWith(OutputCaptureExtension.class)
class OwnConnectorsTest {

    @TempDir
    private Path folder;

    private final FaultyServer server = FaultyServer.start();
    private final HttpGroupsTest.Client client;

    OwnConnectorsTest(HttpGroupsTest.Client client) {
        this.client = client;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private URI base() {
        return URI.create(server.uri().toString().replaceAll("/$", ""));
    }

    private ConfigurableApplicationContext start() {
        String keys = "respite.http: { policy: payments, idempotency-keys: \"" + base() + "\" }";
        return TestApplication.start(folder, HttpGroupsTest.yaml(base(), "off") + keys, client.configuration);
    }

    /** An application's own connector, which it sets by a customizer. */
    @Configuration(proxyBeanMethods = false)
    static class OwnConnector {
        static HttpClient.Redirect redirects = HttpClient.Redirect.NORMAL;

        private static HttpClient client() {
            return HttpClient.newBuilder().followRedirects(redirects).build();
        }

        @Bean
        RestClientCustomizer ownFactory() {
            return builder -> builder.requestFactory(new JdkClientHttpRequestFactory(client()));
        }

        @Bean
        @Order(1)
        WebClientCustomizer ownConnector() {
            return builder -> builder.clientConnector(new JdkClientHttpConnector(client()));
        }
    }

    private void payByOwnConnector(HttpClient.Redirect redirects, boolean retried) {
        server.then(ServerFault.reset());
        OwnConnector.redirects = redirects;
        try (ConfigurableApplicationContext context = TestApplication.start(
                folder, HttpGroupsTest.yaml(base(), "off"), client.configuration, OwnConnector.class)) {
            HttpGroupsTest.Payments payments = context.getBean(HttpGroupsTest.Payments.class);
            if (retried) {
                assertThat(payments.pay()).isEqualTo("ok");
            } else {
                assertThatThrownBy(payments::pay).isInstanceOf(RuntimeException.class);
            }
        }
        assertThat(server.requests()).hasSize(retried ? 2 : 1);
    }

    @Test
    void keysOverAnOwnConnectorThatFollowsNoRedirects_count(CapturedOutput output) {
        payByOwnConnector(HttpClient.Redirect.NEVER, true);
        assertThat(output.getAll()).doesNotContain("the client may follow redirects");
    }

    @Test
    void keysOverAnOwnConnectorThatMayFollowRedirects_areWarnedOfAndNotRetriedBlindly(CapturedOutput output) {
        payByOwnConnector(HttpClient.Redirect.NORMAL, false);
        assertThat(output.getAll())
                .contains("respite.http.groups.payments.idempotency-keys: the client may follow redirects");
    }

    private void payByATemplate(UnaryOperator<RestTemplateBuilder> settings, boolean retried) {
        server.then(ServerFault.reset());
        try (ConfigurableApplicationContext context = start()) {
            RestTemplate template =
                    settings.apply(context.getBean(RestTemplateBuilder.class)).build();
            if (retried) {
                assertThat(template.postForObject(base(), "100", String.class)).isEqualTo("ok");
            } else {
                assertThatThrownBy(() -> template.postForObject(base(), "100", String.class))
                        .isInstanceOf(ResourceAccessException.class);
            }
        }
        assertThat(server.requests()).hasSize(retried ? 2 : 1);
    }

    @Test
    void keysOfATemplate_countIfItsOwnSettingsFollowNoRedirects() {
        payByATemplate(builder -> builder.readTimeout(Duration.ofSeconds(5)), true);
    }

    @Test
    void keysOfATemplateThatFollowsRedirects_areNotRetriedBlindly() {
        payByATemplate(builder -> builder.redirects(HttpRedirects.FOLLOW), false);
    }

    @Test
    void keysOfATemplateWithSettingsOfItsOwn_areNotRetriedBlindly() {
        payByATemplate(builder -> builder.clientSettings(HttpClientSettings.defaults()), false);
    }

    /** The factory is set when the builder has been decorated. */
    @Test
    void keysOverAFactoryThatIsSetLater_areNotRetriedBlindly() {
        server.then(ServerFault.reset());
        try (ConfigurableApplicationContext context = start()) {
            RestClient rest = context.getBean(RestClient.Builder.class)
                    .requestFactory(new JdkClientHttpRequestFactory(HttpClient.newBuilder()
                            .followRedirects(HttpClient.Redirect.NORMAL)
                            .build()))
                    .build();
            assertThatThrownBy(
                            () -> rest.post().uri(base()).body("100").retrieve().toBodilessEntity())
                    .isInstanceOf(ResourceAccessException.class);
        }
        assertThat(server.requests()).hasSize(1);
    }
}
