package dev.respite.http.faulty;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The server of the tests fails a test whose client leaves a response. */
class FaultyServerTest {

    private final FaultyServer server = FaultyServer.start(ServerFault.hangInBody(503, "12345"));

    private Socket clientInABody() throws IOException {
        Socket client =
                new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort());
        client.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        client.getInputStream().readNBytes("HTTP/1.1 503 ".length());
        return client;
    }

    @Test
    void close_whileAResponseIsNeitherReadNorClosed_fails() throws IOException {
        try (Socket client = clientInABody()) {
            assertThatThrownBy(() -> server.closeWithin(Duration.ofMillis(300)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("responses that are neither read to their end nor closed: 1");
        }
    }

    @Test
    void close_whenTheClientHasClosedTheResponse_succeeds() throws IOException {
        clientInABody().close();
        assertThatNoException().isThrownBy(server::close);
    }
}
