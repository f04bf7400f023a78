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
        @Nullable String authority = uri.getRawAuthority();
        if (scheme == null || authority == null) {
            throw new IllegalArgumentException(uri + ": expected a scheme and a host, such as https://api.example.com");
        }
        if (host != null) {
            return of(scheme, host, uri.getPort());
        }
        // The name of a container may have an underscore, which the host of a URI has not.
        String server = authority.substring(authority.indexOf('@') + 1);
        return server.contains(":")
                ? scheme.toLowerCase(Locale.ROOT) + "://" + server.toLowerCase(Locale.ROOT)
                : of(scheme, server, -1);
    }

    static String of(String scheme, String host, int port) {
        String lower = scheme.toLowerCase(Locale.ROOT);
        String server = host.indexOf(':') >= 0 && !host.startsWith("[") ? '[' + host + ']' : host;
        int known = port >= 0 ? port : lower.equals("https") ? 443 : 80;
        return lower + "://" + server.toLowerCase(Locale.ROOT) + ":" + known;
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
