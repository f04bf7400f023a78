package dev.respite.http.exchange;

import java.net.URI;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Origins of URIs (RFC 6454), as text. */
final class Origins {

    private Origins() {}

    /** Scheme, host and port, in one spelling. */
    static String of(URI uri) {
        @Nullable String scheme = uri.getScheme();
        @Nullable String host = uri.getHost();
        if (scheme == null || host == null) {
            throw new IllegalArgumentException(uri + ": expected a scheme and a host, such as https://api.example.com");
        }
        String lower = scheme.toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : lower.equals("https") ? 443 : 80;
        return lower + "://" + host.toLowerCase(Locale.ROOT) + ":" + port;
    }

    /** Returns whether a URI has another origin than this one. */
    static Predicate<URI> otherThan(URI origin) {
        String excluded = of(origin);
        return uri -> !of(uri).equals(excluded);
    }

    /** The path, {@code /} where it is empty. */
    static String path(URI uri) {
        @Nullable String path = uri.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }
}
