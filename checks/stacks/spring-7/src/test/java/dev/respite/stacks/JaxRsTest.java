package dev.respite.stacks;

import dev.respite.outcome.ErrorKind;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Jakarta REST by Jersey 4; JAX-RS 2 has the same in another package. */
class JaxRsTest {

    private static Judged judged(URI uri) {
        Client client = ClientBuilder.newBuilder()
                .connectTimeout(200, TimeUnit.MILLISECONDS)
                .readTimeout(200, TimeUnit.MILLISECONDS)
                .build();
        try {
            return Judged.of(() -> client.target(uri).request().get(String.class));
        } finally {
            client.close();
        }
    }

    @Test
    void get_statusOfAResponse_isTheStatus() {
        try (RawServer server = RawServer.ofStatus(503)) {
            judged(server.uri()).isA(ServiceUnavailableException.class).isTransient(503);
        }
        try (RawServer server = RawServer.ofStatus(404)) {
            judged(server.uri()).isFatal().isSelectedBy("404");
        }
    }

    @Test
    void get_withoutAResponse_isWhatItsCauseStates() {
        judged(RawServer.refusing()).isA(ProcessingException.class).isTransient(ErrorKind.CONNECT);
        try (RawServer server = RawServer.of(RawServer.Fault.HANG)) {
            judged(server.uri()).isA(ProcessingException.class).isTransient(ErrorKind.TIMEOUT);
        }
        try (RawServer server = RawServer.of(RawServer.Fault.RESET)) {
            judged(server.uri()).isA(ProcessingException.class).isTransient(ErrorKind.IO);
        }
    }
}
