package dev.respite.spring.boot.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Lets clients with idempotency keys or {@code unprocessed-429} follow no redirects: a redirect may lead to a server for which that
 * does not hold. A property that permits them is rejected later.
 */
final class GroupRedirects implements EnvironmentPostProcessor, Ordered {

    /** The property of the clients whose builders are beans. */
    static final String OF_BUILDERS = "spring.http.clients.redirects";

    private static final String SOURCE = "respiteGroupsWithIdempotencyKeys";

    /** After the files with properties have been read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Binder binder = Binder.get(environment);
        Map<String, Object> defaults = new LinkedHashMap<>();
        if (isStrict(binder, HttpProperties.PREFIX)) {
            defaults.put(OF_BUILDERS, "dont-follow");
        }
        binder.bind("respite.http.groups", Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet()
                .forEach(group -> {
                    if (isStrict(binder, HttpProperties.GROUPS + group)) {
                        defaults.put("spring.http.serviceclient." + group + ".redirects", "dont-follow");
                    }
                });
        if (!defaults.isEmpty()) {
            environment.getPropertySources().addLast(new MapPropertySource(SOURCE, defaults));
        }
    }

    private static boolean isStrict(Binder binder, String property) {
        return Stream.of(Origins.IDEMPOTENCY_KEYS, Origins.UNPROCESSED_429)
                .map(key -> binder.bind(property + "." + key, Bindable.listOf(String.class)))
                .anyMatch(places -> Origins.isGiven(places.orElse(List.of())));
    }
}
