package dev.respite.idempotency.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A request without its body.
 *
 * @param method the method, for example {@code POST}
 * @param path the path as received, without the query
 * @param query the query as received, without the question mark
 * @param headers returns the values of a header by its case-insensitive name, one for each field line; an empty list if
 *     there is none
 */
public record HttpHead(String method, String path, Optional<String> query, Function<String, List<String>> headers) {

    private static final List<String> CONDITIONAL =
            List.of("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range");

    private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");
    private static final Pattern UNRESERVED = Pattern.compile("[A-Za-z0-9._~-]");

    /**
     * {@return the path, without the query, in a normalized form (RFC 3986, section 6.2.2): {@code /lines/%37} becomes {@code
     * /lines/7}} Escapes of unreserved characters (letters, digits, {@code -._~}) are decoded, and the digits of other escapes
     * become upper-case. Nothing else is changed, because only the application can interpret it: {@code %2F} stays escaped, and
     * dot segments, empty segments, parameters, trailing slashes and percent signs without two digits remain.
     */
    public String normalizedPath() {
        return ESCAPE.matcher(path).replaceAll(escape -> {
            String decoded = Character.toString(Integer.parseInt(escape.group(1), 16));
            return UNRESERVED.matcher(decoded).matches()
                    ? decoded
                    : escape.group().toUpperCase(Locale.ROOT);
        });
    }

    /**
     * {@return the conditional headers of the request (RFC 9110, section 13.1), in a fixed order, as lines such as {@code If-Match:
     * "1"}; empty if it is not conditional}
     */
    public List<String> preconditions() {
        return CONDITIONAL.stream()
                .flatMap(name -> headers.apply(name).stream().map(value -> name + ": " + value.strip()))
                .toList();
    }

    /**
     * {@return the default operation, method and {@linkplain #normalizedPath() normalized path}, see {@link
     * HttpGuard#withOperation}} Equal keys of different operations are different records.
     */
    public String operation() {
        return method + " " + normalizedPath();
    }
}
