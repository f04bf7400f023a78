package dev.respite.spring.boot;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.spring.http.RespiteInterceptor;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Adds retries to HTTP clients, in front of all other interceptors, which then run for each attempt. Replaces a retry that a
 * client already has, since two would multiply. {@link WebClientDecorator} does it for clients of the optional WebFlux.
 *
 * @param retry the policy, the budgets and the idempotency keys
 * @param followsRedirects whether the clients may follow redirects
 */
record ClientDecorator(HttpRetry retry, boolean followsRedirects) {

    void decorate(RestClient.Builder builder) {
        builder.requestInterceptors(this::add);
    }

    void decorate(RestTemplate template) {
        List<ClientHttpRequestInterceptor> interceptors = new ArrayList<>(template.getInterceptors());
        add(interceptors);
        template.setInterceptors(interceptors);
    }

    private void add(List<ClientHttpRequestInterceptor> interceptors) {
        RespiteInterceptor interceptor = RespiteInterceptor.of(retry);
        interceptors.removeIf(RespiteInterceptor.class::isInstance);
        interceptors.add(0, followsRedirects ? interceptor : interceptor.withoutRedirects());
    }
}
