package dev.respite.spring.boot.idempotency;

import static java.lang.System.Logger.Level.ERROR;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.servlet.IdempotencyFilter;
import dev.respite.text.ValueFormat;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Rejects a request whose handler is not the one that the filter has selected the rules for, before the handler runs. Without
 * that, a method with {@link Idempotent} could run twice, or a key could be claimed for another method.
 */
final class SelectedRulesInterceptor implements HandlerInterceptor {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private final Supplier<IdempotentEndpoints> endpoints;

    SelectedRulesInterceptor(Supplier<IdempotentEndpoints> endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        Object selected = request.getAttribute(IdempotencyFilter.SELECTED);
        Optional<String> problem = handler instanceof HandlerMethod method && IdempotentEndpoints.isAnnotated(method)
                ? problemOf(method, selected)
                : problemOf(handler, request, selected);
        if (problem.isEmpty()) {
            return true;
        }
        LOGGER.log(
                ERROR,
                ValueFormat.shortened(request.getMethod() + " " + request.getRequestURI()) + " is rejected: "
                        + problem.get());
        if (request.getAttribute(IdempotencyFilter.CONTEXT) instanceof Execution execution) {
            execution.noEffect();
        }
        response.setHeader("Cache-Control", "no-store");
        response.sendError(
                HttpServletResponse.SC_INTERNAL_SERVER_ERROR,
                "the rules of the idempotency key do not fit the handler");
        return false;
    }

    private Optional<String> problemOf(HandlerMethod method, @Nullable Object selected) {
        if (selected == null) {
            return Optional.of(
                    method.getShortLogMessage() + " is annotated with @Idempotent, and the request has not passed"
                            + " the filter of the idempotency keys: do not forward to such a method, and register the filter"
                            + " for each path of the dispatcher");
        }
        Optional<IdempotencyFilter> due = endpoints.get().rulesOf(method);
        return due.isPresent() && due.equals(selected)
                ? Optional.empty()
                : Optional.of(
                        method.getShortLogMessage() + " is annotated with @Idempotent, and the filter has selected the"
                                + " handler by the head of the request, which led to another: " + remedy());
    }

    /** A handler without the annotation may follow one that has it, as the target of a forward or as an error page. */
    private static Optional<String> problemOf(Object handler, HttpServletRequest request, @Nullable Object selected) {
        boolean isFirst = request.getDispatcherType() == DispatcherType.REQUEST;
        return isFirst && selected != null && !Objects.equals(selected, Optional.empty())
                ? Optional.of(
                        handler + " is not annotated with @Idempotent, and the filter has selected a method that is: "
                                + remedy())
                : Optional.empty();
    }

    private static String remedy() {
        return "no parameter of a form, no filter after it and no other HandlerMapping may influence which method handles"
                + " a request to the path of an annotated method";
    }
}
