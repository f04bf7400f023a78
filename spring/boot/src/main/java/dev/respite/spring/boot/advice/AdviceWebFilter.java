package dev.respite.spring.boot.advice;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Advises the callers of an application with WebFlux. */
final class AdviceWebFilter implements WebFilter, Ordered {

    private final RequestAdvices advices;
    private final int order;

    AdviceWebFilter(RequestAdvices advices, int order) {
        this.advices = advices;
        this.order = order;
    }

    @Override
    public int getOrder() {
        return order;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        RequestAdvice advice = new RequestAdvice();
        ServerHttpResponse response = exchange.getResponse();
        response.beforeCommit(() -> {
            advise(response, advice);
            return Mono.empty();
        });
        Mono<Void> handled = chain.filter(exchange).doOnError(failure -> advices.left(advice, failure));
        return new ScopedMono<>(advices, handled).contextWrite(context -> context.put(ScopedMono.ADVICE, advice));
    }

    private static void advise(ServerHttpResponse response, RequestAdvice advice) {
        advice.close();
        @Nullable HttpStatusCode status = response.getStatusCode();
        if (status != null) {
            HttpHeaders headers = response.getHeaders();
            RequestAdvices.fields(advice, status.value(), headers::containsHeader)
                    .forEach(headers::set);
        }
    }
}
