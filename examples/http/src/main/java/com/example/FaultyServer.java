package com.example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;

/** A server that responds with 503 to the first request of each path, and prints the requests. */
final class FaultyServer {

    private final Set<String> paths = new HashSet<>();

    static HttpServer start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        server.createContext("/", new FaultyServer()::respond);
        server.start();
        return server;
    }

    private void respond(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        int status = paths.add(path) ? 503 : 200;
        String key = exchange.getRequestHeaders().containsKey("Idempotency-Key") ? " with a key" : "";
        System.out.println("  " + exchange.getRequestMethod() + " " + path + key + ": " + status);
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
