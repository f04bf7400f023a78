package dev.respite.spring.boot.http;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.spring.Retries;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
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

    private final HttpProperties properties;
    private final Retries retries;
    private final Environment environment;
    private final @Nullable ObjectProvider<HttpServiceProxyRegistry> registries;
    private final Map<String, ClientDecorator> groups = new ConcurrentHashMap<>();
    private final Optional<ClientDecorator> builders;

    /**
     * Checks the properties.
     *
     * @param registries the groups of the application; null if some may be missing
     * @throws SetupException if a policy is unknown, or the places of a rule cannot be used
     */
    ClientPolicies(
            HttpProperties properties,
            Retries retries,
            Environment environment,
            @Nullable ObjectProvider<HttpServiceProxyRegistry> registries) {
        this.properties = properties;
        this.retries = retries;
        this.environment = environment;
        this.registries = registries;
        Origins ofBuilders = new Origins(
                HttpProperties.PREFIX,
                this.properties.idempotencyKeys(),
                this.properties.withoutVendorHints(),
                this.properties.unprocessed429(),
                null);
        if (this.properties.policy() == null) {
            ofBuilders.firstGiven().ifPresent(key -> {
                throw SetupException.ofProperty(
                        HttpProperties.PREFIX + "." + key,
                        "has no effect without a policy: set " + HttpProperties.PREFIX + ".policy to one of "
                                + retries.names());
            });
        }
        this.builders = Optional.ofNullable(this.properties.policy())
                .map(policy -> create(ofBuilders, policy, redirects("spring.http.clients")));
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
                        shared.property(),
                        redirects("spring.http.serviceclient." + name),
                        shared.retry(),
                        shared.strict())));
    }

    private ClientDecorator create(String name, HttpProperties.Group group) {
        String property = HttpProperties.GROUPS + name;
        @Nullable String policy = group.policy() == null ? properties.policy() : group.policy();
        if (policy == null) {
            throw SetupException.ofProperty(
                    property, "names no policy: set " + property + ".policy to one of " + retries.names());
        }
        String service = "spring.http.serviceclient." + name;
        @Nullable String baseUrl = environment.getProperty(service + ".base-url");
        Origins origins = new Origins(
                property, group.idempotencyKeys(), group.withoutVendorHints(), group.unprocessed429(), baseUrl);
        return create(origins, policy, redirects(service));
    }

    private ClientDecorator.Redirects redirects(String clients) {
        String name = clients + ".redirects";
        return new ClientDecorator.Redirects(name, environment.getProperty(name));
    }

    private ClientDecorator create(Origins origins, String policy, ClientDecorator.Redirects redirects) {
        requireKnown(origins.property() + ".policy", policy, retries.names());
        return new ClientDecorator(
                origins.property(),
                redirects,
                origins.apply(HttpRetry.ofCurrent(() -> retries.get(policy))),
                origins.needingNoRedirects().orElse(null));
    }

    private static void requireKnown(String property, String name, Set<String> known) {
        if (!known.contains(name)) {
            String names = known.isEmpty()
                    ? "there are none: add one below respite.policies"
                    : "the policies are " + String.join(", ", known);
            throw SetupException.ofProperty(
                    property,
                    "no policy has the name '" + ValueFormat.shortened(name) + "'"
                            + Spelling.nearSuggestion(name, known) + "; " + names);
        }
    }

    /** Rejects properties of groups that do not exist. */
    @Override
    public void afterSingletonsInstantiated() {
        if (groups.isEmpty() || registries == null) {
            return;
        }
        HttpServiceProxyRegistry registry = registries.getIfAvailable();
        Set<String> names = registry == null ? Set.of() : new TreeSet<>(registry.getGroupNames());
        for (String name : groups.keySet()) {
            if (!names.contains(name)) {
                throw SetupException.ofProperty(
                        HttpProperties.GROUPS + name,
                        "has no effect: no HTTP service group has the name '" + name + "'"
                                + Spelling.nearSuggestion(name, names)
                                + (names.isEmpty()
                                        ? "; there is no group: add @ImportHttpServices"
                                        : "; the groups are " + String.join(", ", names)));
            }
        }
    }
}
