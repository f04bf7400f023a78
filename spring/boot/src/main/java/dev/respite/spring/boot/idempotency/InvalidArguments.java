package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.servlet.IdempotencyFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Marks requests whose handler method was not invoked, because one of its arguments violates a constraint of its parameter. Spring
 * validates the arguments together after it has resolved them, so {@link UnreadableArguments} does not notice it. It makes no
 * response, and comes before the resolvers that do.
 */
final class InvalidArguments implements HandlerExceptionResolver, PriorityOrdered {

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        if (request.getDispatcherType() == DispatcherType.REQUEST
                && handler instanceof HandlerMethod method
                && failure instanceof HandlerMethodValidationException invalid
                && !invalid.isForReturnValue()
                && invalid.getMethod().equals(BridgeMethodResolver.findBridgedMethod(method.getMethod()))) {
            request.setAttribute(IdempotencyFilter.NOT_HANDLED, true);
        }
        return null;
    }
}
