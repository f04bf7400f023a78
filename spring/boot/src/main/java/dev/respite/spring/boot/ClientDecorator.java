package dev.respite.spring.boot;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.spring.http.RespiteInterceptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Adds retries to HTTP clients, in front of all other interceptors, which then run for each attempt. Replaces a retry that a
 * client already has, since two would multiply. {@link WebClientDecorator} does it for clients of the optional WebFlux.
 *
 * @param property the properties of these clients, for messages
 * @param redirects the property that lets them follow redirects or not
 * @param retry the policy, the budgets and the idempotency keys
 */
record ClientDecorator(String property, String redirects, HttpRetry retry) {

    void decorate(RestClient.Builder builder, Connectors connectors, HttpClientSettings settings) {
        @Nullable Object factory = Connectors.of(builder);
        warnOfLimits(factory, connectors);
        boolean mayFollow = mayFollow(factory, connectors, settings);
        builder.requestInterceptors(interceptors -> add(interceptors, mayFollow));
    }

    void decorate(RestTemplate template, Connectors connectors) {
        @Nullable Object factory = Connectors.of(template);
        warnOfLimits(factory, connectors);
        List<ClientHttpRequestInterceptor> interceptors = new ArrayList<>(template.getInterceptors());
        add(interceptors, mayFollow(factory, connectors, connectors.ofBuilders()));
        template.setInterceptors(interceptors);
    }

    private void add(List<ClientHttpRequestInterceptor> interceptors, boolean mayFollow) {
        RespiteInterceptor interceptor = RespiteInterceptor.of(retry);
        interceptors.removeIf(RespiteInterceptor.class::isInstance);
        interceptors.add(0, mayFollow ? interceptor : interceptor.withoutRedirects());
    }

    /**
     * Returns whether clients over a connector may follow redirects.
     *
     * @throws SetupException if they do by the application's own settings, and send idempotency keys
     */
    boolean mayFollow(@Nullable Object connector, Connectors connectors, HttpClientSettings settings) {
        boolean follows = connectors.mayFollow(connector, settings);
        if (follows && retry.hasIdempotencyKeys()) {
            if (connectors.isBuilt(connector)) {
                throw SetupException.ofProperty(
                        redirects,
                        "lets a client with idempotency keys follow redirects, to servers that may not honour the keys of "
                                + property + ": remove it, or set it to dont-follow");
            }
            connectors.warnOnce(property + ".idempotency-keys: Spring Boot has not built the connector of the client ("
                    + (connector == null ? "unknown" : connector.getClass().getName())
                    + "), which may follow redirects to a server that does not honour keys. So a request with a key is not"
                    + " sent again without a response. Let Spring Boot build it, by its properties or a bean of the type"
                    + " ClientHttpRequestFactoryBuilder or ClientHttpConnectorBuilder");
        }
        return follows;
    }

    private void warnOfLimits(@Nullable Object factory, Connectors connectors) {
        if (factory instanceof SimpleClientHttpRequestFactory) {
            if (retry.retry().policy().limits().attemptTimeout().isPresent()) {
                connectors.warnOnce(
                        property + ": the attempt-timeout of '" + retry.retry().name()
                                + "' does not end a request of HttpURLConnection, which ignores interrupts. Set"
                                + " spring.http.clients.imperative.factory=jdk, or spring.http.clients.read-timeout");
            }
            connectors.reportOnce(
                    property + ": HttpURLConnection sends a GET once more if its connection breaks, and no"
                            + " setting ends that");
        } else if (factory instanceof JdkClientHttpRequestFactory) {
            connectors.reportOnce(property + ": the JDK's client sends a GET once more if its connection breaks."
                    + " -Djdk.httpclient.redirects.retrylimit=1 ends that, and redirects");
        }
    }
}
