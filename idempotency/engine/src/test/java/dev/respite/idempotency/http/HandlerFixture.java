package dev.respite.idempotency.http;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A JDK server with a payment handler behind an idempotent handler, and a client. The header {@code User} is the scope; without
 * it there is none.
 */
final class HandlerFixture implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    final AtomicInteger effects = new AtomicInteger();
    final InMemoryIdempotencyStore store = InMemoryIdempotencyStore.create();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private HandlerFixture() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    static HandlerFixture open() {
        try {
            return new HandlerFixture();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    HttpGuard<Execution> guard() {
        return guard(store);
    }

    static HttpGuard<Execution> guard(IdempotencyStore store) {
        return HttpGuard.of(ExternalIdempotency.of(IdempotencyEngine.of(store)))
                .withKeyRequirement(KeyRequirement.requiredFor("POST"));
    }

    /** A handler whose principal is the value of a header. */
    static IdempotentHandler around(HttpGuard<?> guard, HttpHandler handler) {
        return IdempotentHandler.of(guard, handler)
                .withSharedScope(exchange -> Optional.ofNullable(
                                exchange.getRequestHeaders().getFirst("User"))
                        .map(Scope::of));
    }

    HttpContext serve(HttpHandler handler) {
        return server.createContext("/pay", handler);
    }

    /** Pays, and responses with how often it has. */
    void pay(HttpExchange exchange) throws IOException {
        String amount = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        respond(exchange, 201, "paid " + amount + " as number " + effects.incrementAndGet());
    }

    static void respond(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain");
        exchange.getResponseHeaders().set("Set-Cookie", "session=1");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    HttpRequest.Builder request(String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path))
                .header("User", "alice")
                .POST(BodyPublishers.ofString(body));
    }

    HttpResponse<String> post(String key, String body) throws Exception {
        return send(request("/pay", body).header("Idempotency-Key", key));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> send(UnaryOperator<HttpRequest.Builder> change) throws Exception {
        return send(change.apply(request("/pay", "100")));
    }

    Socket socket() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port());
    }

    private int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
