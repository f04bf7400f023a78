package dev.respite.http.faulty;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of HTTP/2 that reads the frames of requests and responds to none. */
public final class FrameServer implements AutoCloseable {

    private static final int PREFACE = 24;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;

    private static final int INTERNAL_ERROR = 2;
    private static final int REFUSED_STREAM = 7;

    private final AtomicInteger requests = new AtomicInteger();
    private final ServerSocket socket;
    private final Reaction reaction;

    /** The reaction to the header fields of a request. */
    public enum Reaction {
        /** Closes the connection. */
        CLOSE,
        /** Refuses the first stream, so it has not been processed, and resets each further one. */
        REFUSE_STREAM,
        /** Ends the first connection with the code of a refused stream, but may have processed it, and resets each further stream. */
        REFUSE_CONNECTION,
        /** Leaves the first connection without having processed a stream, and resets each further stream. */
        GO_AWAY
    }

    private FrameServer(ServerSocket socket, Reaction reaction) {
        this.socket = socket;
        this.reaction = reaction;
    }

    public static FrameServer of(Reaction reaction) throws IOException {
        FrameServer server = new FrameServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), reaction);
        start(server::accept);
        return server;
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return socket.getLocalPort();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port() + "/");
    }

    /** Returns the number of requests whose header fields have arrived. */
    public int requests() {
        return requests.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                start(() -> serve(connection));
            }
        } catch (IOException closed) {
            // The test has ended.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            DataInputStream input = new DataInputStream(connection.getInputStream());
            input.skipNBytes(PREFACE);
            send(connection, SETTINGS, 0);
            while (true) {
                int length = input.readUnsignedByte() << 16 | input.readUnsignedShort();
                int type = input.readUnsignedByte();
                input.readUnsignedByte();
                int stream = input.readInt();
                input.skipNBytes(length);
                if (type == HEADERS && !react(connection, stream)) {
                    return;
                }
            }
        } catch (IOException closed) {
            // The client has closed the connection.
        }
    }

    /** Returns whether the connection stays open. */
    private boolean react(Socket connection, int stream) throws IOException {
        int number = requests.incrementAndGet();
        if (reaction == Reaction.CLOSE) {
            return false;
        }
        if (number > 1) {
            send(connection, RST_STREAM, stream, INTERNAL_ERROR);
        } else if (reaction == Reaction.REFUSE_CONNECTION) {
            send(connection, GOAWAY, 0, stream, REFUSED_STREAM);
        } else if (reaction == Reaction.REFUSE_STREAM) {
            send(connection, RST_STREAM, stream, REFUSED_STREAM);
        } else {
            send(connection, GOAWAY, 0, 0, 0);
        }
        return true;
    }

    private static void send(Socket connection, int type, int stream, int... payload) throws IOException {
        int length = 4 * payload.length;
        ByteBuffer frame = ByteBuffer.allocate(9 + length);
        frame.putShort((short) 0)
                .put((byte) length)
                .put((byte) type)
                .put((byte) 0)
                .putInt(stream);
        for (int value : payload) {
            frame.putInt(value);
        }
        connection.getOutputStream().write(frame.array());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
