package dev.respite.spring.boot;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.spring.Retries;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.text.Spelling;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.env.Environment;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;

/**
 * The retries of the HTTP clients of the application. A group has one set of budgets, whichever of its clients sends.
 *
 * <p>Safe for use by any number of threads.
 */
final class ClientPolicies implements SmartInitializingSingleton {

    static final String GROUPS = RespiteProperties.PREFIX + ".http.groups.";
    private static final String ALL = RespiteProperties.PREFIX + ".http";

    private final RespiteProperties.Http properties;
    private final Retries retries;
    private final Environment environment;
    private final ObjectProvider<HttpServiceProxyRegistry> registries;
    private final Map<String, ClientDecorator> groups = new ConcurrentHashMap<>();
    private final Optional<ClientDecorator> builders;

    /**
     * Checks the properties.
     *
     * @throws SetupException if a policy is unknown, or the places of idempotency keys cannot be used
     */
    ClientPolicies(
            RespiteProperties properties,
            Retries retries,
            Environment environment,
            ObjectProvider<HttpServiceProxyRegistry> registries) {
        this.properties = properties.http();
        this.retries = retries;
        this.environment = environment;
        this.registries = registries;
        if (this.properties.policy() == null && isGiven(this.properties.idempotencyKeys())) {
            throw SetupException.ofProperty(
                    ALL + ".idempotency-keys",
                    "has no effect without a policy: set " + ALL + ".policy to one of " + retries.names());
        }
        this.builders = Optional.ofNullable(this.properties.policy())
                .map(policy -> create(
                        ALL,
                        policy,
                        places(ALL, this.properties.idempotencyKeys(), null),
                        redirects("spring.http.clients")));
        this.properties.groups().forEach((name, group) -> groups.put(name, create(name, group)));
    }

    /** Returns the retry of the clients whose builders are beans; empty if no policy is given for them. */
    Optional<ClientDecorator> ofBuilders() {
        return builders;
    }

    /** Returns the retry of the clients of a group: its own, else the retry of the builders. */
    Optional<ClientDecorator> ofGroup(String name) {
        return Optional.ofNullable(groups.get(name))
                .or(() -> builders.map(shared -> new ClientDecorator(
                        shared.property(), redirects("spring.http.serviceclient." + name), shared.retry())));
    }

    private ClientDecorator create(String name, RespiteProperties.Group group) {
        String property = GROUPS + name;
        @Nullable String policy = group.policy() == null ? properties.policy() : group.policy();
        if (policy == null) {
            throw SetupException.ofProperty(
                    property, "names no policy: set " + property + ".policy to one of " + retries.names());
        }
        String service = "spring.http.serviceclient." + name;
        @Nullable String baseUrl = environment.getProperty(service + ".base-url");
        return create(property, policy, places(property, group.idempotencyKeys(), baseUrl), redirects(service));
    }

    private ClientDecorator.Redirects redirects(String clients) {
        String name = clients + ".redirects";
        return new ClientDecorator.Redirects(name, environment.getProperty(name));
    }

    private ClientDecorator create(
            String property, String policy, List<URI> places, ClientDecorator.Redirects redirects) {
        PolicyFactory.requireKnown(property + ".policy", policy, retries.names());
        HttpRetry retry = HttpRetry.of(retries.get(policy));
        return new ClientDecorator(
                property,
                redirects,
                places.isEmpty()
                        ? retry
                        : retry.withIdempotencyKeys(IdempotencyKeys.supportedBy(places.toArray(URI[]::new))));
    }

    private static boolean isGiven(List<String> keys) {
        return !keys.isEmpty() && !keys.equals(List.of(PolicyProperties.FALSE));
    }

    private static List<URI> places(String property, List<String> keys, @Nullable String baseUrl) {
        if (!isGiven(keys)) {
            return List.of();
        }
        if (!keys.equals(List.of("true"))) {
            return keys.stream().map(place -> place(property, place)).toList();
        }
        if (baseUrl == null) {
            throw SetupException.ofProperty(
                    property + ".idempotency-keys",
                    "is true, and there is no base URL whose server could be meant: name the places that honour keys,"
                            + " such as https://pay.example.com"
                            + (property.equals(ALL)
                                    ? ""
                                    : ", or set spring.http.serviceclient." + property.substring(GROUPS.length())
                                            + ".base-url"));
        }
        return List.of(place(property, baseUrl));
    }

    private static URI place(String property, String place) {
        try {
            URI uri = URI.create(place);
            IdempotencyKeys unused = IdempotencyKeys.supportedBy(uri);
            return uri;
        } catch (IllegalArgumentException invalid) {
            throw SetupException.ofProperty(property + ".idempotency-keys", invalid);
        }
    }

    /** Rejects properties of groups that do not exist. */
    @Override
    public void afterSingletonsInstantiated() {
        if (groups.isEmpty()) {
            return;
        }
        HttpServiceProxyRegistry registry = registries.getIfAvailable();
        Set<String> names = registry == null ? Set.of() : new TreeSet<>(registry.getGroupNames());
        for (String name : groups.keySet()) {
            if (!names.contains(name)) {
                throw SetupException.ofProperty(
                        GROUPS + name,
                        "has no effect: no HTTP service group has the name '" + name + "'"
                                + Spelling.nearSuggestion(name, names)
                                + (names.isEmpty()
                                        ? "; there is no group: add @ImportHttpServices"
                                        : "; the groups are " + String.join(", ", names)));
            }
        }
    }
}
