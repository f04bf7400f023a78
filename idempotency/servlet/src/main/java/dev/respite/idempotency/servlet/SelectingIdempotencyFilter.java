package dev.respite.idempotency.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Selects the rules of each request, see {@link IdempotencyFilter#selecting}. */
record SelectingIdempotencyFilter(Function<? super HttpServletRequest, Optional<IdempotencyFilter>> rules)
        implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<IdempotencyFilter> selected =
                request instanceof HttpServletRequest http ? selected(http) : Optional.empty();
        if (selected.isPresent()) {
            selected.get().doFilter(request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private Optional<IdempotencyFilter> selected(HttpServletRequest request) {
        if (request.getAttribute(IdempotencyFilter.SELECTED) instanceof Optional<?> before) {
            return before.map(IdempotencyFilter.class::cast);
        }
        if (request.getDispatcherType() == DispatcherType.ERROR) {
            // An error page is not an effect of the request, even if an earlier filter has ended the request.
            return Optional.empty();
        }
        Optional<IdempotencyFilter> selected =
                Objects.requireNonNull(rules.apply(new HeadRequest(request)), "the rules of a request");
        request.setAttribute(IdempotencyFilter.SELECTED, selected);
        return selected;
    }
}
