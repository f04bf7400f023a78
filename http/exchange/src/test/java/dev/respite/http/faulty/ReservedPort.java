package dev.respite.http.faulty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** A port that refuses connections, and that no other process can take: it is bound, but not listened on. */
public final class ReservedPort implements AutoCloseable {

    private final Socket socket = new Socket();

    public ReservedPort() {
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
    }

    /** Someone listens from now on. */
    public FaultyServer open(ServerFault... script) {
        int port = socket.getLocalPort();
        close();
        return FaultyServer.onPort(port, script);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
