package dev.respite.apache5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;

/** A server that counts the requests of a client of Apache. */
abstract class ApacheFixture {

    static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=3 attempt-timeout=300ms base-delay=1ms jitter=none budget=off");
    static final RetryPolicy PATIENT = RetryPolicy.parse("max-attempts=3 base-delay=1m jitter=none budget=off");
    static final Reply UNAVAILABLE = Reply.of(503).body("busy");

    final FaultyServer server = FaultyServer.start();

    /** The reasons why the calls of {@link #recorded} have ended. */
    final List<StopReason> reasons = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        server.close();
    }

    static ApacheRetry retrying(RetryPolicy policy) {
        return ApacheRetry.of(HttpRetry.of(Retry.of(policy)));
    }

    ApacheRetry recorded(RetryPolicy policy) {
        return ApacheRetry.of(HttpRetry.of(Retry.of(policy).withListener(event -> {
            if (event instanceof RetryEvent.CallEnded ended) {
                reasons.add(ended.reason());
            }
        })));
    }

    static ApacheRetry retrying() {
        return retrying(POLICY);
    }

    ApacheRetry keyed() {
        return ApacheRetry.of(
                HttpRetry.of(Retry.of(POLICY)).withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri())));
    }

    Outgoing get() {
        return Outgoing.get(server.uri("/orders"));
    }

    Outgoing post() {
        return Outgoing.post(server.uri("/orders"));
    }

    /** Sends a request with a client of its own. */
    static String result(Way way, ApacheRetry retry, Outgoing request) {
        try (TestClient client = way.open(retry)) {
            String result = client.send(request);
            assertNoneLeased(client);
            return result;
        }
    }

    static void assertNoneLeased(TestClient client) {
        await().untilAsserted(() -> assertThat(client.connections().getLeased()).isZero());
    }

    void assertRequests(int expected) {
        assertThat(server.requests()).hasSize(expected);
    }
}
