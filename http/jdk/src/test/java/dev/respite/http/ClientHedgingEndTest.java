package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.ServerFault;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The ends of hedged calls that only one of the two ways to send has. */
class ClientHedgingEndTest {

    private final FaultyServer server = FaultyServer.start(ServerFault.hang(), ServerFault.hang());
    private final RecordingListener listener = new RecordingListener();
    private final RetryingHttpClient client =
            listener.client("total-timeout=10m").withHedging(Duration.ofMillis(200));

    @AfterEach
    void close() {
        server.close();
    }

    private HttpRequest get() {
        return HttpRequest.newBuilder(server.uri()).build();
    }

    @Test
    void sendAsync_cancelled_releasesBothAttempts() {
        CompletableFuture<HttpResponse<String>> call = client.sendAsync(get(), BodyHandlers.ofString());
        await().until(() -> server.requests().size() == 2);
        call.cancel(true);
        await().untilAsserted(() -> assertThat(server.openConnections()).isZero());
        await().untilAsserted(() -> assertThat(listener.outcomes()).containsExactly("cancelled", "cancelled"));
    }

    @Test
    void send_interrupted_releasesBothAttempts() throws Exception {
        FutureTask<Boolean> call = new FutureTask<>(() -> {
            assertThatThrownBy(() -> client.send(get(), BodyHandlers.ofString()))
                    .isInstanceOf(InterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });
        Thread caller = new Thread(call, "caller");
        caller.start();
        await().until(() -> server.requests().size() == 2);
        caller.interrupt();
        assertThat(call.get(30, TimeUnit.SECONDS)).isTrue();
        await().untilAsserted(() -> assertThat(server.openConnections()).isZero());
    }

    @Test
    void send_onAnInterruptedThread_sendsNothing() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> client.send(get(), BodyHandlers.ofString())).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void send_ofAFailure_throwsItAsTheWrappedClientDoes() {
        FaultyServer resetting = FaultyServer.start().otherwise(ServerFault.reset());
        try (resetting) {
            HttpRequest request = HttpRequest.newBuilder(resetting.uri()).build();
            assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }
}
