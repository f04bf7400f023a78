package dev.respite.spring.boot.idempotency;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.idempotency.servlet.IdempotencyFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * The controller methods with {@link Idempotent} and the rules of each. They are listed and checked when the application starts;
 * a method that is mapped later has no rules, and its requests are rejected.
 */
final class IdempotentEndpoints implements SmartInitializingSingleton {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private static final String SHARED =
            "all callers are one owner of idempotency keys, since Spring Security is not on the"
                    + " class path: a caller that sends the key and the request of another gets its response. Set"
                    + " respite.idempotency.scope to shared if that is intended, to principal if requests have a principal, or"
                    + " name a scope in @Idempotent";

    private final ConfigurableApplicationContext context;
    private final EndpointRules rules;

    private volatile Listed listed = new Listed(new HandlerLookup(List.of()), Map.of(), Set.of());

    /** A method with the class of its bean: several controllers may inherit one method. */
    private record Endpoint(Class<?> beanType, Method method) {

        static Endpoint of(HandlerMethod handler) {
            return new Endpoint(handler.getBeanType(), handler.getMethod());
        }
    }

    /**
     * The endpoints that were found at start.
     *
     *
     * @param lookup finds the method of a request
     * @param rules the rules of each method
     * @param methods the HTTP methods of all of them; other requests need no lookup
     */
    private record Listed(HandlerLookup lookup, Map<Endpoint, IdempotencyFilter> rules, Set<String> methods) {}

    IdempotentEndpoints(ConfigurableApplicationContext context, EndpointRules rules) {
        this.context = context;
        this.rules = rules;
    }

    static boolean isAnnotated(HandlerMethod handler) {
        return AnnotatedElementUtils.hasAnnotation(handler.getMethod(), Idempotent.class);
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<RequestMappingHandlerMapping> mappings = new ArrayList<>(
                BeanFactoryUtils.beansOfTypeIncludingAncestors(context, RequestMappingHandlerMapping.class, true, false)
                        .values());
        AnnotationAwareOrderComparator.sort(mappings);
        Map<Endpoint, IdempotencyFilter> found = new HashMap<>();
        Set<String> methods = new HashSet<>();
        List<String> problems = new ArrayList<>();
        for (RequestMappingHandlerMapping mapping : mappings) {
            mapping.getHandlerMethods().forEach((info, handler) -> {
                Idempotent annotation =
                        AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), Idempotent.class);
                if (annotation != null) {
                    methods.addAll(methodsOf(info));
                    EndpointChecks.problemsOf(info, handler).forEach(problems::add);
                    try {
                        found.computeIfAbsent(Endpoint.of(handler), added -> rules.of(handler, annotation));
                    } catch (IllegalArgumentException | IllegalStateException invalid) {
                        problems.add(handler.getShortLogMessage() + ": " + invalid.getMessage());
                    }
                }
            });
        }
        unmapped(found.keySet()).forEach(problems::add);
        AnnotatedMethods.reject(problems);
        if (!found.isEmpty() && rules.isSharedUnasked()) {
            LOGGER.log(WARNING, SHARED);
        }
        listed = new Listed(new HandlerLookup(List.copyOf(mappings)), Map.copyOf(found), Set.copyOf(methods));
    }

    /** The annotation has no effect on a method that no request is mapped to. */
    private List<String> unmapped(Set<Endpoint> mapped) {
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        return AnnotatedMethods.of(beans.getBeanNamesForType(Object.class, true, false), beans).stream()
                .filter(method -> !AnnotatedMethods.hasKey(method))
                .filter(method -> mapped.stream().noneMatch(endpoint -> isSame(endpoint.method(), method)))
                .map(method -> method + ": " + IdempotentMethods.UNMAPPED)
                .toList();
    }

    /** The mapped method may be a method of an interface, if the controller is a proxy. */
    private static boolean isSame(Method mapped, Method method) {
        return mapped.getName().equals(method.getName())
                && Arrays.equals(mapped.getParameterTypes(), method.getParameterTypes())
                && (mapped.getDeclaringClass().isAssignableFrom(method.getDeclaringClass())
                        || method.getDeclaringClass().isAssignableFrom(mapped.getDeclaringClass()));
    }

    private static Set<String> methodsOf(RequestMappingInfo info) {
        return info.getMethodsCondition().getMethods().stream()
                .map(RequestMethod::name)
                .collect(Collectors.toSet());
    }

    /** Finds the method that handles a request; empty if there is none, or none with the annotation has this HTTP method. */
    Optional<HandlerLookup.Found> find(HttpServletRequest head) {
        Listed now = listed;
        return now.methods().contains(head.getMethod()) ? now.lookup().find(head) : Optional.empty();
    }

    /** Returns whether the result of a request is recorded. It looks for no handler, so it is fast and changes no attribute. */
    boolean hasCompleted(HttpServletRequest request) {
        Listed now = listed;
        return now.methods().contains(request.getMethod())
                && now.rules().values().stream().anyMatch(rules -> rules.hasCompleted(request));
    }

    /** Returns the rules of a method; empty if it is not annotated or was not known at start. */
    Optional<IdempotencyFilter> rulesOf(HandlerMethod handler) {
        return Optional.ofNullable(listed.rules().get(Endpoint.of(handler)));
    }
}
