package dev.respite.spring.boot.http;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.ConcurrentReferenceHashMap;
import org.springframework.util.ConcurrentReferenceHashMap.ReferenceType;

/** The request factories and connectors of the application's clients. Safe for use by any number of threads. */
final class Connectors {

    private static final Log LOGGER = LogFactory.getLog(Connectors.class);

    /** The prefixes of packages whose connectors send nothing. */
    private static final Set<String> PACKAGES_OF_TESTS =
            Set.of("org.springframework.mock.", "org.springframework.test.", "org.springframework.boot.test.");

    private final ObjectProvider<HttpClientSettings> settings;
    private final ObjectProvider<HttpServiceClientProperties> groups;
    private final ObjectProvider<SslBundles> bundles;
    private final Map<Object, Boolean> following = new ConcurrentReferenceHashMap<>(16, ReferenceType.WEAK);
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    Connectors(
            ObjectProvider<HttpClientSettings> settings,
            ObjectProvider<HttpServiceClientProperties> groups,
            ObjectProvider<SslBundles> bundles) {
        this.settings = settings;
        this.groups = groups;
        this.bundles = bundles;
    }

    /** Returns the settings of a group. */
    HttpClientSettings ofGroup(String name) {
        HttpClientSettings ofAll = settings.getIfAvailable(HttpClientSettings::defaults);
        HttpServiceClientProperties properties = groups.getIfAvailable();
        return properties == null
                ? ofAll
                : new HttpClientSettingsPropertyMapper(bundles.getIfAvailable(), ofAll).map(properties.get(name));
    }

    /** Returns the request factory or connector that a builder, template or request uses; null if that is unknown. */
    static @Nullable Object of(Object client) {
        @Nullable Object factory = RedirectFacts.field(client, "requestFactory");
        return factory == null ? RedirectFacts.field(client, "connector") : factory;
    }

    /** Returns whether a connector may follow redirects; true if that is unknown. */
    boolean mayFollow(@Nullable Object connector) {
        return connector == null || following.computeIfAbsent(connector, Connectors::read);
    }

    private static boolean read(Object connector) {
        String type = connector.getClass().getName();
        return PACKAGES_OF_TESTS.stream().noneMatch(type::startsWith)
                && RedirectFacts.follows(connector).orElse(true);
    }

    /** Returns whether a connector is known to follow redirects. */
    static boolean follows(@Nullable Object connector) {
        return RedirectFacts.follows(connector).equals(Optional.of(true));
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
}
