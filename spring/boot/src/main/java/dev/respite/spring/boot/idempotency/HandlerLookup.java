package dev.respite.spring.boot.idempotency;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Finds the controller method that the dispatcher will select for a request, before the dispatcher does.
 *
 * @param mappings the mappings of the dispatcher, in its order
 */
record HandlerLookup(List<RequestMappingHandlerMapping> mappings) {

    /**
     * A method and the interceptor that checks the origin of its requests (CORS).
     *
     * @param method the method
     * @param cors the interceptor; empty if neither the method nor the application has a CORS configuration
     */
    record Found(HandlerMethod method, Optional<HandlerInterceptor> cors) {

        /**
         * Checks the origin of a request, and adds the headers for it to the response. The dispatcher does so again; Spring
         * leaves a response with these headers as it is.
         *
         * @return false if the origin is forbidden, and the response is complete
         */
        boolean permitsOrigin(HttpServletRequest request, HttpServletResponse response) {
            try {
                return cors.isEmpty() || cors.get().preHandle(request, response, method);
            } catch (RuntimeException failure) {
                throw failure;
            } catch (IOException unwritten) {
                throw new UncheckedIOException(unwritten);
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    /**
     * Finds the method.
     *
     * @param request the request; its attributes are changed
     * @return the method; empty if there is none (404), or none for this HTTP method (405), this content type (415) or these
     *     accepted types (406). The dispatcher answers such a request itself
     */
    Optional<Found> find(HttpServletRequest request) {
        try {
            if (mappings.stream().anyMatch(RequestMappingHandlerMapping::usesPathPatterns)) {
                ServletRequestPathUtils.parseAndCache(request);
            }
            for (RequestMappingHandlerMapping mapping : mappings) {
                HandlerExecutionChain chain = mapping.getHandler(request);
                if (chain != null) {
                    return chain.getHandler() instanceof HandlerMethod method
                            ? Optional.of(new Found(method, cors(chain)))
                            : Optional.empty();
                }
            }
            return Optional.empty();
        } catch (Exception unmapped) {
            // The dispatcher meets the same exception. If it does not, SelectedRulesInterceptor rejects the request.
            return Optional.empty();
        }
    }

    private static Optional<HandlerInterceptor> cors(HandlerExecutionChain chain) {
        return chain.getInterceptorList().stream()
                .filter(CorsConfigurationSource.class::isInstance)
                .findFirst();
    }
}
