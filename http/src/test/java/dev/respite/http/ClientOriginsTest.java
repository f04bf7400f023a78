package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.policy.RetryPolicy;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
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

    @Test
    void withMaxOrigins_one_dropsTheBudgetOfTheOriginBefore() throws Exception {
        try (FaultyServer one = FaultyServer.start().otherwise(Reply.of(500));
                FaultyServer two = FaultyServer.start().otherwise(Reply.of(500))) {
            RetryingHttpClient usual = RetryingHttpClient.of(
                    RecordingListener.plain(),
                    Retry.of(RetryPolicy.parse("base-delay=1ms max-delay=1ms budget=success:0.5/1/1")));

            assertThat(requestsOfThreeCalls(usual, one, two)).isEqualTo(2 + 2 + 1);
            assertThat(requestsOfThreeCalls(usual.withMaxOrigins(1), one, two))
                    .as("all buckets are full again")
                    .isEqualTo(2 + 2 + 2);
        }
    }

    /** One to each server, and then one to the first again. */
    private static int requestsOfThreeCalls(RetryingHttpClient client, FaultyServer one, FaultyServer two)
            throws Exception {
        int before = one.requests().size() + two.requests().size();
        for (FaultyServer server : List.of(one, two, one)) {
            client.send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.discarding());
        }
        return one.requests().size() + two.requests().size() - before;
    }

    @Test
    void withMaxOrigins_none_isRefused() {
        assertThatThrownBy(
                        () -> RetryingHttpClient.of(RecordingListener.plain()).withMaxOrigins(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("withMaxOrigins(0): at least one origin has a value; the default is 1000");
    }
}
