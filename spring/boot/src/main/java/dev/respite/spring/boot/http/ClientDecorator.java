package dev.respite.spring.boot.http;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.spring.http.RespiteInterceptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
 * @param redirects the property of their redirects, and its value
 * @param retry the policy, the budgets and the rules of servers
 * @param strict the key of a rule that does not hold after a redirect; null if there is none
 */
record ClientDecorator(
        String property,
        Redirects redirects,
        HttpRetry retry,
        @Nullable String strict) {

    /** A property that lets clients follow redirects or not. Its value is null if it is not given. */
    record Redirects(String name, @Nullable String value) {

        boolean permitsThem() {
            return value != null && !value.replaceAll("[^A-Za-z]", "").equalsIgnoreCase("dontfollow");
        }
    }

    void decorate(RestClient.Builder builder, Connectors connectors) {
        check(Connectors.of(builder), connectors);
        builder.requestInterceptors(interceptors -> add(interceptors, connectors));
    }

    void decorate(RestTemplate template, Connectors connectors) {
        check(Connectors.of(template), connectors);
        List<ClientHttpRequestInterceptor> interceptors = new ArrayList<>(template.getInterceptors());
        add(interceptors, connectors);
        template.setInterceptors(interceptors);
    }

    private void add(List<ClientHttpRequestInterceptor> interceptors, Connectors connectors) {
        RespiteInterceptor interceptor = RespiteInterceptor.of(retry);
        interceptors.removeIf(each -> each instanceof RespiteInterceptor || each instanceof ConnectorInterceptor);
        interceptors.add(0, new ConnectorInterceptor(interceptor, interceptor.withoutRedirects(), connectors));
    }

    private void check(@Nullable Object factory, Connectors connectors) {
        checkRedirects(factory, connectors);
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

    /**
     * Reports clients that may follow redirects to servers for which a rule does not hold.
     *
     * @throws SetupException if they do by a property
     */
    void checkRedirects(@Nullable Object connector, Connectors connectors) {
        if (strict == null || !connectors.mayFollow(connector)) {
            return;
        }
        String rule = property + "." + strict;
        if (redirects.permitsThem() && Connectors.follows(connector)) {
            throw SetupException.ofProperty(
                    redirects.name(),
                    "lets a client follow redirects, to servers for which " + rule
                            + " may not hold: set it to dont-follow, or remove " + rule);
        }
        connectors.warnOnce(rule + ": the client may follow redirects to a server for which that does not hold,"
                + " so a POST is not sent again because of it. Its connector is "
                + (connector == null ? "unknown" : connector.getClass().getName()) + ": set " + redirects.name()
                + "=dont-follow, or use a connector that follows none");
    }
}
