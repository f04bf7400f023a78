package dev.respite.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.admission.RawClient.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The filter and the queue time in a Tomcat with two threads. */
class TomcatAdmissionTest {

    private static final Duration OVER_THE_LIMIT = Duration.ofMillis(101);
    private static final String RETRY = "Respite-Attempt: 2";

    private TomcatServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TomcatServer(2, RetryAdmission.defaults());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void retry_behindBusyThreads_isRefusedAndAFirstAttemptIsServed() throws Exception {
        server.hold(2);
        RawClient retry = server.connect().send("GET /retry", RETRY);
        server.awaitQueued(1);
        RawClient first = server.connect().send("GET /first");
        server.releaseAfter(2, OVER_THE_LIMIT);
        Response refusal = retry.read();
        assertThat(refusal.status()).isEqualTo(503);
        assertThat(refusal.headers())
                .containsEntry("Retry-After", "1")
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("x-should-retry", "false")
                .containsEntry("Respite-Refused", "retry")
                .containsEntry("Content-Length", "0");
        assertThat(first.read().status()).isEqualTo(200);
        assertThat(server.served).containsExactly("/first");
        assertThat(server.filter.refusedRetries()).isEqualTo(1);
    }

    @Test
    void retry_thatHasWaitedForTheLimit_isServed() throws Exception {
        server.hold(2);
        RawClient retry = server.connect().send("GET /retry", RETRY);
        server.releaseAfter(1, Duration.ofMillis(100));
        assertThat(retry.read().status()).isEqualTo(200);
    }

    @Test
    void retry_onAKeptAliveConnection_isMeasuredByItself() throws Exception {
        RawClient client = server.connect().send("GET /one", RETRY);
        assertThat(client.read().status()).isEqualTo(200);
        server.clock.advance(OVER_THE_LIMIT);
        assertThat(client.send("GET /two", RETRY).read().status())
                .as("an idle connection is no wait")
                .isEqualTo(200);
        server.hold(2);
        client.send("GET /three", RETRY);
        server.releaseAfter(1, OVER_THE_LIMIT);
        assertThat(client.read().isRefusal()).isTrue();
        assertThat(server.served).containsExactly("/one", "/two");
    }

    @Test
    void pipelinedRetry_isNotJudgedByTheWaitOfTheRequestBeforeIt() throws Exception {
        server.hold(2);
        RawClient client =
                server.connect().write(RawClient.request("GET /first") + RawClient.request("GET /pipelined", RETRY));
        server.releaseAfter(1, OVER_THE_LIMIT);
        assertThat(client.read().status()).isEqualTo(200);
        assertThat(client.read().status()).isEqualTo(200);
        assertThat(server.served).containsExactly("/first", "/pipelined");
    }

    @Test
    void refusalOfALargePost_isReceivedBeforeTheBodyIsSent() throws Exception {
        server.hold(2);
        RawClient post = server.connect().send("POST /upload", RETRY, "Content-Length: 10000000");
        server.releaseAfter(1, OVER_THE_LIMIT);
        assertThat(post.read().isRefusal()).isTrue();
        assertThat(server.served).isEmpty();
        post.close();
    }

    /** Tomcat reads a body that the filter has left, up to {@code maxSwallowSize}, after it has sent the response. */
    @Test
    void refusedPost_withoutItsBody_occupiesTheThreadUntilTheConnectionEnds() throws Exception {
        server.hold(2);
        RawClient post = server.connect().send("POST /upload", RETRY, "Content-Length: 10");
        server.releaseAfter(1, OVER_THE_LIMIT);
        assertThat(post.read().isRefusal()).isTrue();
        server.awaitActive(1);
        post.close();
        server.awaitActive(0);
    }

    /** Tomcat invites the body before any filter. */
    @Test
    void refusedPost_thatExpectsAnInvitation_isInvitedByDefault() throws Exception {
        assertThat(statusOfRefusedPostWithExpectation()).isEqualTo(100);
    }

    @Test
    void refusedPost_thatExpectsAnInvitation_isNotInvitedIfTomcatInvitesOnRead() throws Exception {
        server.property("continueResponseTiming", "onRead");
        assertThat(statusOfRefusedPostWithExpectation()).isEqualTo(503);
    }

    private int statusOfRefusedPostWithExpectation() throws Exception {
        server.hold(2);
        RawClient post = server.connect().send("POST /upload", RETRY, "Content-Length: 10", "Expect: 100-continue");
        server.releaseAfter(1, OVER_THE_LIMIT);
        return post.read().status();
    }

    /** Tomcat closes the connection after any 503, whatever the body. */
    @Test
    void refusalOverHttp1_closesTheConnection() throws Exception {
        server.hold(2);
        RawClient client = server.connect().send("GET /retry", RETRY);
        server.releaseAfter(1, OVER_THE_LIMIT);
        assertThat(client.read().headers()).containsEntry("Connection", "close");
        assertThat(client.isClosed()).isTrue();
    }

    /** Each stream is a task of its own, which the task of the connection executes. */
    @Test
    void refusalOverHttp2_keepsTheConnection() throws Exception {
        Queue<Integer> ports = new ConcurrentLinkedQueue<>();
        server.serve((request, response) -> ports.add(request.getRemotePort()));
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest first = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/"))
                .build();
        HttpRequest retry = HttpRequest.newBuilder(first.uri())
                .header("Respite-Attempt", "2")
                .build();
        assertThat(client.send(first, BodyHandlers.ofString()).version()).isEqualTo(HttpClient.Version.HTTP_2);

        String one = server.hold();
        server.hold();
        CompletableFuture<HttpResponse<String>> response = client.sendAsync(retry, BodyHandlers.ofString());
        server.awaitQueued(1);
        String other = server.sendHold();
        server.awaitQueued(2);
        server.release(one); // its thread reads the connection, and is occupied again before it reaches the stream
        server.awaitHeld(other);
        server.releaseAfter(1, OVER_THE_LIMIT);
        assertThat(response.get().statusCode()).isEqualTo(503);
        assertThat(response.get().headers().firstValue("Respite-Refused")).contains("retry");

        assertThat(client.send(retry, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(ports).hasSize(2);
        assertThat(Set.copyOf(ports)).as("ports of the client").hasSize(1);
    }

    @Test
    void stop_leavesTheExecutorRunning() throws Exception {
        server.stop();
        assertThat(server.workers.isShutdown()).isFalse();
    }
}
