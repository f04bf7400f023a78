package com.example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A payment provider that is down at first, then pays without a response, and honours idempotency keys. */
final class Provider implements AutoCloseable {

    private final HttpServer server;
    private final Map<String, String> paid = new HashMap<>();
    private int requests;

    Provider() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/payments", this::pay);
        server.start();
    }

    URI payments() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/payments");
    }

    /** Returns the number of payments that were made. */
    synchronized int count() {
        return paid.size();
    }

    private synchronized void pay(HttpExchange exchange) throws IOException {
        requests++;
        String order = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (requests == 1) {
            respond(exchange, 503, "");
            return;
        }
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        String receipt = paid.computeIfAbsent(key, first -> "receipt-" + (paid.size() + 1) + " of " + order);
        if (requests == 2) {
            // Paid, but the connection breaks before the response.
            exchange.close();
            return;
        }
        respond(exchange, 201, receipt);
    }

    private static void respond(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
