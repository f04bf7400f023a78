package dev.respite.spring.boot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Lets clients with idempotency keys follow no redirects: a redirect may lead to a server that does not honour the key. A property
 * that permits them is rejected later.
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
        if (hasKeys(binder, RespiteProperties.PREFIX + ".http")) {
            defaults.put(OF_BUILDERS, "dont-follow");
        }
        binder.bind("respite.http.groups", Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet()
                .forEach(group -> {
                    if (hasKeys(binder, ClientPolicies.GROUPS + group)) {
                        defaults.put("spring.http.serviceclient." + group + ".redirects", "dont-follow");
                    }
                });
        if (!defaults.isEmpty()) {
            environment.getPropertySources().addLast(new MapPropertySource(SOURCE, defaults));
        }
    }

    private static boolean hasKeys(Binder binder, String property) {
        List<String> keys = binder.bind(property + ".idempotency-keys", Bindable.listOf(String.class))
                .orElse(List.of());
        return !keys.isEmpty() && !keys.equals(List.of(PolicyProperties.FALSE));
    }
}
