package dev.respite.spring.boot;

import dev.respite.spring.http.RespiteFilter;
import org.springframework.web.reactive.function.client.WebClient;

/** Adds retries to clients of WebFlux. A class of its own, since an application may not have WebFlux. */
final class WebClientDecorator {

    private WebClientDecorator() {}

    static void decorate(ClientDecorator retries, WebClient.Builder builder) {
        RespiteFilter filter = RespiteFilter.of(retries.retry());
        builder.filters(filters -> {
            filters.removeIf(RespiteFilter.class::isInstance);
            filters.add(0, retries.followsRedirects() ? filter : filter.withoutRedirects());
        });
    }
}
