package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A call in a delay has given back its connection; stacks/servers has the same against real servers. */
@ParameterizedClass
@EnumSource(Sender.class)
class Rule26WaitingCallsHoldNoConnectionTest {

    private static final HttpClient PLAIN = RecordingListener.plain();
    private static final String LONG_DELAYS =
            "backoff=fixed base-delay=10m max-delay=10m jitter=none total-timeout=off ";

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final List<Thread> callers = new ArrayList<>();

    Rule26WaitingCallsHoldNoConnectionTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        callers.forEach(Thread::interrupt);
        server.close();
    }

    /** Makes a call on a thread of its own, and returns when it is in its delay. */
    private void call(HttpClient client) {
        int before = listener.failures().size();
        HttpRequest put = HttpRequest.newBuilder(server.uri())
                .PUT(BodyPublishers.ofString("x"))
                .build();
        Thread caller = new Thread(() -> {
            try {
                sender.by(client).send(put, BodyHandlers.ofString());
            } catch (Exception ended) {
                // At the end of the test.
            }
        });
        caller.setDaemon(true);
        caller.start();
        callers.add(caller);
        await().until(() -> listener.failures().size() > before);
    }

    @Test
    void calls_inTheirDelays_haveReturnedTheirConnectionToThePool() {
        server.otherwise(Reply.of(503).body("busy"));
        HttpClient client = listener.client(PLAIN, LONG_DELAYS);
        for (int i = 0; i < 20; i++) {
            call(client);
        }
        assertThat(server.requests()).hasSize(20);
        // One may be in use for a moment while the next call looks for it.
        assertThat(server.connections()).isLessThanOrEqualTo(5);
    }

    @Test
    void calls_inTheirDelaysAfterALongBody_haveCutIt() {
        server.otherwise(Reply.of(503).body(new byte[6_000_000]));
        HttpClient client = listener.client(PLAIN, LONG_DELAYS);
        for (int i = 0; i < 5; i++) {
            call(client);
        }
        await().untilAsserted(() -> assertThat(server.openConnections()).isZero());
        assertThat(server.abandoned()).isEqualTo(5);
    }

    @Test
    void calls_inTheirDelaysAfterABodyThatHangs_haveCutIt() {
        server.otherwise(ServerFault.hangInBody(503, "12345"));
        HttpClient client = listener.client(PLAIN, LONG_DELAYS);
        for (int i = 0; i < 5; i++) {
            call(client);
        }
        await().untilAsserted(() -> assertThat(server.openConnections()).isZero());
    }
}
