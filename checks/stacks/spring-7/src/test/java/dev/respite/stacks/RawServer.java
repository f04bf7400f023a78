package dev.respite.stacks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A server on loopback that treats every request in one way. Requests without a body, or with a short one. */
final class RawServer implements AutoCloseable {

    /** The reaction to the head of a request. */
    enum Fault {
        /** Closes without a byte. */
        DROP,
        /** Resets the connection. */
        RESET,
        /** Announces ten bytes, sends five and closes. */
        TRUNCATE,
        /** Sends the first chunk of two, and closes. */
        TRUNCATE_CHUNK,
        /** Sends a part of the status line, and closes. */
        CUT_STATUS,
        /** Sends the status line and a part of a header field, and closes. */
        CUT_FIELD,
        /** Never responds. */
        HANG
    }

    private final ServerSocket socket;
    private final CountDownLatch requested = new CountDownLatch(1);
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    private RawServer(ServerSocket socket) {
        this.socket = socket;
    }

    static RawServer of(Fault fault) {
        return start(connection -> {
            switch (fault) {
                case DROP -> connection.close();
                case RESET -> {
                    connection.setSoLinger(true, 0);
                    connection.close();
                }
                case TRUNCATE -> send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
                case TRUNCATE_CHUNK ->
                    send(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n5\r\n12");
                case CUT_STATUS -> send(connection, "HTTP/1.1 2");
                case CUT_FIELD -> send(connection, "HTTP/1.1 200 OK\r\nContent-Le");
                case HANG -> {}
            }
        });
    }

    /** Cuts TLS handshakes off: closes, or resets, once the first bytes of a record have come. */
    static RawServer cuttingHandshakes(boolean reset) {
        return start(
                connection -> {
                    connection.getInputStream().readNBytes(5);
                    while (connection.getInputStream().available() > 0) {
                        connection.getInputStream().read();
                    }
                },
                connection -> {
                    if (reset) {
                        connection.setSoLinger(true, 0);
                    }
                    connection.close();
                });
    }

    static RawServer ofStatus(int status) {
        return start(connection ->
                send(connection, "HTTP/1.1 " + status + " Status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    }

    /** A port that no process listens on. */
    static URI refusing() {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return uri(taken.getLocalPort());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A server that accepts no connection, with a backlog that is full: to connect takes for ever. */
    static RawServer unreachable() {
        try {
            RawServer server = new RawServer(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            while (true) {
                Socket filler = new Socket();
                server.open.add(filler);
                try {
                    filler.connect(new InetSocketAddress(server.socket.getInetAddress(), server.port()), 200);
                } catch (SocketTimeoutException full) {
                    return server;
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** One step in the treatment of a connection. */
    interface Step {
        void on(Socket connection) throws IOException;
    }

    private static RawServer start(Step response) {
        return start(connection -> readHead(connection.getInputStream()), response);
    }

    static RawServer start(Step request, Step response) {
        try {
            RawServer server = new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread accepting = new Thread(() -> server.accept(request, response), "raw-server");
            accepting.setDaemon(true);
            accepting.start();
            return server;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void accept(Step request, Step response) {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                open.add(connection);
                Thread worker = new Thread(() -> serve(connection, request, response), "raw-server-connection");
                worker.setDaemon(true);
                worker.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection, Step request, Step response) {
        try {
            request.on(connection);
            requested.countDown();
            response.on(connection);
        } catch (IOException gone) {
            // The client has the whole response.
        }
    }

    static void readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = in.read();
            if (read < 0) {
                throw new IOException("the client closed the connection");
            }
            head.append((char) read);
        }
        if (in.available() > 0) {
            in.skip(in.available());
        }
    }

    private static void send(Socket connection, String response) throws IOException {
        connection.getOutputStream().write(response.getBytes(StandardCharsets.US_ASCII));
        connection.getOutputStream().flush();
        connection.shutdownOutput();
        connection.close();
    }

    /** Waits for the first request. */
    void awaitRequest() throws InterruptedException {
        if (!requested.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no request in 30 s");
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    URI uri() {
        return uri(port());
    }

    URI tlsUri() {
        return URI.create("https://127.0.0.1:" + port() + "/");
    }

    private static URI uri(int port) {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket connection : open) {
                connection.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
