package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The shutdown of a client whose calls are hedged. */
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "HttpClient.shutdown is there from JDK 21 on")
class ClientHedgingShutdownTest {

    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void close() {
        gate.countDown();
        server.close();
    }

    private RetryingHttpClient client(Duration delay) {
        return listener.client("").withHedging(delay);
    }

    private CompletableFuture<HttpResponse<String>> send(RetryingHttpClient client) {
        return client.sendAsync(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString());
    }

    private ServerFault gated(ServerFault fault) {
        return line -> gate.await(30, TimeUnit.SECONDS) && fault.act(line);
    }

    @Test
    void shutdown_beforeTheHedge_sendsNoneAndReturnsTheFirst() throws Exception {
        server.then(gated(Reply.of(200).body("first")));
        RetryingHttpClient client = client(Duration.ofMillis(300));
        CompletableFuture<HttpResponse<String>> call = send(client);
        await().until(() -> server.requests().size() == 1);

        client.shutdown();
        await().until(() -> listener.failures().size() == 1);
        gate.countDown();

        assertThat(call.get(30, TimeUnit.SECONDS).body()).isEqualTo("first");
        assertThat(server.requests()).hasSize(1);
        assertThat(client.awaitTermination(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void shutdown_whileTwoAttemptsRun_returnsTheGoodOne() throws Exception {
        server.otherwise(line -> line.request().values("Respite-Attempt").isEmpty()
                ? gated(Reply.of(200).body("first")).act(line)
                : ServerFault.half(200, "half").act(line));
        RetryingHttpClient client = client(Duration.ofMillis(200));
        CompletableFuture<HttpResponse<String>> call = send(client);
        await().until(() -> listener.failures().size() == 1);

        client.shutdown();
        gate.countDown();

        assertThat(call.get(30, TimeUnit.SECONDS).body()).isEqualTo("first");
        assertThat(client.awaitTermination(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void shutdown_beforeAHintIsOver_returnsTheRejectedResponse() throws Exception {
        server.then(Reply.of(503).header("Retry-After", "15").body("busy"));
        RetryingHttpClient client = client(Duration.ofSeconds(10));
        CompletableFuture<HttpResponse<String>> call = send(client);
        await().until(() -> listener.failures().size() == 1);

        client.shutdown();

        assertThat(call.get(10, TimeUnit.SECONDS).body()).isEqualTo("busy");
        assertThat(server.requests()).hasSize(1);
        assertThat(client.awaitTermination(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void shutdownNow_whileTwoAttemptsRun_endsBoth() throws Exception {
        server.then(ServerFault.hang(), ServerFault.hang());
        RetryingHttpClient client = client(Duration.ofMillis(200));
        CompletableFuture<HttpResponse<String>> call = send(client);
        await().until(() -> server.requests().size() == 2);

        client.shutdownNow();

        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(client.awaitTermination(Duration.ofSeconds(30))).isTrue();
        await().untilAsserted(() -> assertThat(server.openConnections()).isZero());
    }
}
