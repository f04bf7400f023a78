package dev.respite.durable.http;

import dev.respite.durable.http.OutboundHttp.Preparation;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.exchange.RequestFacts;
import dev.respite.logging.FailureText;
import dev.respite.text.ValueFormat;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The requests that a call accepts, and the preparation for each origin. They are checked when they are enqueued, and again when they
 * are sent: an operator may have edited them, and the program that sends them may declare fewer origins.
 *
 * @param keys where keys are honoured
 * @param origins the declared origins, each with its preparation
 * @param anyHttps the preparation for other https origins; empty if they are not declared by themselves
 * @param allowedNames names in lower case whose values are no secrets
 */
record OutboundRules(
        Optional<IdempotencyKeys> keys,
        Map<URI, Preparation> origins,
        Optional<Preparation> anyHttps,
        Set<String> allowedNames) {

    static final Preparation NO_PREPARATION = (sent, stored, context) -> {};

    private static final Pattern BETWEEN_PARAMETERS = Pattern.compile("[&;]");

    static OutboundRules of(Optional<IdempotencyKeys> keys) {
        OutboundRules rules = new OutboundRules(keys, Map.of(), Optional.empty(), Set.of());
        for (URI place : keys.map(IdempotencyKeys::places).orElse(List.of())) {
            rules = rules.withOrigin(place, NO_PREPARATION);
        }
        return rules;
    }

    OutboundRules withOrigin(URI uri, Preparation preparation) {
        Map<URI, Preparation> more = new HashMap<>(origins);
        // A request has the checks of its URI.
        more.put(origin(OutboundRequest.of("GET", uri).uri()), preparation);
        return new OutboundRules(keys, Map.copyOf(more), anyHttps, allowedNames);
    }

    OutboundRules withAnyHttpsOrigin(Preparation preparation) {
        return new OutboundRules(keys, origins, Optional.of(preparation), allowedNames);
    }

    OutboundRules withAllowedNames(String... names) {
        Set<String> more = Stream.concat(allowedNames.stream(), Stream.of(names).map(OutboundRules::lowerCase))
                .collect(Collectors.toUnmodifiableSet());
        return new OutboundRules(keys, origins, anyHttps, more);
    }

    /** Returns the request if it is accepted. */
    OutboundRequest checked(OutboundRequest request) {
        URI uri = request.uri();
        if (!isDeclared(uri) && !isAnyHttps(uri)) {
            throw new IllegalArgumentException(request + " is for an origin that is not declared" + remedy(uri));
        }
        if (!isKeyed(uri) && !RequestFacts.isIdempotent(request.method())) {
            throw new IllegalArgumentException(request
                    + " would take effect twice if it is sent twice, and no server that honours idempotency keys is named"
                    + " there: name it by IdempotencyKeys.supportedBy, if it honours them");
        }
        keys.ifPresent(known -> known.field("key").keySet().forEach(name -> {
            if (!request.header(name).isEmpty()) {
                throw new IllegalArgumentException(
                        request + " has the header " + name
                                + ", which is that of the call's key: leave it out, and give the key by EnqueueOptions.withKey");
            }
        }));
        names(request)
                .filter(name -> FailureText.isSecret(name) && !allowedNames.contains(lowerCase(name)))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(
                            request + " has a credential by its name, " + ValueFormat.shortened(name)
                                    + ", which would be stored in the database: add it to each attempt, by the preparation of"
                                    + " OutboundHttp.withOrigin, or allow the name by OutboundHttp.withAllowedNames, if its value"
                                    + " is no secret");
                });
        return request;
    }

    static String remedy(URI uri) {
        return ": declare it where the call is built, by OutboundHttp.withOrigin(URI.create(\""
                + ValueFormat.shortened(origin(uri).toString()) + "\")), if requests may be sent there";
    }

    /** Returns the names of header fields and of query parameters that have a value. */
    private static Stream<String> names(OutboundRequest request) {
        String query = Optional.ofNullable(request.uri().getRawQuery()).orElse("");
        return Stream.concat(
                request.fields().stream().map(OutboundRequest.Field::name),
                BETWEEN_PARAMETERS
                        .splitAsStream(query)
                        .filter(parameter -> parameter.contains("="))
                        .map(parameter -> URLDecoder.decode(
                                parameter.substring(0, parameter.indexOf('=')), StandardCharsets.UTF_8)));
    }

    boolean isKeyed(URI uri) {
        return keys.isPresent() && keys.get().isSupportedBy(uri);
    }

    /** Returns whether the origin is declared in full, so that it is reached at any address. */
    boolean isDeclared(URI uri) {
        return origins.containsKey(origin(uri));
    }

    /** Keys of an origin that is not declared are keys of any https origin. */
    private boolean isAnyHttps(URI uri) {
        return (anyHttps.isPresent() && uri.getScheme().equalsIgnoreCase("https")) || isKeyed(uri);
    }

    Preparation preparation(URI uri) {
        return origins.getOrDefault(origin(uri), anyHttps.orElse(NO_PREPARATION));
    }

    /** Scheme, host and port, as a URI: its equality disregards case. */
    static URI origin(URI uri) {
        int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return URI.create(uri.getScheme() + "://" + uri.getHost() + ":" + port);
    }

    private static String lowerCase(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
