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
     * What is done: equal keys of different operations do not meet.
     *
     * @return method and path
     */
    public String operation() {
        return method + " " + path;
    }
}
