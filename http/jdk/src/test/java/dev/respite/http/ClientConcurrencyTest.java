package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerConnection;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.RealTime;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One client, many threads, a server that fails two times of three. */
class ClientConcurrencyTest {

    private static final int THREADS = 50;
    private static final int CALLS = 20;

    /** Each key fails twice, in a way that its number chooses, and then succeeds. */
    private static final class Flaky implements ServerFault {
        private final Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();
        private final List<ServerFault> faults = List.of(
                Reply.of(503).body("x".repeat(1_000)),
                ServerFault.reset(),
                ServerFault.half(200, "12345"),
                Reply.of(500),
                Reply.of(503).body("x".repeat(100_000)),
                ServerFault.halfChunked(200, "12345"),
                ServerFault.close());
        private final AtomicInteger effects = new AtomicInteger();

        @Override
        public boolean act(ServerConnection line) throws java.io.IOException, InterruptedException {
            FaultyServer.Received request = line.request();
            int number = tries.computeIfAbsent(request.values("Idempotency-Key").get(0), key -> new AtomicInteger())
                    .incrementAndGet();
            if (number <= 2) {
                int which = Math.floorMod(request.text().hashCode() + number, faults.size());
                return faults.get(which).act(line);
            }
            effects.incrementAndGet();
            return Reply.of(200).body("done " + request.text()).act(line);
        }
    }

    @Test
    void send_fiftyThreadsAgainstAFlakyServer_allSucceedAndNothingLeaks() throws Exception {
        Flaky flaky = new Flaky();
        List<RetryEvent> third = new CopyOnWriteArrayList<>();
        Retry retry = Retry.of(RetryPolicy.parse(RecordingListener.QUICK + "max-attempts=4"))
                .withListener(event -> {
                    if (event instanceof RetryEvent.AttemptFailed failed
                            && failed.attempt().number() > 2) {
                        third.add(event);
                    }
                });
        HttpClient plain = RecordingListener.plain();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (FaultyServer server = FaultyServer.start().otherwise(flaky)) {
            RetryingHttpClient client =
                    RetryingHttpClient.of(plain, retry).withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri()));
            List<Future<List<String>>> all = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                all.add(threads.submit(() -> {
                    List<String> responses = new ArrayList<>();
                    for (int i = 0; i < CALLS; i++) {
                        HttpRequest post = HttpRequest.newBuilder(server.uri("/" + thread))
                                .POST(BodyPublishers.ofString(thread + "-" + i))
                                .build();
                        HttpResponse<String> response = client.send(post, BodyHandlers.ofString());
                        responses.add(response.statusCode() + " " + response.body());
                    }
                    return responses;
                }));
            }
            for (int t = 0; t < THREADS; t++) {
                List<String> responses = all.get(t).get(RealTime.patience().toSeconds(), TimeUnit.SECONDS);
                for (int i = 0; i < CALLS; i++) {
                    assertThat(responses.get(i)).isEqualTo("200 done " + t + "-" + i);
                }
            }

            assertThat(third).as("failures of a third attempt").isEmpty();
            assertThat(flaky.effects).hasValue(THREADS * CALLS);
            assertThat(flaky.tries).hasSize(THREADS * CALLS);
            assertThat(retry.counts().ended(StopReason.ACCEPTED)).isEqualTo(THREADS * CALLS);
            assertThat(retry.counts().attempts()).isEqualTo(3L * THREADS * CALLS);
            assertThat(server.requests()).hasSize(3 * THREADS * CALLS);
            // Whatever is open now is in the pool: a body that was neither read nor given up would hold its connection,
            // and the next requests could not be served by those that are there.
            int open = server.openConnections();
            assertThat(open).isLessThanOrEqualTo(THREADS);
            int before = server.connections();
            List<Future<HttpResponse<String>>> again = new ArrayList<>();
            server.otherwise(Reply.of(200));
            for (int i = 0; i < open; i++) {
                again.add(threads.submit(() ->
                        client.send(HttpRequest.newBuilder(server.uri("/again")).build(), BodyHandlers.ofString())));
            }
            for (Future<HttpResponse<String>> each : again) {
                assertThat(each)
                        .succeedsWithin(RealTime.patience())
                        .extracting(HttpResponse::statusCode)
                        .isEqualTo(200);
            }
            assertThat(server.connections()).as("connections made anew").isEqualTo(before);
            await().until(() -> server.openConnections() <= open);
        } finally {
            threads.shutdownNow();
        }
    }
}
