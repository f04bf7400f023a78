package dev.respite.spring.boot.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.BufferingClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

/** Private fields are read: a new version of Spring or of a client may rename them. */
class RedirectFactsTest {

    static Stream<ClientHttpRequestFactoryBuilder<?>> factories() {
        return Stream.of(
                ClientHttpRequestFactoryBuilder.jdk(),
                ClientHttpRequestFactoryBuilder.simple(),
                ClientHttpRequestFactoryBuilder.reactor(),
                ClientHttpRequestFactoryBuilder.httpComponents(),
                ClientHttpRequestFactoryBuilder.jetty());
    }

    static Stream<ClientHttpConnectorBuilder<?>> connectors() {
        return Stream.of(
                ClientHttpConnectorBuilder.jdk(),
                ClientHttpConnectorBuilder.reactor(),
                ClientHttpConnectorBuilder.httpComponents(),
                ClientHttpConnectorBuilder.jetty());
    }

    private static HttpClientSettings settings(HttpRedirects redirects) {
        return HttpClientSettings.defaults().withRedirects(redirects);
    }

    @ParameterizedTest
    @MethodSource("factories")
    void follows_ofAFactory_isTheSettingOfItsBuilder(ClientHttpRequestFactoryBuilder<?> builder) {
        assertThat(RedirectFacts.follows(builder.build(settings(HttpRedirects.FOLLOW))))
                .isEqualTo(Optional.of(true));
        assertThat(RedirectFacts.follows(builder.build(settings(HttpRedirects.DONT_FOLLOW))))
                .isEqualTo(Optional.of(false));
    }

    @ParameterizedTest
    @MethodSource("connectors")
    void follows_ofAConnector_isTheSettingOfItsBuilder(ClientHttpConnectorBuilder<?> builder) {
        assertThat(RedirectFacts.follows(builder.build(settings(HttpRedirects.FOLLOW))))
                .isEqualTo(Optional.of(true));
        assertThat(RedirectFacts.follows(builder.build(settings(HttpRedirects.DONT_FOLLOW))))
                .isEqualTo(Optional.of(false));
    }

    @Test
    void follows_ofAWrapper_isThatOfItsFactory() {
        for (HttpRedirects redirects : List.of(HttpRedirects.FOLLOW, HttpRedirects.DONT_FOLLOW)) {
            ClientHttpRequestFactory wrapped = new BufferingClientHttpRequestFactory(
                    ClientHttpRequestFactoryBuilder.jdk().build(settings(redirects)));
            assertThat(RedirectFacts.follows(wrapped)).contains(redirects == HttpRedirects.FOLLOW);
        }
    }

    @Test
    void follows_ofApachesOwnClientWithoutRedirects_isFalse() {
        assertThat(RedirectFacts.follows(new HttpComponentsClientHttpRequestFactory(HttpClients.createDefault())))
                .contains(true);
        assertThat(RedirectFacts.follows(new HttpComponentsClientHttpRequestFactory(
                        HttpClients.custom().disableRedirectHandling().build())))
                .contains(false);
    }

    @Test
    void follows_ofAnUnknownConnector_isUnknown() {
        assertThat(RedirectFacts.follows(null)).isEmpty();
        assertThat(RedirectFacts.follows("connector")).isEmpty();
    }
}
