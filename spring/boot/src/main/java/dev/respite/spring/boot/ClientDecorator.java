package dev.respite.spring.boot;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.spring.http.RespiteFilter;
import dev.respite.spring.http.RespiteInterceptor;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Adds retries to HTTP clients, in front of all other interceptors and filters, which then run for each attempt. Replaces a
 * retry that a client already has, since two would multiply.
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

    void decorate(WebClient.Builder builder) {
        RespiteFilter filter = RespiteFilter.of(retry);
        builder.filters(filters -> {
            filters.removeIf(RespiteFilter.class::isInstance);
            filters.add(0, followsRedirects ? filter : filter.withoutRedirects());
        });
    }
}
