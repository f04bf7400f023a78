package dev.respite.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that handles each request with the next step; the last step is repeated. */
final class ScriptedServer implements AutoCloseable {

    /** The handling of one request. */
    @FunctionalInterface
    interface Step {
        void take(HttpConnection connection) throws IOException;
    }

    static final Step HANG = HttpConnection::hang;
    static final Step RESET = HttpConnection::reset;

    private final ServerSocket socket;
    private final List<Step> steps;
    private final List<HttpConnection.Request> requests = new CopyOnWriteArrayList<>();

    private ScriptedServer(List<Step> steps) throws IOException {
        this.steps = steps;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Threads.daemon("scripted").newThread(this::accept).start();
    }

    static ScriptedServer of(Step... steps) throws IOException {
        return new ScriptedServer(List.of(steps));
    }

    static Step respond(String status, String headers, String body) {
        return connection -> connection.respond(status, "Connection: close\r\n" + headers, body);
    }

    static Step ok(String body) {
        return respond("200 OK", "", body);
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort() + "/there";
    }

    List<HttpConnection.Request> requests() {
        return requests;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try (HttpConnection connection = new HttpConnection(socket.accept())) {
                Optional<HttpConnection.Request> request = connection.read();
                if (request.isPresent()) {
                    requests.add(request.get());
                    steps.get(Math.min(requests.size(), steps.size()) - 1).take(connection);
                }
            } catch (IOException broken) {
                // The client or the server closed the connection.
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
