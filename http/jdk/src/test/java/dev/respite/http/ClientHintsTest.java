package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.outcome.StopReason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 20 over the wire: the wait is never shorter than the server's hint, and longer by half of it at most. */
@ParameterizedClass
@EnumSource
class ClientHintsTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    /** Its wall clock stands at 2026-03-15T12:00:00Z, a Sunday. */
    private final ShortDelayTime time = new ShortDelayTime();

    ClientHintsTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> send(String policy) throws Exception {
        HttpRequest put = HttpRequest.newBuilder(server.uri())
                .PUT(BodyPublishers.noBody())
                .build();
        return sender.by(listener.client(PLAIN, "total-timeout=10m " + policy, time))
                .send(put, BodyHandlers.ofString());
    }

    private Duration wait(String policy) throws Exception {
        assertThat(send(policy).statusCode()).isEqualTo(200);
        assertThat(time.sleeps()).hasSize(1);
        return time.sleeps().get(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "503 | Retry-After       | 7                              | 7000",
                "429 | Retry-After       | 7                              | 7000",
                "500 | Retry-After       | 7                              | 7000",
                "503 | Retry-After       | Sun, 15 Mar 2026 12:00:20 GMT  | 20000",
                "503 | Retry-After       | Sunday, 15-Mar-26 12:00:20 GMT | 20000",
                "503 | Retry-After       | Sun Mar 15 12:00:20 2026       | 20000",
                "503 | retry-after-ms    | 1500                           | 1500",
                "503 | x-ms-retry-after-ms | 1500                         | 1500",
                "503 | Retry-After       | 1.5                            | 1500",
                "503 | x-amz-retry-after | 2500                           | 2500",
                "429 | RateLimit         | \"default\";r=0;t=30           | 30000",
                "429 | RateLimit-Reset   | 25                             | 25000",
                "429 | X-RateLimit-Reset | 1773576020                     | 20000",
                "429 | x-ratelimit-reset-requests | 1m30s                 | 90000",
                "429 | x-ratelimit-reset-requests | 20ms                  | 20",
                "429 | X-RateLimit-Reset | 40                             | 40000",
            })
    void send_hint_isTheLeastWait(int status, String name, String value, long millis) throws Exception {
        server.then(Reply.of(status).header(name, value).body("later"));

        assertThat(wait("retry-after-limit=2m"))
                .isBetween(Duration.ofMillis(millis), Duration.ofMillis(millis * 3 / 2));
    }

    private HttpResponse<String> get(RetryingHttpClient client) throws Exception {
        return sender.by(client).send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString());
    }

    private Reply spentLimit(String reset) {
        return Reply.of(403).header("X-RateLimit-Remaining", "0").header("X-RateLimit-Reset", reset);
    }

    @Test
    void send_forbiddenByASpentLimit_waitsForItsReset() throws Exception {
        server.then(spentLimit("1773576020"));

        assertThat(get(listener.client(PLAIN, "total-timeout=10m", time)).statusCode())
                .isEqualTo(200);
        assertThat(time.sleeps())
                .singleElement()
                .satisfies(wait -> assertThat(wait).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30)));
    }

    @Test
    void send_resetInAnHour_stopsAndReturnsTheResponse() throws Exception {
        server.then(spentLimit("1773579600"));

        assertThat(get(listener.client(PLAIN, "total-timeout=2h", time)).statusCode())
                .isEqualTo(403);
        assertThat(listener.reason()).isEqualTo(StopReason.RETRY_AFTER_TOO_LONG);
    }

    @Test
    void withoutVendorHints_ofTheOrigin_leavesRetryAfterAlone() throws Exception {
        server.then(Reply.of(429).header("X-RateLimit-Reset", "40").header("x-should-retry", "false"));
        server.then(Reply.of(429).header("RateLimit", "\"default\";r=0;t=30").header("Retry-After", "7"));
        server.then(spentLimit("20"));
        RetryingHttpClient client = listener.client(PLAIN, "total-timeout=10m max-attempts=5", time);

        assertThat(get(client.withoutVendorHints(server.uri().resolve("/path"))).statusCode())
                .isEqualTo(403);
        assertThat(time.sleeps()).hasSize(2);
        assertThat(time.sleeps().get(0)).isLessThanOrEqualTo(Duration.ofMillis(2));
        assertThat(time.sleeps().get(1)).isBetween(Duration.ofSeconds(7), Duration.ofMillis(10_500));
    }

    @Test
    void withoutVendorHints_ofAnotherOrigin_changesNothing() throws Exception {
        server.then(spentLimit("20"));
        RetryingHttpClient client = listener.client(PLAIN, "total-timeout=10m", time);

        assertThat(get(client.withoutVendorHints(URI.create("http://127.0.0.1:9")))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void send_dateOfTheServer_isWhatItsHintIsMeasuredAgainst() throws Exception {
        server.then(Reply.of(503)
                .header("Date", "Sun, 15 Mar 2026 13:00:00 GMT")
                .header("Retry-After", "Sun, 15 Mar 2026 13:00:10 GMT"));

        assertThat(wait("")).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(15));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "+5", "1,5", "Sun, 15 Mar 2026 12:00:20 gmt", "٥"})
    void send_garbage_isIgnoredAndTheBackoffIsUsed(String value) throws Exception {
        server.then(Reply.of(503).header("Retry-After", value));

        assertThat(wait("")).isLessThanOrEqualTo(Duration.ofMillis(2));
    }

    @Test
    void send_hintShorterThanTheBackoff_leavesTheBackoff() throws Exception {
        server.then(Reply.of(503).header("retry-after-ms", "5"));

        assertThat(wait("base-delay=1s max-delay=1s jitter=none")).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void send_hintWithoutJitter_isExact() throws Exception {
        server.then(Reply.of(503).header("Retry-After", "7"));

        assertThat(wait("jitter=none")).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void send_hintOverTheLimit_stopsAndReturnsTheAnswer() throws Exception {
        server.then(Reply.of(503).header("Retry-After", "61").body("in a minute"));

        HttpResponse<String> response = send("");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("in a minute");
        assertThat(listener.reason()).isEqualTo(StopReason.RETRY_AFTER_TOO_LONG);
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void send_digitsThatOverflow_areAVeryLongHint() throws Exception {
        server.then(Reply.of(503).header("Retry-After", "99999999999999999999"));

        assertThat(send("").statusCode()).isEqualTo(503);
        assertThat(listener.reason()).isEqualTo(StopReason.RETRY_AFTER_TOO_LONG);
    }

    @Test
    void send_hintThatTheTotalTimeoutDoesNotAllow_stopsAtOnce() throws Exception {
        server.then(Reply.of(503).header("Retry-After", "30").body("later"));

        HttpResponse<String> response = send("total-timeout=20s");

        assertThat(response.body()).isEqualTo("later");
        assertThat(listener.reason()).isEqualTo(StopReason.TOTAL_TIMEOUT);
        assertThat(time.sleeps()).isEmpty();
    }

    @Test
    void send_hintWithRetryAfterCap_isCutToTheLimit() throws Exception {
        server.then(Reply.of(503).header("Retry-After", "3600"));

        assertThat(wait("retry-after=cap retry-after-limit=5s jitter=none")).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void send_hintWithRetryAfterIgnore_leavesTheBackoff() throws Exception {
        server.then(Reply.of(503).header("Retry-After", "3600"));

        assertThat(wait("retry-after=ignore")).isLessThanOrEqualTo(Duration.ofMillis(2));
    }

    @Test
    void send_serverThatSaysNo_getsNoFurtherRequest() throws Exception {
        server.then(Reply.of(503)
                .header("x-should-retry", "false")
                .header("Retry-After", "1")
                .body("no"));

        HttpResponse<String> response = send("");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("no");
        assertThat(listener.reason()).isEqualTo(StopReason.RETRY_FORBIDDEN_BY_SERVER);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void send_stripeShouldRetry_decides() throws Exception {
        server.then(Reply.of(409).header("Stripe-Should-Retry", "true"));
        server.then(Reply.of(503).header("Stripe-Should-Retry", "false"));

        assertThat(send("").statusCode()).isEqualTo(503);
        assertThat(listener.outcomes()).containsExactly("409", "503");
        assertThat(listener.reason()).isEqualTo(StopReason.RETRY_FORBIDDEN_BY_SERVER);
    }

    @Test
    void send_serverThatRequestsAnotherAttempt_getsIt() throws Exception {
        server.then(Reply.of(409).header("x-should-retry", "true"));

        assertThat(send("").statusCode()).isEqualTo(200);
        assertThat(listener.outcomes()).containsExactly("409", "ok");
    }

    @Test
    void send_hintWithASuccess_meansNothing() throws Exception {
        server.then(Reply.of(202).header("Retry-After", "7").header("x-should-retry", "true"));

        assertThat(send("").statusCode()).isEqualTo(202);
        assertThat(listener.reason()).isEqualTo(StopReason.ACCEPTED);
    }

    @Test
    void send_hintInRealTime_isWaitedFor() throws Exception {
        server.then(Reply.of(503).header("retry-after-ms", "120"));
        HttpRequest get = HttpRequest.newBuilder(server.uri()).build();

        long start = System.nanoTime();
        assertThat(sender.by(listener.client(PLAIN, ""))
                        .send(get, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(120));
    }
}
