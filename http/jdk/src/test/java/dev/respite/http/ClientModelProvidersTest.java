package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.outcome.StopReason;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests to a server that limits them with the header fields of model providers. */
@ParameterizedClass
@EnumSource
class ClientModelProvidersTest {

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final ShortDelayTime time = new ShortDelayTime();
    private final RetryingHttpClient client = listener.client(
                    RecordingListener.plain(), "total-timeout=10m max-attempts=6 jitter=none", time)
            .withUnprocessed429(server.uri());

    ClientModelProvidersTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> complete(RetryingHttpClient by) throws Exception {
        HttpRequest prompt = HttpRequest.newBuilder(server.uri().resolve("/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"model\":\"m\",\"messages\":[]}"))
                .build();
        return sender.by(by).send(prompt, BodyHandlers.ofString());
    }

    private static Reply limit(String... fields) {
        Reply reply = Reply.of(429).body("{\"error\":{\"type\":\"rate_limit_exceeded\"}}");
        for (int i = 0; i < fields.length; i += 2) {
            reply = reply.header(fields[i], fields[i + 1]);
        }
        return reply;
    }

    @Test
    void send_eachDialectOfALimit_waitsForItsReset() throws Exception {
        server.then(limit(
                "x-ratelimit-limit-requests", "60",
                "x-ratelimit-remaining-requests", "0",
                "x-ratelimit-reset-requests", "6s",
                "x-ratelimit-remaining-tokens", "149984",
                "x-ratelimit-reset-tokens", "6ms"));
        server.then(limit(
                "x-ratelimit-remaining-requests", "59",
                "x-ratelimit-reset-requests", "6m0s",
                "retry-after-ms", "1520",
                "retry-after", "2",
                "x-should-retry", "true"));
        server.then(limit("retry-after", "2.4", "x-ratelimit-reset-requests", "2m59.56s"));
        server.then(limit("x-ms-retry-after-ms", "2500", "retry-after", "3"));
        server.then(limit("retry-after", "12", "anthropic-ratelimit-requests-reset", "2026-03-15T12:00:12Z"));

        assertThat(complete(client).statusCode()).isEqualTo(200);
        assertThat(time.sleeps())
                .isEqualTo(List.of(
                        Duration.ofSeconds(6),
                        Duration.ofMillis(1520),
                        Duration.ofMillis(2400),
                        Duration.ofMillis(2500),
                        Duration.ofSeconds(12)));
    }

    @Test
    void send_quotaOfTheAccountThatIsSpent_isNotRetried() throws Exception {
        server.then(limit("x-should-retry", "false", "retry-after", "1"));

        assertThat(complete(client).statusCode()).isEqualTo(429);
        assertThat(listener.reason()).isEqualTo(StopReason.RETRY_FORBIDDEN_BY_SERVER);
    }

    @Test
    void send_resetBeyondTheLimitOfHints_returnsTheResponseAtOnce() throws Exception {
        server.then(limit("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "6m0s"));

        assertThat(complete(client).body()).contains("rate_limit_exceeded");
        assertThat(listener.reason()).isEqualTo(StopReason.RETRY_AFTER_TOO_LONG);
        assertThat(time.sleeps()).isEmpty();
    }

    /** The model may have run, and its tokens cost money. */
    @Test
    void send_overload_isRetriedWithAKeyOnly() throws Exception {
        server.then(Reply.of(529).header("retry-after", "3"));
        server.then(Reply.of(529).header("retry-after", "3"));

        assertThat(complete(client).statusCode()).isEqualTo(529);
        assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        assertThat(complete(client.withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri())))
                        .statusCode())
                .isEqualTo(200);
        assertThat(time.sleeps()).containsExactly(Duration.ofSeconds(3));
    }
}
