package dev.respite.stacks;

import dev.respite.outcome.ErrorKind;
import io.micronaut.http.client.DefaultHttpClientConfiguration;
import io.micronaut.http.client.HttpClient;
import io.micronaut.http.client.exceptions.HttpClientResponseException;
import io.micronaut.http.client.exceptions.ReadTimeoutException;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Micronaut 4. */
class MicronautTest {

    private static Judged judged(URI uri) throws MalformedURLException {
        return judged(uri, Duration.ofSeconds(20));
    }

    private static Judged judged(URI uri, Duration timeout) throws MalformedURLException {
        DefaultHttpClientConfiguration configuration = new DefaultHttpClientConfiguration();
        configuration.setReadTimeout(timeout);
        configuration.setConnectTimeout(timeout);
        try (HttpClient client = HttpClient.create(uri.toURL(), configuration)) {
            return Judged.of(() -> client.toBlocking().retrieve("/"));
        }
    }

    @Test
    void retrieve_statusOfAResponse_isTheStatus() throws Exception {
        try (RawServer server = RawServer.ofStatus(503)) {
            judged(server.uri()).isA(HttpClientResponseException.class).isTransient(503);
        }
        try (RawServer server = RawServer.ofStatus(404)) {
            judged(server.uri()).isFatal().isSelectedBy("404");
        }
    }

    @Test
    void retrieve_withoutAResponse_isWhatItIs() throws Exception {
        judged(RawServer.refusing()).isTransient(ErrorKind.CONNECT);
        try (RawServer server = RawServer.of(RawServer.Fault.HANG)) {
            judged(server.uri(), Duration.ofSeconds(1))
                    .isA(ReadTimeoutException.class)
                    .isTransient(ErrorKind.TIMEOUT);
        }
        try (RawServer server = RawServer.of(RawServer.Fault.DROP)) {
            judged(server.uri()).isTransient(ErrorKind.IO);
        }
        try (RawServer server = RawServer.of(RawServer.Fault.RESET)) {
            judged(server.uri()).isTransient(ErrorKind.IO);
        }
    }
}
