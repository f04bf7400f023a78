package dev.respite.admission;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asynchronous requests are in progress until they are complete. */
class AsyncAdmissionTest {

    private static final String RETRY = "Respite-Attempt: 2";

    private final BlockingQueue<AsyncContext> started = new LinkedBlockingQueue<>();
    private TomcatServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TomcatServer(2, RetryAdmission.defaults().withInProgressLimit(1));
        server.serve((request, response) -> {
            if (request.getRequestURI().startsWith("/async")
                    && (request.getDispatcherType() == DispatcherType.REQUEST || isToStartAgain(request))) {
                started.add(request.startAsync());
                if (request.getRequestURI().endsWith("/throwing")) {
                    throw new IllegalStateException("expected by the test");
                }
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    /** A request to {@code /async/again} starts again after its first dispatch. */
    private static boolean isToStartAgain(HttpServletRequest request) {
        boolean again = request.getRequestURI().endsWith("/again") && request.getAttribute("again") == null;
        request.setAttribute("again", true);
        return again;
    }

    private int statusOfARetry() throws Exception {
        try (RawClient client = server.connect().send("GET /retry", RETRY)) {
            return client.read().status();
        }
    }

    private void awaitIdleThreads() {
        server.awaitActive(0);
    }

    @Test
    void asynchronousRequest_isInProgressUntilItIsComplete() throws Exception {
        RawClient first = server.connect().send("GET /async");
        AsyncContext context = started.take();
        awaitIdleThreads();
        assertThat(server.filter.inProgress()).isEqualTo(1);
        assertThat(statusOfARetry()).isEqualTo(503);
        context.complete();
        assertThat(first.read().status()).isEqualTo(200);
        server.awaitInProgress(0);
        assertThat(statusOfARetry()).isEqualTo(200);
    }

    @Test
    void asynchronousRequest_thatIsDispatched_isCountedAndDecidedOnOnce() throws Exception {
        RawClient first = server.connect().send("GET /async", RETRY);
        AsyncContext context = started.take();
        awaitIdleThreads();
        context.dispatch();
        assertThat(first.read().status()).isEqualTo(200);
        server.awaitInProgress(0);
        assertThat(server.served).hasSize(2);
        assertThat(List.of(server.filter.admittedRetries(), server.filter.refusedRetries()))
                .containsExactly(1L, 0L);
    }

    @Test
    void asynchronousRequest_thatStartsAgain_isInProgressUntilItIsComplete() throws Exception {
        RawClient first = server.connect().send("GET /async/again");
        AsyncContext context = started.take();
        awaitIdleThreads();
        context.dispatch();
        AsyncContext again = started.take();
        awaitIdleThreads();
        assertThat(server.filter.inProgress()).isEqualTo(1);
        again.complete();
        assertThat(first.read().status()).isEqualTo(200);
        server.awaitInProgress(0);
    }

    @Test
    void asynchronousRequest_whoseHandlerThrows_isCountedOut() throws Exception {
        RawClient first = server.connect().send("GET /async/throwing");
        assertThat(first.read().status()).isEqualTo(500);
        server.awaitInProgress(0);
    }

    @Test
    void asynchronousRequest_thatCompletesAtOnce_isCountedOut() throws Exception {
        server.serve((request, response) -> request.startAsync().complete());
        assertThat(server.connect().send("GET /").read().status()).isEqualTo(200);
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
        assertThat(server.filter.firstAttempts()).isEqualTo(1);
    }

    @Test
    void asynchronousRequest_thatTimesOut_isCountedOut() throws Exception {
        server.serve((request, response) -> request.startAsync().setTimeout(1));
        assertThat(server.connect().send("GET /").read().status()).isEqualTo(500);
        server.awaitInProgress(0);
    }

    @Test
    void runningRequest_isInProgress() throws Exception {
        server.hold();
        assertThat(statusOfARetry()).isEqualTo(503);
        server.release();
        server.awaitInProgress(0);
        assertThat(statusOfARetry()).isEqualTo(200);
    }

    @Test
    void errorPage_isNotDecidedOn() throws Exception {
        server.serve((request, response) -> response.sendError(418));
        assertThat(server.connect().send("GET /", RETRY).read().status()).isEqualTo(418);
        server.awaitInProgress(0);
        assertThat(server.filter.admittedRetries()).isEqualTo(1);
    }
}
