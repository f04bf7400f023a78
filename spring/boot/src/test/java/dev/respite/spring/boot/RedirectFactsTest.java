package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;

/** Private fields are read: a new version of Spring or of a client may rename them. */
class RedirectFactsTest {

    static Stream<ClientHttpRequestFactoryBuilder<?>> factories() {
        return Stream.of(
                ClientHttpRequestFactoryBuilder.jdk(),
                ClientHttpRequestFactoryBuilder.simple(),
                ClientHttpRequestFactoryBuilder.reactor());
    }

    static Stream<ClientHttpConnectorBuilder<?>> connectors() {
        return Stream.of(ClientHttpConnectorBuilder.jdk(), ClientHttpConnectorBuilder.reactor());
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
}
