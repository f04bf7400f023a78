package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ReservedPort;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.time.TimeSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Rule 25 for requests: a body that can be read once is never sent twice, any other is sent again as it was. */
@ParameterizedClass
@EnumSource
class ClientRequestBodyTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final AtomicInteger opened = new AtomicInteger();

    ClientRequestBodyTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** A stream that can be read once: who opens it a second time gets nothing. */
    private BodyPublisher stream(byte[] bytes) {
        ByteArrayInputStream once = new ByteArrayInputStream(bytes);
        return BodyPublishers.ofInputStream(() -> {
            opened.incrementAndGet();
            return once;
        });
    }

    private HttpResponse<String> put(BodyPublisher body) throws Exception {
        return sender.by(listener.client(PLAIN, "attempt-timeout=2s"))
                .send(HttpRequest.newBuilder(server.uri()).PUT(body).build(), BodyHandlers.ofString());
    }

    private void expectSent(int times, byte[] body) {
        assertThat(server.requests())
                .hasSize(times)
                .allSatisfy(request -> assertThat(request.body()).isEqualTo(body));
    }

    @Test
    void send_bodyOfKnownLength_isSentAgainByteByByte() throws Exception {
        byte[] body = bytes(200_000);
        server.then(Reply.of(503), ServerFault.reset());

        assertThat(put(BodyPublishers.ofByteArray(body)).statusCode()).isEqualTo(200);
        expectSent(3, body);
    }

    @Test
    void send_bodyFromAFile_isSentAgain(@TempDir Path folder) throws Exception {
        byte[] body = bytes(100_000);
        server.then(Reply.of(503));

        assertThat(put(BodyPublishers.ofFile(Files.write(folder.resolve("body"), body)))
                        .statusCode())
                .isEqualTo(200);
        expectSent(2, body);
    }

    @Test
    void send_noBody_isSentAgain() throws Exception {
        server.then(Reply.of(503));

        assertThat(put(BodyPublishers.noBody()).statusCode()).isEqualTo(200);
        expectSent(2, new byte[0]);
    }

    @Test
    void send_streamAfter503_isSentAgainFromItsRecord() throws Exception {
        server.then(Reply.of(503).body("busy"), ServerFault.reset());

        assertThat(put(stream(bytes(100_000))).statusCode()).isEqualTo(200);

        assertThat(opened).hasValue(1);
        expectSent(3, bytes(100_000));
    }

    @Test
    void send_streamLongerThanIsRecorded_isNotSentAgain() throws Exception {
        server.then(Reply.of(503).body("busy"));

        HttpResponse<String> response = put(stream(bytes(RetryingHttpClient.DEFAULT_MAX_RECORDED_BODY + 1)));

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("busy");
        assertThat(listener.reason()).isEqualTo(StopReason.INPUT_CONSUMED);
        assertThat(opened).hasValue(1);
        expectSent(1, bytes(RetryingHttpClient.DEFAULT_MAX_RECORDED_BODY + 1));
    }

    @Test
    void send_streamLongerThanIsRecordedAfterReset_isNotSentAgain() {
        server.then(ServerFault.reset());

        assertThatThrownBy(() -> put(stream(bytes(300_000)))).isInstanceOf(IOException.class);
        assertThat(listener.reason()).isEqualTo(StopReason.INPUT_CONSUMED);
        assertThat(opened).hasValue(1);
        expectSent(1, bytes(300_000));
    }

    @Test
    void send_streamOfAClientThatRecordsNothing_isNotSentAgain() throws Exception {
        server.then(Reply.of(503).body("busy"));

        HttpResponse<String> response = sender.by(listener.client(PLAIN, "").withMaxRecordedBody(0))
                .send(HttpRequest.newBuilder(server.uri()).PUT(stream(bytes(1))).build(), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(listener.reason()).isEqualTo(StopReason.INPUT_CONSUMED);
    }

    @Test
    void send_publisherOfKnownLengthThatCanBeSubscribedToOnce_isSentAgainFromItsRecord() throws Exception {
        server.then(Reply.of(503).body("busy"));
        AtomicInteger subscriptions = new AtomicInteger();
        BodyPublisher once = BodyPublishers.fromPublisher(
                subscriber -> {
                    if (subscriptions.incrementAndGet() > 1) {
                        throw new IllegalStateException("subscribed twice");
                    }
                    BodyPublishers.ofByteArray(bytes(5_000)).subscribe(subscriber);
                },
                5_000);

        assertThat(put(once).statusCode()).isEqualTo(200);
        expectSent(2, bytes(5_000));
    }

    @Test
    void send_streamThatWasNotRead_isSentWhenTheServerIsThere() throws Exception {
        try (ReservedPort port = new ReservedPort()) {
            FaultyServer[] late = new FaultyServer[1];
            HttpClient client = RetryingHttpClient.of(
                    PLAIN, listener.retry("", TimeSource.system()).withListener(event -> {
                        if (late[0] == null) {
                            late[0] = port.open();
                        }
                    }));

            HttpResponse<String> result = sender.by(client)
                    .send(
                            HttpRequest.newBuilder(port.uri())
                                    .POST(stream(bytes(1_000)))
                                    .build(),
                            BodyHandlers.ofString());

            assertThat(result.statusCode()).isEqualTo(200);
            assertThat(listener.outcomes()).containsExactly("connect", "ok");
            assertThat(late[0].requests())
                    .singleElement()
                    .satisfies(request -> assertThat(request.body()).isEqualTo(bytes(1_000)));
            assertThat(opened).hasValue(1);
            late[0].close();
        }
    }

    @Test
    void replayable_streamThatIsMadeAnew_isSentAgain() throws Exception {
        byte[] body = bytes(50_000);
        server.then(Reply.of(503), ServerFault.reset());

        BodyPublisher anew = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));

        assertThat(put(RetryingHttpClient.replayable(anew)).statusCode()).isEqualTo(200);
        expectSent(3, body);
    }

    @Test
    void replayable_always_keepsTheLengthOfTheBody() {
        assertThat(RetryingHttpClient.replayable(BodyPublishers.ofString("four"))
                        .contentLength())
                .isEqualTo(4);
        assertThat(RetryingHttpClient.replayable(stream(bytes(4))).contentLength())
                .isEqualTo(-1);
    }

    @Test
    void send_unsafeAndConsumed_isNotIdempotentFirst() throws Exception {
        server.then(Reply.of(503));

        sender.by(listener.client(PLAIN, ""))
                .send(
                        HttpRequest.newBuilder(server.uri())
                                .POST(stream(bytes(10)))
                                .build(),
                        BodyHandlers.ofString());

        assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @Test
    void send_requestOfTheCaller_isSentWithAllItsParts() throws Exception {
        server.then(Reply.of(503));
        HttpRequest request = HttpRequest.newBuilder(server.uri("/a%20b?q=%C3%A9#f"))
                .headers("Accept", "a", "Accept", "b", "X-Empty", "")
                .timeout(Duration.ofSeconds(7))
                .version(HttpClient.Version.HTTP_1_1)
                .method("REPORT", BodyPublishers.ofString("x"))
                .header("Idempotency-Key", "k")
                .build();

        sender.by(listener.client(PLAIN, "")).send(request, BodyHandlers.ofString());

        assertThat(server.requests()).hasSize(2).allSatisfy(sent -> {
            assertThat(sent.method()).isEqualTo("REPORT");
            assertThat(sent.target()).isEqualTo("/a%20b?q=%C3%A9");
            assertThat(String.join(",", sent.values("Accept"))).isIn("a,b", "a, b");
            assertThat(sent.values("X-Empty")).isEqualTo(List.of(""));
            assertThat(sent.text()).isEqualTo("x");
        });
    }
}
