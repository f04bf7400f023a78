package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.LogLines;
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
    void send_withTheBudgetsOfTwoServersExhausted_warnsOfEachByItsOrigin() throws Exception {
        HttpClient plain = RecordingListener.plain();
        try (FaultyServer one = FaultyServer.start().otherwise(Reply.of(500));
                FaultyServer two = FaultyServer.start().otherwise(Reply.of(500));
                LogLines lines = LogLines.of("dev.respite")) {
            RetryPolicy policy = RetryPolicy.parse("base-delay=1ms max-delay=1ms budget=success:0.5/1/1");
            RetryingHttpClient client =
                    RetryingHttpClient.of(plain, Retry.of(policy).withName("quotes"));
            for (int i = 0; i < 3; i++) {
                client.send(HttpRequest.newBuilder(one.uri("/" + i)).build(), BodyHandlers.discarding());
                client.send(HttpRequest.newBuilder(two.uri("/" + i)).build(), BodyHandlers.discarding());
            }
            assertThat(lines.all().stream().filter(line -> line.startsWith("budget exhausted for 'quotes' at ")))
                    .hasSize(2)
                    .anyMatch(line ->
                            line.contains(" at http://127.0.0.1:" + one.uri().getPort() + " (budget="))
                    .anyMatch(line ->
                            line.contains(" at http://127.0.0.1:" + two.uri().getPort() + " (budget="));
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
