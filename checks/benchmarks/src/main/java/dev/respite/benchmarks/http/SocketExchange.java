package dev.respite.benchmarks.http;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;

/** The least that a request can cost: one write and one read on a socket of the thread's own. */
final class SocketExchange implements Exchange {

    private final ThreadLocal<Connection> connections;

    SocketExchange(URI uri) {
        connections = ThreadLocal.withInitial(() -> new Connection(uri));
    }

    @Override
    public int send() throws IOException {
        return connections.get().exchange();
    }

    @Override
    public CompletionStage<HttpResponse<byte[]>> sendAsync() {
        throw new UnsupportedOperationException("a bare socket is measured with blocking loads only");
    }

    private static final class Connection {

        private final Socket socket;
        private final byte[] request;
        private final byte[] response = new byte[ServerProcess.RESPONSE_LENGTH];

        Connection(URI uri) {
            try {
                socket = new Socket(uri.getHost(), uri.getPort());
                socket.setTcpNoDelay(true);
            } catch (IOException failed) {
                throw new IllegalStateException("no connection to " + uri, failed);
            }
            request = ("GET " + uri.getPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }

        int exchange() throws IOException {
            socket.getOutputStream().write(request);
            int read = socket.getInputStream().readNBytes(response, 0, response.length);
            if (read < response.length) {
                throw new IOException("the response ends after " + read + " bytes of " + response.length);
            }
            return ServerProcess.BODY_LENGTH;
        }
    }
}
