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
 * Lets HTTP service groups with idempotency keys follow no redirects, unless a property permits them: a redirect may lead
 * to a server that does not honour the key.
 */
final class GroupRedirects implements EnvironmentPostProcessor, Ordered {

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
        binder.bind("respite.http.groups", Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet()
                .forEach(group -> {
                    List<String> keys = binder.bind(
                                    ClientPolicies.GROUPS + group + ".idempotency-keys", Bindable.listOf(String.class))
                            .orElse(List.of());
                    if (!keys.isEmpty() && !keys.equals(List.of(PolicyProperties.FALSE))) {
                        defaults.put("spring.http.serviceclient." + group + ".redirects", "dont-follow");
                    }
                });
        if (!defaults.isEmpty()) {
            environment.getPropertySources().addLast(new MapPropertySource(SOURCE, defaults));
        }
    }
}
