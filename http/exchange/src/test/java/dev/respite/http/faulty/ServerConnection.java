package dev.respite.http.faulty;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The server's end of one connection, as a {@link ServerFault} uses it. */
public final class ServerConnection {

    private final Socket socket;
    private final InputStream in;
    private final CountDownLatch closing;
    private boolean isNew = true;
    private Optional<FaultyServer.Received> request = Optional.empty();

    ServerConnection(Socket socket, CountDownLatch closing) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.closing = closing;
    }

    public InputStream in() {
        return in;
    }

    public boolean isNew() {
        return isNew;
    }

    /** Another exchange begins. */
    public void begin() {
        isNew = false;
        request = Optional.empty();
    }

    public void received(FaultyServer.Received read) {
        request = Optional.of(read);
    }

    public FaultyServer.Received request() {
        return request.orElseThrow();
    }

    public boolean isHead() {
        return request.map(read -> read.method().equals("HEAD")).orElse(false);
    }

    /** Waits for the client to say something more; false if it closes the connection instead. */
    public boolean awaitByte() {
        try {
            in.mark(1);
            boolean there = in.read() >= 0;
            in.reset();
            return there;
        } catch (IOException closed) {
            return false;
        }
    }

    public void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Closes the connection by a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Sends nothing until an exception shows that the client has closed the connection. */
    public void awaitGone() throws IOException {
        while (in.read() >= 0) {
            // The message differs between platforms.
        }
        throw new IOException("the client has gone");
    }

    /** Lets time pass, or less of it if the server is closed. */
    public void pause(long millis) throws InterruptedException {
        closing.await(millis, TimeUnit.MILLISECONDS);
    }
}
