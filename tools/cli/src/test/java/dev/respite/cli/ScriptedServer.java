package dev.respite.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that handles each request with the next step; the last step is repeated. Each connection has one request. */
final class ScriptedServer implements AutoCloseable {

    /** The handling of one request. */
    @FunctionalInterface
    interface Step {
        void take(Socket client) throws IOException;
    }

    /**
     * A request.
     *
     * @param line the method, the target and the version
     * @param headers the headers, with case-insensitive names
     * @param body the body
     */
    record Request(String line, Map<String, String> headers, String body) {
        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }
    }

    /** Sends nothing until the client closes the connection. */
    static final Step HANG = client -> client.getInputStream().transferTo(OutputStream.nullOutputStream());

    /** Closes the connection with a RST. */
    static final Step RESET = client -> client.setSoLinger(true, 0);

    private final ServerSocket socket;
    private final List<Step> steps;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    private ScriptedServer(List<Step> steps) throws IOException {
        this.steps = steps;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::accept, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    static ScriptedServer of(Step... steps) throws IOException {
        return new ScriptedServer(List.of(steps));
    }

    static Step respond(String status, String headers, String body) {
        byte[] response = ("HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers + "Content-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
        return client -> client.getOutputStream().write(response);
    }

    static Step ok(String body) {
        return respond("200 OK", "", body);
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort() + "/there";
    }

    List<Request> requests() {
        return requests;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                Optional<Request> request = read(client);
                if (request.isPresent()) {
                    requests.add(request.get());
                    steps.get(Math.min(requests.size(), steps.size()) - 1).take(client);
                }
            } catch (IOException broken) {
                // The client or the server closed the connection.
            }
        }
    }

    /** Reads a request whose body has one byte for each character; empty if the client sends none. */
    private static Optional<Request> read(Socket client) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
        String start = in.readLine();
        if (start == null) {
            return Optional.empty();
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        char[] body = new char[Integer.parseInt(headers.getOrDefault("Content-Length", "0"))];
        int length = 0;
        while (length < body.length) {
            int read = in.read(body, length, body.length - length);
            if (read < 0) {
                return Optional.empty();
            }
            length += read;
        }
        return Optional.of(new Request(start, headers, new String(body)));
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
