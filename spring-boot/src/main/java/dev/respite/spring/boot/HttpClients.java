package dev.respite.spring.boot;

import dev.respite.spring.http.RespiteFilter;
import dev.respite.spring.http.RespiteInterceptor;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Adds retries to clients, in the first place: what other interceptors do, they do for each attempt. A retry that a client has
 * already is replaced, since two would multiply.
 */
final class HttpClients {

    private HttpClients() {}

    static void add(RestClient.Builder builder, ClientRetry retry) {
        builder.requestInterceptors(interceptors -> {
            interceptors.removeIf(RespiteInterceptor.class::isInstance);
            interceptors.add(0, retry.interceptor());
        });
    }

    static void add(RestTemplate template, ClientRetry retry) {
        List<ClientHttpRequestInterceptor> interceptors = new ArrayList<>(template.getInterceptors());
        interceptors.removeIf(RespiteInterceptor.class::isInstance);
        interceptors.add(0, retry.interceptor());
        template.setInterceptors(interceptors);
    }

    static void add(WebClient.Builder builder, ClientRetry retry) {
        builder.filters(filters -> {
            filters.removeIf(RespiteFilter.class::isInstance);
            filters.add(0, retry.filter());
        });
    }
}
