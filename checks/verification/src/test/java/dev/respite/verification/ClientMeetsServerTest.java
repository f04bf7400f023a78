package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencyEvent;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.IdempotentHandler;
import dev.respite.idempotency.http.KeyRequirement;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our client and our server together: each follows the headers of the other. */
class ClientMeetsServerTest {

    private final AtomicInteger effects = new AtomicInteger();
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final ExternalIdempotency idempotency = ExternalIdempotency.of(
            IdempotencyEngine.of(InMemoryIdempotencyStore.create()).withListener(this::onEvent));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private URI place;
    private HttpClient client;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        HttpGuard<Execution> guard = HttpGuard.of(idempotency).withKeyRequirement(KeyRequirement.requiredFor("POST"));
        server.createContext(
                "/pay",
                IdempotentHandler.of(guard, this::pay).withSharedScope(exchange -> Optional.of(Scope.of("alice"))));
        server.start();
        place = URI.create("http://localhost:" + server.getAddress().getPort() + "/pay");
        client = RetryingHttpClient.of(HttpClient.newHttpClient())
                .withIdempotencyKeys(IdempotencyKeys.supportedBy(place));
    }

    @AfterEach
    void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** The first is answered late; a body of "fail" fails after it has paid. */
    private void pay(HttpExchange exchange) throws IOException {
        String requested = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        int number = effects.incrementAndGet();
        begun.countDown();
        if (requested.equals("slow")) {
            try {
                mayEnd.await();
            } catch (InterruptedException interrupted) {
                throw new IOException(interrupted);
            }
        }
        byte[] body = ("payment " + number).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(requested.equals("fail") ? 500 : 201, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void onEvent(IdempotencyEvent event) {
        if (event.kind() == IdempotencyCounts.Kind.IN_PROGRESS) {
            mayEnd.countDown();
        }
    }

    private HttpResponse<String> send(String key, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(place)
                .header("Idempotency-Key", '"' + key + '"')
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Test
    void inProgress_client_waitsForTheResult() throws Exception {
        Future<HttpResponse<String>> first = threads.submit(() -> send("k", "slow"));
        begun.await();
        HttpResponse<String> second = send("k", "slow");
        assertThat(second.body()).isEqualTo("payment 1").isEqualTo(first.get().body());
        assertThat(second.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(idempotency.counts().count(Kind.IN_PROGRESS)).isEqualTo(1);
        assertThat(effects).hasValue(1);
    }

    @Test
    void unknownAndReusedAndExpired_client_stopsAtOnce() throws Exception {
        assertThat(send("k", "fail").statusCode()).isEqualTo(500);
        assertThat(send("k", "fail").statusCode()).isEqualTo(409);
        assertThat(send("k", "other").statusCode()).isEqualTo(422);
        assertThat(send("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "x").statusCode())
                .isEqualTo(412);
        assertThat(idempotency.counts().count(Kind.UNKNOWN)).isEqualTo(1);
        assertThat(idempotency.counts().count(Kind.MISMATCH)).isEqualTo(1);
        assertThat(idempotency.counts().count(Kind.EXPIRED)).isEqualTo(1);
        assertThat(effects).hasValue(1);
    }

    @Test
    void noKeyGiven_client_mintsOneThatTheServerTakes() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(place).POST(BodyPublishers.ofString("x")).build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(201);
        assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("payment 2");
    }
}
