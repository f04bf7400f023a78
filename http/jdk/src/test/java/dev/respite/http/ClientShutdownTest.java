package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.testsupport.RealTime;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An orderly shutdown while calls are in a delay. */
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "HttpClient.shutdown is there from JDK 21 on")
class ClientShutdownTest {

    private static final String LONG_DELAYS =
            "backoff=fixed base-delay=10m max-delay=10m jitter=none total-timeout=off ";

    private final HttpClient plain = RecordingListener.plain();
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        server.close();
    }

    private HttpRequest request() {
        return HttpRequest.newBuilder(server.uri()).build();
    }

    @Test
    void shutdown_whileAnAsynchronousCallIsInItsDelay_endsItWithItsLastResponse() throws Exception {
        server.otherwise(Reply.of(503).body("busy"));
        RetryingHttpClient client = listener.client(plain, LONG_DELAYS);
        CompletableFuture<HttpResponse<String>> call = client.sendAsync(request(), BodyHandlers.ofString());
        await().until(() -> listener.failures().size() == 1);

        client.shutdown();

        assertThat(call.get(RealTime.patience().toSeconds(), TimeUnit.SECONDS).body())
                .isEqualTo("busy");
        assertThat(client.awaitTermination(RealTime.patience())).isTrue();
        assertThat(client.isTerminated()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shutdown_whileABlockingCallIsInItsDelay_endsItWithItsLastResponse(boolean now) throws Exception {
        server.otherwise(Reply.of(503).header("Retry-After", "600").body("busy"));
        RetryingHttpClient client = listener.client(plain, LONG_DELAYS + "retry-after-limit=20m");
        FutureTask<HttpResponse<String>> call = new FutureTask<>(() -> client.send(request(), BodyHandlers.ofString()));
        Thread caller = new Thread(call, "caller");
        caller.setDaemon(true);
        caller.start();
        await().until(() -> listener.failures().size() == 1);

        if (now) {
            client.shutdownNow();
        } else {
            client.shutdown();
        }

        assertThat(client.awaitTermination(RealTime.patience())).isTrue();
        assertThat(call.get(RealTime.patience().toSeconds(), TimeUnit.SECONDS).body())
                .isEqualTo("busy");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void shutdown_ofTheWrappedClient_endsACallWithItsLastResponse() throws Exception {
        server.otherwise(Reply.of(503).body("busy"));
        RetryingHttpClient client =
                listener.client(plain, "backoff=fixed base-delay=500ms max-delay=500ms jitter=none");
        CompletableFuture<HttpResponse<String>> call = client.sendAsync(request(), BodyHandlers.ofString());
        await().until(() -> listener.failures().size() == 1);

        NewerJdk.shutdown(plain);

        assertThat(call.get(RealTime.patience().toSeconds(), TimeUnit.SECONDS).body())
                .isEqualTo("busy");
    }

    @Test
    void close_withoutCalls_returnsAndLaterRequestsAreRejectedAtOnce() {
        RetryingHttpClient client = listener.client(plain, LONG_DELAYS);
        assertThat(client.isTerminated()).isFalse();
        assertThat(CompletableFuture.runAsync(client::close)).succeedsWithin(RealTime.patience());
        assertThat(client.isTerminated()).isTrue();
        assertThatThrownBy(() -> client.send(request(), BodyHandlers.ofString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
        assertThat(listener.attempts()).isEqualTo(1);
    }

    @Test
    void shutdown_whileAnAttemptIsInFlight_letsItEnd() throws Exception {
        server.then(ServerFault.drip(200, "0123456789", 30));
        RetryingHttpClient client = listener.client(plain, LONG_DELAYS);
        CompletableFuture<HttpResponse<String>> call = client.sendAsync(request(), BodyHandlers.ofString());
        await().until(() -> server.requests().size() == 1);
        client.shutdown();
        assertThat(call.get(RealTime.patience().toSeconds(), TimeUnit.SECONDS).body())
                .isEqualTo("0123456789");
        assertThat(client.awaitTermination(RealTime.patience())).isTrue();
    }

    @Test
    void close_interruptedWhileAnAttemptIsInFlight_breaksItOffAndKeepsTheFlag() throws Exception {
        server.otherwise(ServerFault.hang());
        RetryingHttpClient client = listener.client(plain, LONG_DELAYS);
        CompletableFuture<HttpResponse<String>> call = client.sendAsync(request(), BodyHandlers.ofString());
        await().until(() -> server.requests().size() == 1);
        FutureTask<Boolean> closed = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            client.close();
            return Thread.interrupted();
        });
        Thread closer = new Thread(closed, "closer");
        closer.setDaemon(true);
        closer.start();

        assertThat(closed.get(RealTime.patience().toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(call).failsWithin(RealTime.patience());
        assertThat(client.isTerminated()).isTrue();
    }

    @Test
    void awaitTermination_whileAnAttemptIsInFlight_isFalse() throws Exception {
        server.otherwise(ServerFault.hang());
        RetryingHttpClient client = listener.client(plain, LONG_DELAYS);
        CompletableFuture<?> call = client.sendAsync(request(), BodyHandlers.ofString());
        await().until(() -> server.requests().size() == 1);
        client.shutdown();

        assertThat(client.awaitTermination(Duration.ofMillis(1))).isFalse();
        assertThat(client.isTerminated()).isFalse();
        client.shutdownNow();
        assertThat(client.awaitTermination(RealTime.patience())).isTrue();
        assertThat(call).failsWithin(RealTime.patience());
    }

    @Test
    void close_inADependentOfTheFuture_returns() throws Exception {
        RetryingHttpClient client = listener.client(plain, LONG_DELAYS);
        CompletableFuture<Void> closed =
                client.sendAsync(request(), BodyHandlers.ofString()).thenAcceptAsync(response -> client.close());
        closed.get(RealTime.patience().toSeconds(), TimeUnit.SECONDS);
        assertThat(client.isTerminated()).isTrue();
    }

    @Test
    void shutdown_whileAnAsynchronousCallWaitsAfterAResponseAndAFailure_endsItWithTheFailure() {
        server.then(Reply.of(503)).otherwise(ServerFault.close());
        RetryingHttpClient client =
                listener.client(plain, LONG_DELAYS + "on.503.base-delay=1ms on.503.max-delay=1ms budget=off");
        CompletableFuture<HttpResponse<String>> call = client.sendAsync(request(), BodyHandlers.ofString());
        await().until(() -> listener.failures().size() == 2);
        client.shutdown();
        assertThat(call).failsWithin(RealTime.patience()).withThrowableThat().withCauseInstanceOf(IOException.class);
    }

    @Test
    void shutdown_whileAnAsynchronousCallWaitsAfterAFailure_endsItWithThatFailure() {
        server.otherwise(ServerFault.close());
        RetryingHttpClient client = listener.client(plain, LONG_DELAYS);
        CompletableFuture<HttpResponse<String>> call = client.sendAsync(
                HttpRequest.newBuilder(server.uri())
                        .PUT(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                BodyHandlers.ofString());
        await().until(() -> listener.failures().size() == 1);

        client.shutdown();

        assertThat(call)
                .failsWithin(RealTime.patience())
                .withThrowableThat()
                .withCauseInstanceOf(IOException.class)
                .withMessageNotContaining("closed");
    }
}
