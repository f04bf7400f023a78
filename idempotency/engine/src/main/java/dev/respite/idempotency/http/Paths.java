package dev.respite.idempotency.http;

import java.util.Locale;
import java.util.regex.Pattern;

/** Normalizes equivalent spellings of paths (RFC 3986, section 6.2.2). */
final class Paths {

    private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");
    private static final Pattern UNRESERVED = Pattern.compile("[A-Za-z0-9._~-]");

    private Paths() {}

    /**
     * Decodes the escapes of unreserved characters and makes the digits of other escapes upper-case.
     *
     * <p>Escapes of reserved characters remain: {@code %2F} is not a slash. Dot segments, empty segments, parameters,
     * trailing slashes and percent signs without two digits remain too, because only the application can interpret them.
     */
    static String normalized(String path) {
        return ESCAPE.matcher(path).replaceAll(escape -> {
            String decoded = Character.toString(Integer.parseInt(escape.group(1), 16));
            return UNRESERVED.matcher(decoded).matches()
                    ? decoded
                    : escape.group().toUpperCase(Locale.ROOT);
        });
    }
}
