package dev.respite.spring.http;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.faulty.FaultyServer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.util.Timeout;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Spring's clients with each of the libraries that send for them, one connection in each pool, and time limits of their own. */
enum SpringClient {
    REST_SIMPLE,
    REST_JDK,
    REST_APACHE,
    REST_APACHE_WITHOUT_ITS_RETRIES,
    TEMPLATE_JDK,
    WEB_REACTOR_NETTY,
    WEB_JDK;

    /** The time limit of what ignores interrupts. */
    static final Duration LIMIT = Duration.ofMillis(800);

    boolean isBlocking() {
        return this != WEB_REACTOR_NETTY && this != WEB_JDK;
    }

    /** Returns whether the library sends a GET again when its connection ends without a response. */
    boolean resendsGet() {
        return this != REST_APACHE_WITHOUT_ITS_RETRIES && this != WEB_REACTOR_NETTY;
    }

    /** Returns whether its pool has one connection, so that whoever holds it would be waited for. */
    boolean hasOneConnection() {
        return this == REST_APACHE || this == REST_APACHE_WITHOUT_ITS_RETRIES || this == WEB_REACTOR_NETTY;
    }

    /** Returns whether the client follows redirects of a GET, as {@code SimpleClientHttpRequestFactory} always does. */
    boolean followsRedirectsOfGet() {
        return this == REST_SIMPLE;
    }

    /** Returns what sends with retries; the client follows no redirects. */
    Sending sending(HttpRetry retry) {
        if (!isBlocking()) {
            WebClient client = WebClient.builder()
                    .clientConnector(connector())
                    .filter(RespiteFilter.of(retry).withoutRedirects())
                    .build();
            return (method, uri, body) -> sent(client, method, uri, body);
        }
        RespiteInterceptor interceptor = RespiteInterceptor.of(retry).withoutRedirects();
        if (this == TEMPLATE_JDK) {
            RestTemplate template = new RestTemplate(factory());
            template.getInterceptors().add(interceptor);
            template.setErrorHandler(response -> false);
            return (method, uri, body) -> sent(template, method, uri, body);
        }
        RestClient client = RestClient.builder()
                .requestFactory(factory())
                .requestInterceptor(interceptor)
                .build();
        return (method, uri, body) -> sent(client, method, uri, body);
    }

    ClientHttpRequestFactory factory() {
        switch (this) {
            case REST_SIMPLE -> {
                SimpleClientHttpRequestFactory factory = new SimpleClientHttpRequestFactory();
                factory.setConnectTimeout(LIMIT);
                factory.setReadTimeout(LIMIT);
                return factory;
            }
            case REST_APACHE, REST_APACHE_WITHOUT_ITS_RETRIES -> {
                return apache();
            }
            default -> {
                return new JdkClientHttpRequestFactory();
            }
        }
    }

    private HttpComponentsClientHttpRequestFactory apache() {
        HttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(1)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(LIMIT))
                        .setValidateAfterInactivity(Timeout.DISABLED)
                        .build())
                .build();
        var builder = HttpClients.custom()
                .setConnectionManager(pool)
                .disableRedirectHandling()
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(2, TimeUnit.SECONDS)
                        .setResponseTimeout(Timeout.of(LIMIT))
                        .build());
        if (this == REST_APACHE_WITHOUT_ITS_RETRIES) {
            builder.disableAutomaticRetries();
        }
        return new HttpComponentsClientHttpRequestFactory(builder.build());
    }

    ClientHttpConnector connector() {
        if (this == WEB_JDK) {
            return new JdkClientHttpConnector();
        }
        ConnectionProvider pool = ConnectionProvider.builder("one")
                .maxConnections(1)
                .pendingAcquireTimeout(Duration.ofSeconds(2))
                .build();
        return new ReactorClientHttpConnector(
                HttpClient.create(pool).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 800));
    }

    private static String sent(RestClient client, HttpMethod method, URI uri, Optional<String> body) {
        RestClient.RequestBodySpec request = client.method(method).uri(uri);
        body.ifPresent(request::body);
        return request.exchange((sent, response) -> response.getStatusCode().value() + " "
                + new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8));
    }

    private static String sent(RestTemplate template, HttpMethod method, URI uri, Optional<String> body) {
        return template.execute(
                uri,
                method,
                request -> {
                    if (body.isPresent()) {
                        request.getBody().write(body.get().getBytes(StandardCharsets.UTF_8));
                    }
                },
                response -> response.getStatusCode().value() + " "
                        + new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8));
    }

    private static String sent(WebClient client, HttpMethod method, URI uri, Optional<String> body) {
        WebClient.RequestBodySpec request = client.method(method).uri(uri);
        body.ifPresent(request::bodyValue);
        return request.exchangeToMono(response -> response.bodyToMono(String.class)
                        .defaultIfEmpty("")
                        .map(text -> response.statusCode().value() + " " + text))
                .block(Duration.ofSeconds(30));
    }

    /** Sends a request and returns the status and the body of the last response. */
    @FunctionalInterface
    interface Sending {
        String send(HttpMethod method, URI uri, Optional<String> body) throws IOException;

        default String get(FaultyServer server) throws IOException {
            return send(HttpMethod.GET, server.uri("/quotes"), Optional.empty());
        }

        default String post(FaultyServer server) throws IOException {
            return send(HttpMethod.POST, server.uri("/payments"), Optional.of("100 EUR"));
        }
    }
}
