package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.Fingerprints;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.KeyRequirement;
import dev.respite.idempotency.servlet.IdempotencyFilter;
import dev.respite.idempotency.store.IdempotencyRecord;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/** Makes the rules of a controller method of its annotation and the properties. */
final class EndpointRules {

    /** If this property is true, retries whose results are recorded are recognized, so that they are not refused. */
    static final String ADMISSION_ENABLED = "respite.admission.enabled";

    private static final Scope EVERYONE = Scope.of("shared");

    private static final String SECURITY = "org.springframework.security.web.SecurityFilterChain";
    private static final String METHOD_SECURITY =
            "org.springframework.security.authorization.method.AuthorizationAdvisor";

    private static final String NO_PRINCIPALS =
            "' is combined with the principal of the request, and there is none without Spring Security: add"
                    + " spring-boot-starter-security; or set respite.idempotency.scope to principal if requests have"
                    + " another principal; or set sharedScope = true if all callers of a scope may get the responses of"
                    + " the others";

    private static final String SHARED_WITHOUT_SCOPE =
            "sharedScope is true, and no scope is named: name one, or set respite.idempotency.scope to shared";

    private final IdempotencySetup setup;
    private final ConfigurableApplicationContext context;

    EndpointRules(IdempotencySetup setup, ConfigurableApplicationContext context) {
        this.setup = setup;
        this.context = context;
    }

    /**
     * Returns the rules of a method.
     *
     * @throws IllegalArgumentException if a value of the annotation is not valid
     * @throws IllegalStateException if the method responds later, in transactional mode, or there is no idempotency
     */
    IdempotencyFilter of(HandlerMethod handler, Idempotent annotation) {
        Idempotency<?> runs = setup.idempotency(annotation.retention(), context.getBeanFactory());
        IdempotencyFilter filter = IdempotencyFilter.of(guard(runs, handler, annotation));
        if (context.getEnvironment().getProperty(ADMISSION_ENABLED, Boolean.class, false)) {
            filter = filter.withCompletedKeys();
        }
        if (runs instanceof ExternalIdempotency) {
            filter = filter.withAsyncHandlers();
        } else {
            IdempotencyFilter.requireSynchronous(List.of(handler.getMethod()));
        }
        BiPredicate<HttpServletRequest, IdempotencyRecord> authorizer = authorizer(annotation.replayAuthorizer());
        Function<HttpServletRequest, Optional<Scope>> scope = scope(annotation);
        if (!isPresent(METHOD_SECURITY)) {
            return filter.withSharedScope(scope).withReplayAuthorizer(authorizer);
        }
        MethodSecurity security = MethodSecurity.of(context.getBeanFactory(), handler);
        if (isShared(annotation) && annotation.replayAuthorizer().isEmpty()) {
            security.requireReadable();
        }
        return filter.withSharedScope(scope)
                .withReplayAuthorizer((request, record) -> security.isGranted() && authorizer.test(request, record));
    }

    private HttpGuard<?> guard(Idempotency<?> runs, HandlerMethod handler, Idempotent annotation) {
        KeyRequirement requirement = annotation.keyRequired() ? KeyRequirement.REQUIRED : KeyRequirement.OPTIONAL;
        HttpGuard<?> guard = HttpGuard.of(runs)
                .withUnquotedKeys()
                .withHeader(setup.properties().header())
                .withBodyLimit(Math.toIntExact(setup.properties().bodyLimit().toBytes()))
                .withKeyRequirement((method, path) -> requirement);
        guard = guard.withParameterLimit(setup.properties().parameterLimit())
                .withResponseLimits(
                        Math.toIntExact(setup.properties().responseMemory().toBytes()),
                        setup.properties().responseLimit().toBytes());
        if (setup.properties().documentation() != null) {
            guard = guard.withDocumentation(setup.properties().documentation());
        }
        Fingerprints whole =
                setup.properties().compareMediaType() ? Fingerprints.ofAllAndMediaType() : Fingerprints.ofAll();
        return guard.withFingerprints(
                annotation.fingerprint().length == 0
                        ? whole
                        : fingerprints(List.of(annotation.fingerprint()), whole, handler));
    }

    private Fingerprints fingerprints(List<String> pointers, Fingerprints whole, HandlerMethod handler) {
        if (!isPresent("tools.jackson.databind.json.JsonMapper")) {
            throw new IllegalStateException("a fingerprint of parts of a JSON body needs Jackson 3: add"
                    + " spring-boot-starter-jackson, or compare the whole body");
        }
        Fingerprints fields = FieldFingerprints.of(pointers, whole);
        BodyNames.require(pointers, handler, context);
        return fields;
    }

    private boolean isPresent(String type) {
        return ClassUtils.isPresent(type, context.getClassLoader());
    }

    private Function<HttpServletRequest, Optional<Scope>> scope(Idempotent annotation) {
        if (annotation.scope().isEmpty()) {
            if (annotation.sharedScope()) {
                throw new IllegalArgumentException(SHARED_WITHOUT_SCOPE);
            }
            return kind() == IdempotencyProperties.ScopeKind.SHARED
                    ? request -> Optional.of(EVERYONE)
                    : request -> principal(request).map(Scope::of);
        }
        IdempotencyScope bean =
                (IdempotencyScope) bean(annotation.scope(), ResolvableType.forClass(IdempotencyScope.class));
        if (annotation.sharedScope()) {
            return bean::scopeOf;
        }
        if (setup.properties().scope() != IdempotencyProperties.ScopeKind.PRINCIPAL && !isPresent(SECURITY)) {
            throw new IllegalArgumentException("the scope '" + annotation.scope() + NO_PRINCIPALS);
        }
        return request ->
                principal(request).flatMap(name -> bean.scopeOf(request).map(scope -> scope.withPrincipal(name)));
    }

    private static Optional<String> principal(HttpServletRequest request) {
        return Optional.ofNullable(request.getUserPrincipal()).map(Principal::getName);
    }

    private boolean isShared(Idempotent annotation) {
        return annotation.scope().isEmpty()
                ? kind() == IdempotencyProperties.ScopeKind.SHARED
                : annotation.sharedScope();
    }

    @SuppressWarnings("unchecked")
    private BiPredicate<HttpServletRequest, IdempotencyRecord> authorizer(String name) {
        if (name.isEmpty()) {
            return (request, record) -> true;
        }
        ResolvableType type = ResolvableType.forClassWithGenerics(
                BiPredicate.class, HttpServletRequest.class, IdempotencyRecord.class);
        return (BiPredicate<HttpServletRequest, IdempotencyRecord>) bean(name, type);
    }

    private Object bean(String name, ResolvableType type) {
        Set<String> known = new TreeSet<>(List.of(context.getBeanNamesForType(type)));
        if (!known.contains(name)) {
            throw new IllegalArgumentException("no bean of the type " + type + " has the name '" + name + "'; there "
                    + (known.isEmpty() ? "are none" : "is " + String.join(", ", known)));
        }
        return context.getBean(name);
    }

    /** Returns whether all callers are one owner by default, without a property or a scope. */
    boolean isSharedUnasked() {
        return setup.properties().scope() == null && kind() == IdempotencyProperties.ScopeKind.SHARED;
    }

    /** Without Spring Security, an application usually has no principals. */
    private IdempotencyProperties.ScopeKind kind() {
        IdempotencyProperties.ScopeKind given = setup.properties().scope();
        if (given != null) {
            return given;
        }
        return isPresent(SECURITY) ? IdempotencyProperties.ScopeKind.PRINCIPAL : IdempotencyProperties.ScopeKind.SHARED;
    }
}
