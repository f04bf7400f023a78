package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The client on virtual time, with a server in the same time: a call of minutes takes none, and always the same. */
class ClientVirtualTimeTest {

    private static final HttpRequest GET =
            HttpRequest.newBuilder(URI.create("http://localhost/quotes")).build();

    private final VirtualTime time = new VirtualTime();
    private final VirtualServer server = new VirtualServer(time);

    private RetryingHttpClient client(String policy) {
        return RetryingHttpClient.of(server, Retry.of(RetryPolicy.parse("jitter=none budget=off " + policy), time));
    }

    private CompletableFuture<HttpResponse<String>> send(String policy) {
        return client(policy).sendAsync(GET, BodyHandlers.ofString());
    }

    @Test
    void sendAsync_ofAServerThatRecovers_makesEveryAttempt() {
        server.replies(503, Duration.ofMillis(50))
                .replies(503, "2", Duration.ofMillis(50))
                .replies(200, Duration.ofMillis(50));
        CompletableFuture<HttpResponse<String>> call = send("");
        time.runAll();
        assertThat(call)
                .isCompletedWithValueMatching(response -> response.body().equals("status 200"));
        assertThat(server.cameAtMillis).containsExactly(0L, 150L, 2_200L);
    }

    @Test
    void sendAsync_whoseAttemptsAreUsedUp_hasTheLastResponseWhole() {
        for (int i = 0; i < 3; i++) {
            server.replies(503, Duration.ofMillis(50));
        }
        CompletableFuture<HttpResponse<String>> call = send("");
        time.runAll();
        assertThat(call)
                .isCompletedWithValueMatching(response -> response.body().equals("status 503"));
        assertThat(server.cameAtMillis).containsExactly(0L, 150L, 400L);
    }

    @Test
    void sendAsync_ofFailuresAndSlowResponses_endsEachAttemptInItsTime() {
        server.fails(new ConnectException(), Duration.ofMillis(10))
                .replies(200, Duration.ofSeconds(60))
                .replies(200, Duration.ofMillis(10));
        CompletableFuture<HttpResponse<String>> call = send("attempt-timeout=1s");
        time.runAll();
        assertThat(call).isCompletedWithValueMatching(response -> response.statusCode() == 200);
        assertThat(server.cameAtMillis).containsExactly(0L, 110L, 1_310L);
    }

    @Test
    void sendAsync_ofAServerThatIsTooSlow_failsAtTheTotalTimeout() {
        server.replies(200, Duration.ofMinutes(5));
        CompletableFuture<HttpResponse<String>> call = send("total-timeout=30s");
        time.runAll();
        assertThat(call).isCompletedExceptionally();
        assertThat(call.handle((response, error) -> error).join()).hasCauseInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void send_ofAServerThatRecovers_makesEveryAttempt() throws Exception {
        server.replies(503, Duration.ofMillis(50)).replies(200, Duration.ofMillis(50));
        assertThat(client("").send(GET, BodyHandlers.ofString()).body()).isEqualTo("status 200");
        assertThat(server.cameAtMillis).containsExactly(0L, 150L);
    }
}
