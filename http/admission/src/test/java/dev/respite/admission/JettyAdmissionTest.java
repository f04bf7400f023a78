package dev.respite.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.admission.RawClient.Response;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The filter and the queue time in a Jetty with two threads for requests. */
class JettyAdmissionTest {

    private static final Duration OVER_THE_LIMIT = Duration.ofMillis(101);
    private static final String RETRY = "Respite-Attempt: 2";

    private JettyServer server;

    @BeforeEach
    void start() throws Exception {
        server = new JettyServer(2, RetryAdmission.defaults().withInProgressLimit(100));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    /** Returns a connection that has been accepted. Jetty accepts and reads in two tasks, so the wait of the first is not seen. */
    private RawClient connected() throws Exception {
        RawClient client = server.connect().send("GET /connect");
        assertThat(client.read().status()).isEqualTo(200);
        return client;
    }

    @Test
    void retry_behindBusyThreads_isRefusedAndAFirstAttemptIsServed() throws Exception {
        RawClient retry = connected();
        RawClient first = connected();
        server.hold(2);
        retry.send("GET /retry", RETRY);
        server.awaitQueued(1);
        first.send("GET /first");
        server.releaseAfter(2, OVER_THE_LIMIT);
        Response refusal = retry.read();
        assertThat(refusal.isRefusal()).isTrue();
        assertThat(refusal.headers())
                .containsEntry("Retry-After", "1")
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("x-should-retry", "false");
        assertThat(first.read().status()).isEqualTo(200);
        assertThat(server.served).containsOnlyOnce("/first").doesNotContain("/retry");
    }

    @Test
    void retry_onAKeptAliveConnection_isMeasuredByItself() throws Exception {
        RawClient client = server.connect().send("GET /one", RETRY);
        assertThat(client.read().status()).isEqualTo(200);
        server.clock.advance(OVER_THE_LIMIT);
        assertThat(client.send("GET /two", RETRY).read().status()).isEqualTo(200);
        server.hold(2);
        client.send("GET /three", RETRY);
        server.releaseAfter(1, OVER_THE_LIMIT);
        assertThat(client.read().isRefusal()).isTrue();
        assertThat(client.send("GET /four", RETRY).read().status())
                .as("the connection is kept")
                .isEqualTo(200);
        assertThat(server.served).containsExactly("/one", "/two", "/four");
    }

    @Test
    void pipelinedRetry_isNotJudgedByTheWaitOfTheRequestBeforeIt() throws Exception {
        server.hold(2);
        RawClient client =
                server.connect().write(RawClient.request("GET /first") + RawClient.request("GET /pipelined", RETRY));
        server.releaseAfter(1, OVER_THE_LIMIT);
        assertThat(client.read().status()).isEqualTo(200);
        assertThat(client.read().status()).isEqualTo(200);
        assertThat(server.served).endsWith("/first", "/pipelined");
    }

    @Test
    void refusalOfALargePost_isReceivedBeforeTheBodyIsSent() throws Exception {
        RawClient post = connected();
        server.hold(2);
        post.send("POST /upload", RETRY, "Content-Length: 10000000");
        server.releaseAfter(1, OVER_THE_LIMIT);
        assertThat(post.read().isRefusal()).isTrue();
        assertThat(post.isClosed()).isTrue();
    }

    @Test
    void refusalOfAPost_whoseBodyHasArrived_keepsTheConnection() throws Exception {
        RawClient post = connected();
        server.hold(2);
        post.write(RawClient.request("POST /upload", RETRY, "Content-Length: 4") + "body");
        server.releaseAfter(1, OVER_THE_LIMIT);
        assertThat(post.read().isRefusal()).isTrue();
        assertThat(post.send("GET /next").read().status()).isEqualTo(200);
    }

    @Test
    void asynchronousRequest_isInProgressUntilItIsComplete() throws Exception {
        BlockingQueue<AsyncContext> started = new LinkedBlockingQueue<>();
        server.serve((request, response) -> started.add(request.startAsync()));
        RawClient client = server.connect().send("GET /async");
        AsyncContext context = started.take();
        server.awaitActive(1);
        assertThat(server.filter.inProgress()).isEqualTo(1);
        context.complete();
        assertThat(client.read().status()).isEqualTo(200);
        server.awaitInProgress(0);
    }

    @Test
    void asynchronousRequest_thatIsDispatchedAtOnce_isInProgressWhileItIsDispatched() throws Exception {
        BlockingQueue<Integer> inProgress = new LinkedBlockingQueue<>();
        server.serve((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.startAsync().dispatch();
            } else {
                inProgress.add(server.filter.inProgress());
            }
        });
        assertThat(server.connect().send("GET /").read().status()).isEqualTo(200);
        assertThat(inProgress).containsExactly(1);
        server.awaitInProgress(0);
    }
}
