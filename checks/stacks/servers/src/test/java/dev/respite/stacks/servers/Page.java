package dev.respite.stacks.servers;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** What a server does with a request, whatever the server is. Runs on a thread of the server and may block it. */
@FunctionalInterface
interface Page {

    /** The length of a body that is sent in chunks. */
    long UNKNOWN = -1;

    /**
     * Answers a request. What this throws after the body has begun breaks the body off.
     *
     * @param attempt 1, or the number in the client's header
     */
    void respond(int attempt, Answer response) throws IOException;

    /** A response that is being written. */
    interface Answer {

        /** Starts it. */
        OutputStream start(int status, long length, Map<String, String> headers) throws IOException;

        /** A whole response. */
        default void send(int status, byte[] body, Map<String, String> headers) throws IOException {
            try (OutputStream out = start(status, body.length, headers)) {
                out.write(body);
            }
        }
    }

    /** A body in which each byte depends on its place, so that a missing or a repeated byte is found. */
    static byte[] body(int length) {
        byte[] body = new byte[length];
        for (int i = 0; i < length; i++) {
            body[i] = (byte) (i % 251);
        }
        return body;
    }

    /** Answers a first attempt with a status that has a hint and a body, and any other with 200. */
    static Page failingAtFirst(int status, byte[] errorBody) {
        return (attempt, response) -> {
            if (attempt == 1) {
                response.send(status, errorBody, Map.of("Retry-After", "2"));
            } else {
                response.send(200, body(10), Map.of());
            }
        };
    }
}
