package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.policy.RetryPolicy;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/** Rule 24 for HTTP: a budget for each origin, and not too many of them. */
class ClientOriginsTest {

    @Test
    void send_twoServers_haveABudgetEach() throws Exception {
        HttpClient plain = RecordingListener.plain();
        try (FaultyServer bad = FaultyServer.start().otherwise(Reply.of(500));
                FaultyServer good = FaultyServer.start()) {
            RetryingHttpClient client = RetryingHttpClient.of(
                    plain, Retry.of(RetryPolicy.parse("base-delay=1ms max-delay=1ms budget=success:0.5/5/5")));
            for (int i = 0; i < 10; i++) {
                client.send(HttpRequest.newBuilder(bad.uri("/" + i)).build(), BodyHandlers.discarding());
            }
            good.then(Reply.of(500));

            assertThat(bad.requests())
                    .as("10 calls, and 5 retries until the bucket was empty")
                    .hasSize(15);
            assertThat(client.send(HttpRequest.newBuilder(good.uri()).build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void withIdempotencyKeys_always_sharesTheBudgets() throws Exception {
        HttpClient plain = RecordingListener.plain();
        try (FaultyServer bad = FaultyServer.start().otherwise(Reply.of(500))) {
            RetryingHttpClient client = RetryingHttpClient.of(
                    plain, Retry.of(RetryPolicy.parse("base-delay=1ms max-delay=1ms budget=success:0.5/4/4")));
            HttpRequest get = HttpRequest.newBuilder(bad.uri()).build();

            client.send(get, BodyHandlers.discarding());
            client.withoutAttemptHeader().send(get, BodyHandlers.discarding());
            client.withIdempotencyKeys(IdempotencyKeys.supportedBy(bad.uri())).send(get, BodyHandlers.discarding());

            assertThat(bad.requests()).hasSize(3 + 3 + 1);
        }
    }
}
