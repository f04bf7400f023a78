package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule 15 for HTTP: to complete the future of {@code sendAsync} cancels the exchange, and nothing follows. */
class ClientCancelTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        server.close();
    }

    private <T> CompletableFuture<HttpResponse<T>> send(String policy, BodyHandler<T> handler) {
        HttpRequest put = HttpRequest.newBuilder(server.uri())
                .PUT(BodyPublishers.ofString("x"))
                .build();
        return listener.client(PLAIN, policy).sendAsync(put, handler);
    }

    static Stream<Named<Supplier<ServerFault>>> unfinished() {
        return Stream.of(
                Named.of("hang", ServerFault::hang),
                Named.of("hang in body", () -> ServerFault.hangInBody(200, "12345")),
                Named.of("hang in body of 404", () -> ServerFault.hangInBody(404, "12345")),
                Named.of("drip", () -> ServerFault.drip(200, "x".repeat(10_000), 20)));
    }

    private void assertStopped(int requests) {
        await().untilAsserted(() -> assertThat(server.abandoned()).isEqualTo(1));
        assertThat(server.requests()).hasSize(requests);
        await().untilAsserted(() -> assertThat(listener.reason()).isEqualTo(StopReason.CANCELLED));
    }

    @ParameterizedTest
    @MethodSource("unfinished")
    void cancel_inFlight_closesTheConnectionAndSendsNoMore(Supplier<ServerFault> fault) {
        server.then(fault.get());
        CompletableFuture<?> call = send("", BodyHandlers.ofString());
        await().until(() -> server.requests().size() == 1);
        call.cancel(true);
        assertStopped(1);
    }

    @ParameterizedTest
    @MethodSource("unfinished")
    void cancel_inALaterAttempt_closesItsConnection(Supplier<ServerFault> fault) {
        server.then(Reply.of(503).body("busy"), fault.get());
        CompletableFuture<?> call = send("", BodyHandlers.ofString());
        await().until(() -> server.requests().size() == 2);
        call.cancel(true);
        assertStopped(2);
    }

    @Test
    void completion_fromOutside_closesTheConnectionToo() throws Exception {
        server.then(ServerFault.hang());
        CompletableFuture<HttpResponse<String>> call = send("", BodyHandlers.ofString());
        await().until(() -> server.requests().size() == 1);
        call.completeOnTimeout(null, 1, TimeUnit.MILLISECONDS);
        assertThat(call.get(30, TimeUnit.SECONDS)).isNull();
        assertStopped(1);
    }

    @Test
    void cancel_inTheWait_sendsNoMoreAndLeavesTheConnectionUsable() throws Exception {
        server.then(Reply.of(503).body("busy"));
        CompletableFuture<?> call = send("base-delay=10s max-delay=10s jitter=none", BodyHandlers.ofString());
        await().until(() -> listener.failures().size() == 1);
        call.cancel(true);
        await().untilAsserted(() -> assertThat(listener.reason()).isEqualTo(StopReason.CANCELLED));
        assertThat(new RecordingListener()
                        .client(PLAIN, "")
                        .send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString())
                        .body())
                .isEqualTo("ok");
        assertThat(server.requests()).hasSize(2);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void cancel_whileTheLastBodyIsRead_closesTheConnection() {
        server.then(ServerFault.hangInBody(503, "12345"));
        CompletableFuture<?> call = send("max-attempts=1", BodyHandlers.ofString());
        await().until(() -> listener.failures().size() == 1);
        call.cancel(true);
        await().untilAsserted(() -> assertThat(server.abandoned()).isEqualTo(1));
    }

    @Test
    void cancel_asTheAnswerComes_closesTheStreamThatNoCallerGets() {
        server.then(ServerFault.hangInLongBody(200, "12345"));
        CompletableFuture<CompletableFuture<?>> call = new CompletableFuture<>();
        BodyHandler<InputStream> late = info -> BodySubscribers.mapping(BodySubscribers.ofInputStream(), stream -> {
            call.join().cancel(true);
            return stream;
        });
        call.complete(send("", late));
        assertStopped(1);
    }

    @Test
    void completion_asTheLastAnswerIsRead_closesItsConnection() {
        // Not before the call is in our hands: else it would be this thread that reads, and waits for itself.
        CountDownLatch sent = new CountDownLatch(1);
        server.then(line -> {
            sent.await();
            return ServerFault.hangInBody(503, "12345").act(line);
        });
        CompletableFuture<CompletableFuture<HttpResponse<InputStream>>> call = new CompletableFuture<>();
        BodyHandler<InputStream> late = info -> BodySubscribers.mapping(BodySubscribers.ofInputStream(), stream -> {
            call.join().complete(null);
            return stream;
        });
        call.complete(send("max-attempts=1", late));
        sent.countDown();
        await().untilAsserted(() -> assertThat(server.abandoned()).isEqualTo(1));
    }
}
