package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.NestedRetries;
import dev.respite.Retry;
import dev.respite.hedge.Hedge;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.RealTime;
import dev.respite.time.TimeSource;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that retries is not used within an attempt of a hedge, whose attempts it would multiply. */
class ClientInHedgeTest {

    private static final String REMEDY = "hedge in the client by withHedging";

    private final FaultyServer server = FaultyServer.start().otherwise(Reply.of(503));
    private final RecordingListener listener = new RecordingListener();
    private final RetryingHttpClient client = listener.client("");
    private final HttpRequest get = HttpRequest.newBuilder(server.uri()).build();
    private final Hedge hedge = Hedge.of(
            Retry.withoutWarnings(RetryPolicy.parse("budget=off"), TimeSource.system()), Duration.ofMillis(20));

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void sendAsync_withinTheFirstAttempt_isRejected() {
        CompletableFuture<HttpResponse<String>> call =
                hedge.callIdempotent(() -> client.sendAsync(get, BodyHandlers.ofString()));
        assertThat(call)
                .failsWithin(RealTime.patience())
                .withThrowableThat()
                .withCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining(REMEDY);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void send_withinALaterAttempt_isRejected() {
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<Object> call = hedge.callIdempotent(() -> attempts.incrementAndGet() == 1
                ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(client.send(get, BodyHandlers.ofString())));
        assertThat(call)
                .failsWithin(RealTime.patience())
                .withThrowableThat()
                .withCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining(REMEDY);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void send_withinAPropagatedTask_isRejected() {
        CompletableFuture<Object> call = hedge.callIdempotent(() -> {
            CompletableFuture<Object> reply = new CompletableFuture<>();
            new Thread(NestedRetries.propagate(() -> {
                        try {
                            reply.complete(client.send(get, BodyHandlers.ofString()));
                        } catch (Exception failure) {
                            reply.completeExceptionally(failure);
                        }
                    }))
                    .start();
            return reply;
        });
        assertThat(call)
                .failsWithin(RealTime.patience())
                .withThrowableThat()
                .withCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining(REMEDY);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void send_withinABlockingRetryOfTheAttempt_isRejected() {
        Retry inner = Retry.withoutWarnings(
                RetryPolicy.parse("budget=off"), hedge.retry().time());
        CompletableFuture<HttpResponse<String>> call = hedge.callIdempotent(
                () -> CompletableFuture.completedFuture(inner.call(() -> client.send(get, BodyHandlers.ofString()))));
        assertThat(call)
                .failsWithin(RealTime.patience())
                .withThrowableThat()
                .withCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining(REMEDY);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void send_afterAHedgedCallOnThisThread_isNotRejected() throws Exception {
        hedge.callIdempotent(() -> CompletableFuture.completedFuture("ok")).join();
        assertThat(client.send(get, BodyHandlers.ofString()).statusCode()).isEqualTo(503);
    }

    /** Code that prepares a request of the hedged client may use a client of its own, for a token for example. */
    @Test
    void send_inThePreparationOfAHedgedRequest_isNotRejected() throws Exception {
        FaultyServer tokens = FaultyServer.start().otherwise(Reply.of(200).body("t"));
        server.then(ServerFault.hang()).otherwise(Reply.of(200).body("ok"));
        try (tokens) {
            HttpClient hedging = client.withHedging(Duration.ofMillis(20))
                    .withRequestPreparation((request, attempt) -> {
                        try {
                            return HttpRequest.newBuilder(request, (name, value) -> true)
                                    .header(
                                            "Authorization",
                                            client.send(
                                                            HttpRequest.newBuilder(tokens.uri())
                                                                    .build(),
                                                            BodyHandlers.ofString())
                                                    .body())
                                    .build();
                        } catch (InterruptedException interrupted) {
                            throw new IllegalStateException(interrupted);
                        }
                    });
            assertThat(hedging.send(get, BodyHandlers.ofString()).body()).isEqualTo("ok");
            assertThat(tokens.requests()).hasSize(2);
        }
    }
}
