package dev.respite.stacks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that responds with one status after the other, the last again and again, and records the requests. */
final class ScriptedServer implements AutoCloseable {

    /** No response, for as long as the server runs. */
    static final int HANG = 0;

    /** A request as it was received. */
    record Received(String method, String body, Optional<String> attempt, Optional<String> key) {}

    private final List<Integer> statuses;
    private final List<Received> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    private ScriptedServer(List<Integer> statuses) throws IOException {
        this.statuses = statuses;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::respond);
        server.start();
    }

    static ScriptedServer responding(Integer... statuses) throws IOException {
        return new ScriptedServer(List.of(statuses));
    }

    private void respond(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var headers = exchange.getRequestHeaders();
        int status;
        synchronized (this) {
            status = statuses.get(Math.min(requests.size(), statuses.size() - 1));
            requests.add(new Received(
                    exchange.getRequestMethod(),
                    body,
                    Optional.ofNullable(headers.getFirst("Respite-Attempt")),
                    Optional.ofNullable(headers.getFirst("Idempotency-Key"))));
        }
        if (status == HANG) {
            return;
        }
        byte[] response = "done".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain");
        exchange.sendResponseHeaders(status, response.length);
        exchange.getResponseBody().write(response);
        exchange.close();
    }

    List<Received> requests() {
        return requests;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
