package dev.respite.spring.boot.http;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.spring.boot.setup.SetupException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers to which rules of a client apply.
 *
 * @param property the properties of the client
 * @param idempotencyKeys the places that honour idempotency keys
 * @param withoutVendorHints the origins of whose hints only {@code Retry-After} is read
 * @param unprocessed429 the origins whose 429 means that nothing was processed
 * @param baseUrl the server that is meant by {@code true}; null if there is none
 */
record Origins(
        String property,
        List<String> idempotencyKeys,
        List<String> withoutVendorHints,
        List<String> unprocessed429,
        @Nullable String baseUrl) {

    static final String IDEMPOTENCY_KEYS = "idempotency-keys";
    static final String UNPROCESSED_429 = "unprocessed-429";
    private static final String WITHOUT_VENDOR_HINTS = "without-vendor-hints";

    /** Returns whether a list of places has any. */
    static boolean isGiven(List<String> places) {
        return !places.isEmpty() && !places.equals(List.of("false"));
    }

    /** Returns the key of a rule that has a place; empty if none has. */
    Optional<String> firstGiven() {
        Map<String, List<String>> rules = new TreeMap<>(Map.of(
                IDEMPOTENCY_KEYS, idempotencyKeys,
                WITHOUT_VENDOR_HINTS, withoutVendorHints,
                UNPROCESSED_429, unprocessed429));
        return rules.entrySet().stream()
                .filter(rule -> isGiven(rule.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Returns the key of a rule that holds for clients that follow no redirects only; empty if there is none. */
    Optional<String> needingNoRedirects() {
        if (isGiven(idempotencyKeys)) {
            return Optional.of(IDEMPOTENCY_KEYS);
        }
        return isGiven(unprocessed429) ? Optional.of(UNPROCESSED_429) : Optional.empty();
    }

    /**
     * Adds the rules to a retry.
     *
     * @throws SetupException if a place cannot be used
     */
    HttpRetry apply(HttpRetry retry) {
        URI[] keys = places(IDEMPOTENCY_KEYS, idempotencyKeys).toArray(URI[]::new);
        HttpRetry changed = keys.length == 0
                ? retry
                : valid(IDEMPOTENCY_KEYS, () -> retry.withIdempotencyKeys(IdempotencyKeys.supportedBy(keys)));
        changed = each(changed, WITHOUT_VENDOR_HINTS, withoutVendorHints, HttpRetry::withoutVendorHints);
        return each(changed, UNPROCESSED_429, unprocessed429, HttpRetry::withUnprocessed429);
    }

    private HttpRetry each(
            HttpRetry retry, String key, List<String> origins, BiFunction<HttpRetry, URI, HttpRetry> rule) {
        HttpRetry changed = retry;
        for (URI origin : places(key, origins)) {
            HttpRetry before = changed;
            changed = valid(key, () -> rule.apply(before, origin));
        }
        return changed;
    }

    private List<URI> places(String key, List<String> given) {
        if (!isGiven(given)) {
            return List.of();
        }
        if (!given.equals(List.of("true"))) {
            return valid(key, () -> given.stream().map(URI::create).toList());
        }
        if (baseUrl == null) {
            throw SetupException.ofProperty(
                    property + "." + key,
                    "is true, and there is no base URL whose server could be meant: name the servers,"
                            + " such as https://pay.example.com"
                            + (property.startsWith(HttpProperties.GROUPS)
                                    ? ", or set spring.http.serviceclient."
                                            + property.substring(HttpProperties.GROUPS.length()) + ".base-url"
                                    : ""));
        }
        return valid(key, () -> List.of(URI.create(baseUrl)));
    }

    private <T> T valid(String key, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException invalid) {
            throw SetupException.ofProperty(property + "." + key, invalid);
        }
    }
}
