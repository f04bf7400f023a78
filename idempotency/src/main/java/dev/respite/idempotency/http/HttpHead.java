package dev.respite.idempotency.http;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is known of a request before its body is read.
 *
 * @param method the method, {@code POST} for example
 * @param path the path as it came, without the query
 * @param query the query as it came, without the question mark
 * @param headers the values of a header by its name, one for each line, whatever the case of the name; an empty list where
 *     there is none
 */
public record HttpHead(String method, String path, Optional<String> query, Function<String, List<String>> headers) {

    /**
     * The path, spelled in one way: {@code /lines/%37} is {@code /lines/7}. Escapes of the characters that never need them (letters,
     * digits, {@code -._~}) are decoded, and the digits of the others are upper-case. Nothing else is changed: {@code %2F} is no slash,
     * dot segments stay, and so does a slash at the end, since those may lead elsewhere.
     *
     * @return the path, without the query
     */
    public String normalizedPath() {
        return Paths.normalized(path);
    }

    /**
     * What is done, unless {@link HttpGuard#withOperation} says otherwise: equal keys of different operations do not meet.
     *
     * @return the method and the {@linkplain #normalizedPath() normalized path}
     */
    public String operation() {
        return method + " " + normalizedPath();
    }
}
