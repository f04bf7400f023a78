package dev.respite.idempotency.http;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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

    /**
     * Returns the path in a normalized form: {@code /lines/%37} becomes {@code /lines/7}. Escapes of unreserved characters
     * (letters, digits, {@code -._~}) are decoded, and the digits of other escapes become upper-case. Nothing else is
     * changed, because it may lead to another resource: {@code %2F} stays escaped, and dot segments and a trailing slash
     * remain.
     *
     * @return the path, without the query
     */
    public String normalizedPath() {
        return Paths.normalized(path);
    }

    /**
     * Returns the default operation, see {@link HttpGuard#withOperation}. Equal keys of different operations are different
     * records.
     *
     * @return the method and the {@linkplain #normalizedPath() normalized path}
     */
    public String operation() {
        return method + " " + normalizedPath();
    }
}
