package dev.respite.spring.boot.idempotency;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Finds the controller method that the dispatcher will select for a request, before the dispatcher does.
 *
 * @param mappings the mappings of the dispatcher, in its order
 */
record HandlerLookup(List<RequestMappingHandlerMapping> mappings) {

    /**
     * Finds the method.
     *
     * @param request the request; its attributes are changed
     * @return the method; empty if there is none (404), or none for this HTTP method (405), this content type (415) or these
     *     accepted types (406). The dispatcher answers such a request itself
     */
    Optional<HandlerMethod> find(HttpServletRequest request) {
        try {
            if (mappings.stream().anyMatch(RequestMappingHandlerMapping::usesPathPatterns)) {
                ServletRequestPathUtils.parseAndCache(request);
            }
            for (RequestMappingHandlerMapping mapping : mappings) {
                HandlerExecutionChain chain = mapping.getHandler(request);
                if (chain != null) {
                    return chain.getHandler() instanceof HandlerMethod method ? Optional.of(method) : Optional.empty();
                }
            }
            return Optional.empty();
        } catch (Exception unmapped) {
            // The dispatcher meets the same exception. If it does not, SelectedRulesInterceptor rejects the request.
            return Optional.empty();
        }
    }
}
