package com.example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;

/** A server that responds with 503 to the first request of each path, and prints what it receives. */
final class FaultyServer implements AutoCloseable {

    private final HttpServer server;
    private final Set<String> paths = new HashSet<>();

    private FaultyServer(HttpServer server) {
        this.server = server;
    }

    static FaultyServer start() throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        FaultyServer server = new FaultyServer(http);
        http.createContext("/", server::respond);
        http.start();
        return server;
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + server.getAddress().getPort() + path);
    }

    private void respond(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            int status = paths.add(path) ? 503 : 200;
            String key = exchange.getRequestHeaders().containsKey("Idempotency-Key") ? " with a key" : "";
            System.out.println("  " + exchange.getRequestMethod() + " " + path + key + ": " + status);
            byte[] body = (status == 200 ? "done" : "busy").getBytes();
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
