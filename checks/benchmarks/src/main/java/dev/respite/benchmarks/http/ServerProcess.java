package dev.respite.benchmarks.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A process that responds to every GET at once with the same small body. A connection has a thread of its own; a request costs
 * one read, one write and no allocation, so that the processors are the client's. Beside it is a {@link GrpcService}.
 *
 * <p>It prints the ports of HTTP and gRPC in one line. The end of its standard input ends it.
 */
final class ServerProcess {

    static final int BODY_LENGTH = 128;

    private static final byte[] RESPONSE = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
                    + BODY_LENGTH + "\r\n\r\n" + "x".repeat(BODY_LENGTH))
            .getBytes(StandardCharsets.US_ASCII);

    /** The end of a request's head. There is no body after it. */
    private static final byte[] END = {'\r', '\n', '\r', '\n'};

    private ServerProcess() {}

    /**
     * Serves until its input ends.
     *
     * @param arguments none
     * @throws IOException if it cannot listen
     */
    public static void main(String[] arguments) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress())) {
            daemon(() -> accept(listener));
            System.out.println(
                    listener.getLocalPort() + " " + GrpcService.start().getPort());
            while (System.in.read() >= 0) {
                // The parent process sends no data; the end of the stream means that it has ended.
            }
        }
    }

    private static void accept(ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                daemon(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket;
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            byte[] buffer = new byte[4_096];
            int matched = 0;
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                for (int i = 0; i < length; i++) {
                    matched = buffer[i] == END[matched] ? matched + 1 : buffer[i] == END[0] ? 1 : 0;
                    if (matched == END.length) {
                        matched = 0;
                        out.write(RESPONSE);
                    }
                }
            }
        } catch (IOException gone) {
            // The client has closed or reset the connection: there is no client any more.
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "server");
        thread.setDaemon(true);
        thread.start();
    }
}
