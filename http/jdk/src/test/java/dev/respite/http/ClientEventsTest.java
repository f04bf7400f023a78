package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ReservedPort;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What listeners receive of calls over HTTP. */
@ParameterizedClass
@EnumSource
class ClientEventsTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    ClientEventsTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpRequest put() {
        return HttpRequest.newBuilder(server.uri())
                .PUT(BodyPublishers.ofString("x"))
                .build();
    }

    @Test
    void send_faultsOfAllKinds_areNamedInTheHistory() throws Exception {
        server.then(
                Reply.of(503),
                Reply.of(429),
                ServerFault.hang(),
                ServerFault.reset(),
                ServerFault.half(200, "1"),
                Reply.of(408),
                Reply.of(404));

        sender.by(listener.client(PLAIN, "max-attempts=10 attempt-timeout=500ms"))
                .send(put(), BodyHandlers.ofString());

        assertThat(listener.outcomes()).containsExactly("503", "429", "timeout", "io", "io", "408", "404");
        assertThat(listener.end().history().summary())
                .startsWith("7 attempts in ")
                .contains(": 503 +")
                .endsWith(", 404; gave up: fatal");
        assertThat(listener.failures()).hasSize(7);
        assertThat(listener.bugs()).isEmpty();
    }

    @Test
    void send_refused_isNamedConnect() {
        try (ReservedPort port = new ReservedPort()) {
            assertThatThrownBy(() -> sender.by(listener.client(PLAIN, "max-attempts=1"))
                            .send(HttpRequest.newBuilder(port.uri()).build(), BodyHandlers.ofString()))
                    .isInstanceOf(java.net.ConnectException.class);
            assertThat(listener.outcomes()).containsExactly("connect");
        }
    }

    @Test
    void send_success_isTheOutcomeOfTheEnd() throws Exception {
        HttpResponse<String> response = sender.by(listener.client(PLAIN, "")).send(put(), BodyHandlers.ofString());

        RetryEvent.CallEnded end = listener.end();
        assertThat(end.reason()).isEqualTo(StopReason.ACCEPTED);
        assertThat(((Outcome.Success<?>) end.outcome()).value()).isSameAs(response);
        assertThat(end.history().summary()).endsWith(": ok");
        assertThat(listener.failures()).isEmpty();
    }

    @Test
    void send_listenerThatThrows_changesNothing() throws Exception {
        server.then(Reply.of(503));
        Retry retry = listener.retry("", TimeSource.system()).withListener(event -> {
            throw new IllegalStateException("a bug");
        });

        assertThat(RetryingHttpClient.of(PLAIN, retry)
                        .send(put(), BodyHandlers.ofString())
                        .body())
                .isEqualTo("ok");
        assertThat(listener.attempts()).isEqualTo(2);
    }

    @Test
    void send_callsAndAttempts_areCountedOnce() throws Exception {
        server.then(Reply.of(503), Reply.of(503), Reply.of(404));
        Retry retry = Retry.of(RetryPolicy.parse(RecordingListener.QUICK));
        RetryingHttpClient client = RetryingHttpClient.of(PLAIN, retry);

        for (int i = 0; i < 3; i++) {
            sender.by(client).send(put(), BodyHandlers.ofString());
        }

        // 503, 503, 404; ok; ok
        assertThat(retry.counts().calls()).isEqualTo(3);
        assertThat(retry.counts().attempts()).isEqualTo(5);
        assertThat(retry.counts().ended(StopReason.ACCEPTED)).isEqualTo(2);
        assertThat(retry.counts().ended(StopReason.FATAL)).isEqualTo(1);
    }
}
