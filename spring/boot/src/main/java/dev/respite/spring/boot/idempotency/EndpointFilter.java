package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.servlet.IdempotencyFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Runs each request by the rules of its method. Before them, it checks the origin of the request (CORS) as the dispatcher does, so
 * that replays and rejections, which do not reach the dispatcher, have the headers for that origin too.
 */
record EndpointFilter(Supplier<IdempotentEndpoints> endpoints) implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(response instanceof HttpServletResponse reply)) {
            chain.doFilter(request, response);
            return;
        }
        AtomicBoolean isRejected = new AtomicBoolean();
        IdempotencyFilter.selecting(head -> rules(head, reply, isRejected))
                .doFilter(request, response, (passed, held) -> {
                    if (!isRejected.get()) {
                        chain.doFilter(passed, held);
                    }
                });
    }

    private Optional<IdempotencyFilter> rules(
            HttpServletRequest head, HttpServletResponse response, AtomicBoolean isRejected) {
        Optional<HandlerLookup.Found> found = endpoints.get().find(head);
        Optional<IdempotencyFilter> rules =
                found.flatMap(each -> endpoints.get().rulesOf(each.method()));
        if (rules.isPresent() && !found.orElseThrow().permitsOrigin(head, response)) {
            isRejected.set(true);
            return Optional.empty();
        }
        return rules;
    }
}
