package dev.respite.stacks.requests;

import java.io.IOException;
import java.util.Map;

/** An HTTP client that sends to one server. */
interface Sender extends AutoCloseable {

    /**
     * Makes one call.
     *
     * @return the status
     * @throws Exception if there is no response
     */
    int send(String method, Map<String, String> headers) throws Exception;

    @Override
    default void close() throws IOException {}

    /** Another layer, which makes three attempts of everything that fails. */
    default Sender inThreeAttempts() {
        return (method, headers) -> {
            Exception last = new IllegalStateException();
            for (int i = 0; i < 3; i++) {
                try {
                    int status = send(method, headers);
                    if (status < 400) {
                        return status;
                    }
                    last = new IOException("status " + status);
                } catch (Exception failed) {
                    last = failed;
                }
            }
            throw last;
        };
    }
}
