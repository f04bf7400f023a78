package dev.respite.spring.boot;

import java.lang.reflect.Field;
import java.net.http.HttpClient;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.ReflectionUtils;

/**
 * The request factories and connectors of the application's clients, and what is known of their redirects: from the settings of
 * those that Spring Boot builds, and from the client itself of others.
 */
final class Connectors {

    private static final Log LOGGER = LogFactory.getLog(Connectors.class);

    /** The prefixes of packages whose connectors send nothing. */
    private static final Set<String> PACKAGES_OF_TESTS =
            Set.of("org.springframework.mock.", "org.springframework.test.", "org.springframework.boot.test.");

    private final Built built;
    private final ObjectProvider<HttpClientSettings> settings;
    private final ObjectProvider<HttpServiceClientProperties> groups;
    private final ObjectProvider<SslBundles> bundles;
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    Connectors(
            Built built,
            ObjectProvider<HttpClientSettings> settings,
            ObjectProvider<HttpServiceClientProperties> groups,
            ObjectProvider<SslBundles> bundles) {
        this.built = built;
        this.settings = settings;
        this.groups = groups;
        this.bundles = bundles;
    }

    /** Remembers the factories and connectors that the builders of Spring Boot build. */
    static final class Built implements BeanPostProcessor {

        private final Set<Object> connectors =
                Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            if (bean instanceof ClientHttpRequestFactoryBuilder<?> builder) {
                return builder.withCustomizer(connectors::add);
            }
            return bean instanceof ClientHttpConnectorBuilder<?> builder
                    ? builder.withCustomizer(connectors::add)
                    : bean;
        }
    }

    void warnOnce(String message) {
        if (logged.add(message)) {
            LOGGER.warn(message);
        }
    }

    void reportOnce(String message) {
        if (logged.add(message)) {
            LOGGER.info(message);
        }
    }

    /** The settings of the clients whose builders are beans. */
    HttpClientSettings ofBuilders() {
        return settings.getIfAvailable(HttpClientSettings::defaults);
    }

    /** The settings of a group. */
    HttpClientSettings ofGroup(String name) {
        HttpServiceClientProperties properties = groups.getIfAvailable();
        return properties == null
                ? ofBuilders()
                : new HttpClientSettingsPropertyMapper(bundles.getIfAvailable(), ofBuilders())
                        .map(properties.get(name));
    }

    /** Returns the request factory or connector that a builder will use; null if that is unknown. */
    static @Nullable Object of(Object builder) {
        @Nullable Object factory = value(builder, "requestFactory");
        return factory == null ? value(builder, "connector") : factory;
    }

    /** Returns whether Spring Boot has built a connector. */
    boolean isBuilt(@Nullable Object connector) {
        return connector != null && built.connectors.contains(connector);
    }

    /** Returns whether a connector may follow redirects; true for one of which nothing is known. */
    boolean mayFollow(@Nullable Object connector, HttpClientSettings given) {
        if (isBuilt(connector)) {
            return given.redirects() != HttpRedirects.DONT_FOLLOW;
        }
        if (connector == null) {
            return true;
        }
        if (PACKAGES_OF_TESTS.stream().anyMatch(connector.getClass().getName()::startsWith)) {
            return false;
        }
        return !(value(connector, "httpClient") instanceof HttpClient client
                && client.followRedirects() == HttpClient.Redirect.NEVER);
    }

    /** Spring has no accessor. Without the field nothing is known. */
    private static @Nullable Object value(Object object, String name) {
        Field field = ReflectionUtils.findField(object.getClass(), name);
        if (field == null) {
            return null;
        }
        ReflectionUtils.makeAccessible(field);
        return ReflectionUtils.getField(field, object);
    }
}
