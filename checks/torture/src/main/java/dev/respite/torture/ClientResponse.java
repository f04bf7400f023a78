package dev.respite.torture;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/**
 * A successful response as a client received it: everything that a replay must repeat.
 *
 * @param status the status
 * @param contentType the header Content-Type
 * @param location the header Location
 * @param body the body, one character for each byte
 */
record ClientResponse(int status, String contentType, String location, String body) {

    static ClientResponse of(HttpResponse<byte[]> response) {
        return new ClientResponse(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.headers().firstValue("Location").orElse(""),
                new String(response.body(), StandardCharsets.ISO_8859_1));
    }
}
