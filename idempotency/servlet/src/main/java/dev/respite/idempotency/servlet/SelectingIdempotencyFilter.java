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

/**
 * A servlet filter that selects the rules of each request: an {@link IdempotencyFilter}, or none, so that keys of the request
 * are ignored. Each handler can have a key requirement, a scope, a fingerprint and a retention of its own.
 *
 * <pre>{@code
 * IdempotencyFilter payments = IdempotencyFilter.of(guard.withKeyRequirement(KeyRequirement.requiredFor("POST")));
 * SelectingIdempotencyFilter filter = SelectingIdempotencyFilter.of(request ->
 *         Optional.of(payments).filter(rules -> request.getServletPath().equals("/payments")));
 * }</pre>
 *
 * <p>The function is called once for a request, before the body is read. What it selected is the value of the request's
 * attribute {@link #SELECTED}, so that code behind the filter can check that the request has passed it with the right rules.
 * Only this filter is registered, not those that it selects: for {@code REQUEST} dispatches, and for {@code ASYNC} too if one of
 * them has {@linkplain IdempotencyFilter#withAsyncHandlers() asynchronous handlers}.
 *
 * <p>Immutable, and safe for use by any number of threads if the function is.
 */
public final class SelectingIdempotencyFilter implements Filter {

    /**
     * The attribute of a request that has passed this filter: the {@code Optional<IdempotencyFilter>} that was selected for
     * it.
     */
    public static final String SELECTED = "dev.respite.idempotency.selected";

    private final Function<? super HttpServletRequest, Optional<IdempotencyFilter>> rules;

    private SelectingIdempotencyFilter(Function<? super HttpServletRequest, Optional<IdempotencyFilter>> rules) {
        this.rules = rules;
    }

    /**
     * Creates a filter.
     *
     * @param rules returns the rules of a request, or empty if its keys are ignored. The request has the query's parameters
     *     only; its body, parts and {@code startAsync} throw an {@link IllegalStateException}; its attributes can be
     *     changed, and the changes are discarded. An exception ends the request before a key is claimed
     * @return the filter
     */
    public static SelectingIdempotencyFilter of(
            Function<? super HttpServletRequest, Optional<IdempotencyFilter>> rules) {
        return new SelectingIdempotencyFilter(Objects.requireNonNull(rules, "rules"));
    }

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
        if (request.getAttribute(SELECTED) instanceof Optional<?> before) {
            return before.map(IdempotencyFilter.class::cast);
        }
        if (request.getDispatcherType() == DispatcherType.ERROR) {
            // An error page is not an effect of the request, even if an earlier filter has ended the request.
            return Optional.empty();
        }
        Optional<IdempotencyFilter> selected =
                Objects.requireNonNull(rules.apply(new HeadRequest(request)), "the rules of a request");
        request.setAttribute(SELECTED, selected);
        return selected;
    }
}
