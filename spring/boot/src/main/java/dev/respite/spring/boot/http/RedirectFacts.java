package dev.respite.spring.boot.http;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.http.client.AbstractClientHttpRequestFactoryWrapper;
import org.springframework.util.ReflectionUtils;

/**
 * Reads whether a request factory or a connector follows redirects, from the client in it. Spring has no accessors for that, so
 * private fields are read; without a field nothing is known.
 */
final class RedirectFacts {

    private RedirectFacts() {}

    /** Returns whether redirects are followed; empty if that is unknown. */
    static Optional<Boolean> follows(@Nullable Object connector) {
        if (connector == null) {
            return Optional.empty();
        }
        if (connector instanceof AbstractClientHttpRequestFactoryWrapper wrapper) {
            return follows(wrapper.getDelegate());
        }
        if (field(connector, "settings") instanceof HttpClientSettings settings) {
            // HttpURLConnection, as Spring Boot configures it.
            return Optional.of(settings.redirects() != HttpRedirects.DONT_FOLLOW);
        }
        @Nullable Object client = field(connector, "httpClient");
        if (client == null) {
            client = field(connector, "client");
        }
        if (client instanceof HttpClient jdk) {
            return Optional.of(jdk.followRedirects() != HttpClient.Redirect.NEVER);
        }
        return client == null ? Optional.empty() : ofClient(client);
    }

    private static Optional<Boolean> ofClient(Object client) {
        if (result(client, "isFollowRedirects") instanceof Boolean jetty) {
            return Optional.of(jetty);
        }
        @Nullable Object reactor = result(client, "configuration");
        if (reactor != null && method(reactor, "followRedirectPredicate") != null) {
            return Optional.of(result(reactor, "followRedirectPredicate") != null);
        }
        @Nullable Object apache = field(client, "execChain");
        return apache == null ? Optional.empty() : Optional.of(hasRedirects(apache));
    }

    /** Searches the chain of Apache's client for its handler of redirects, and for the strategy of Spring Boot that follows none. */
    private static boolean hasRedirects(Object chain) {
        for (@Nullable Object element = chain; element != null; element = field(element, "next")) {
            @Nullable Object handler = field(element, "handler");
            @Nullable Object strategy = handler == null ? null : field(handler, "redirectStrategy");
            if (strategy != null) {
                return !strategy.getClass().getName().startsWith("org.springframework.boot.");
            }
        }
        return false;
    }

    static @Nullable Object field(Object object, String name) {
        Field field = ReflectionUtils.findField(object.getClass(), name);
        if (field == null) {
            return null;
        }
        ReflectionUtils.makeAccessible(field);
        return ReflectionUtils.getField(field, object);
    }

    private static @Nullable Object result(Object object, String name) {
        Method method = method(object, name);
        return method == null ? null : ReflectionUtils.invokeMethod(method, object);
    }

    private static @Nullable Method method(Object object, String name) {
        Method method = ReflectionUtils.findMethod(object.getClass(), name);
        if (method != null) {
            ReflectionUtils.makeAccessible(method);
        }
        return method;
    }
}
