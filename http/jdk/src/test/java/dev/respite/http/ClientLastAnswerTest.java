package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.testsupport.RealTime;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 25 for responses: a retried response never reaches the caller, and the last one reaches him whole. */
@ParameterizedClass
@EnumSource
class ClientLastAnswerTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final List<Integer> handled = new CopyOnWriteArrayList<>();

    ClientLastAnswerTest(Sender sender) {
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

    private <T> BodyHandler<T> watched(BodyHandler<T> handler) {
        return info -> {
            handled.add(info.statusCode());
            return handler.apply(info);
        };
    }

    private <T> HttpResponse<T> send(BodyHandler<T> handler) throws Exception {
        return sender.by(listener.client(PLAIN, "")).send(put(), watched(handler));
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void send_answersThatAreRetried_neverReachTheHandler() throws Exception {
        server.then(Reply.of(503).body("a"), Reply.of(500).body("b"));

        assertThat(send(BodyHandlers.ofString()).body()).isEqualTo("ok");
        assertThat(handled).containsExactly(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 64 * 1024, 64 * 1024 + 1, 1_000_000})
    void send_exhausted_lastAnswerReachesTheHandlerWhole(int length) throws Exception {
        server.otherwise(Reply.of(503).header("X-Which", "last").body(bytes(length)));

        HttpResponse<byte[]> response = send(BodyHandlers.ofByteArray());

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("x-which")).contains("last");
        assertThat(response.body()).isEqualTo(bytes(length));
        assertThat(handled).containsExactly(503);
        assertThat(server.requests()).hasSize(3);
        assertThat(listener.reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    @Test
    void send_exhaustedHead_returnsTheLastAnswer() throws Exception {
        server.otherwise(Reply.of(503).body("of the GET"));
        HttpRequest head = HttpRequest.newBuilder(server.uri())
                .method("HEAD", BodyPublishers.noBody())
                .build();

        HttpResponse<String> response =
                sender.by(listener.client(PLAIN, "")).send(head, watched(BodyHandlers.ofString()));

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("Content-Length")).contains("10");
        assertThat(handled).containsExactly(503);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void send_exhausted_everyKindOfHandlerReadsTheLastBody(@TempDir Path folder) throws Exception {
        byte[] body = bytes(300_000);
        server.otherwise(Reply.of(503).body(body));

        try (InputStream stream = sender.by(new RecordingListener().client(PLAIN, ""))
                .send(put(), BodyHandlers.ofInputStream())
                .body()) {
            assertThat(stream.readAllBytes()).isEqualTo(body);
        }
        Path file = sender.by(new RecordingListener().client(PLAIN, ""))
                .send(put(), BodyHandlers.ofFile(folder.resolve("body")))
                .body();
        assertThat(Files.readAllBytes(file)).isEqualTo(body);
        assertThat(sender.by(new RecordingListener().client(PLAIN, ""))
                        .send(put(), BodyHandlers.replacing("other"))
                        .body())
                .isEqualTo("other");
        assertThat(sender.by(new RecordingListener().client(PLAIN, ""))
                        .send(put(), BodyHandlers.discarding())
                        .body())
                .isNull();

        server.otherwise(Reply.of(503).body("one\ntwo\n"));
        assertThat(sender.by(new RecordingListener().client(PLAIN, ""))
                        .send(put(), BodyHandlers.ofLines())
                        .body()
                        .collect(Collectors.toList()))
                .containsExactly("one", "two");
    }

    @Test
    void send_last_answerIsThatOfItsRequest() throws Exception {
        server.otherwise(Reply.of(503));

        HttpResponse<String> response = send(BodyHandlers.ofString());

        assertThat(response.uri()).isEqualTo(server.uri());
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(response.request().method()).isEqualTo("PUT");
        assertThat(response.request().headers().firstValue("Respite-Attempt")).contains("3");
        assertThat(response.previousResponse()).isEmpty();
        assertThat(response.sslSession()).isEmpty();
        assertThat(response).hasToString("(PUT " + server.uri() + ") 503");
    }

    @Test
    void send_answerThatWasThrownAway_hasNoBodyForListeners() throws Exception {
        server.then(Reply.of(503).body("a"));

        send(BodyHandlers.ofString());

        HttpResponse<?> thrownAway = (HttpResponse<?>)
                ((Outcome.Success<?>) listener.failures().get(0).outcome()).value();
        assertThat(thrownAway.statusCode()).isEqualTo(503);
        assertThatIllegalStateException().isThrownBy(thrownAway::body);
    }

    @Test
    void send_smallBodiesThrownAway_leaveTheirConnectionInThePool() throws Exception {
        server.then(
                Reply.of(503).body("a"),
                Reply.of(503).body(bytes(60_000)),
                Reply.of(500),
                Reply.of(429).body("d"));

        assertThat(sender.by(listener.client(PLAIN, "max-attempts=5"))
                        .send(put(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.requests()).hasSize(5);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void send_lastAnswerRead_leavesItsConnectionInThePool() throws Exception {
        server.otherwise(Reply.of(503).body(bytes(100)));

        send(BodyHandlers.ofString());
        sender.by(new RecordingListener().client(PLAIN, "")).send(put(), BodyHandlers.ofString());

        assertThat(server.requests()).hasSize(6);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void send_largeBodyThrownAway_isGivenUpWithItsConnection() throws Exception {
        server.then(Reply.of(503).body(bytes(8_000_000)));

        assertThat(send(BodyHandlers.ofString()).body()).isEqualTo("ok");
        assertThat(server.connections()).isEqualTo(2);
        await().until(() -> server.abandoned() == 1);
    }

    @Test
    void send_bodyThrownAwayThatNeverEnds_holdsTheNextAttemptUpForAMoment() throws Exception {
        RealTime.assertTakesAtMost(Duration.ofSeconds(1), () -> {
            server.then(ServerFault.hangInBody(503, "12345"));
            assertThat(send(BodyHandlers.ofString()).body()).isEqualTo("ok");
        });
        assertThat(server.connections()).isGreaterThan(1);
        await().until(() -> server.abandoned() == server.connections() - 1);
    }

    @Test
    void send_lastBodyThatBreaksOff_isAnIoException() {
        server.otherwise(ServerFault.half(503, "12345"));

        assertThatThrownBy(() -> send(BodyHandlers.ofString()))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(HttpTimeoutException.class);
        assertThat(listener.outcomes()).containsExactly("503", "503", "503");
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-attempts=1 attempt-timeout=200ms", "max-attempts=1 total-timeout=200ms"})
    void send_lastBodyThatHangs_isATimeoutAndNotHalfABody(String policy) {
        server.otherwise(ServerFault.hangInBody(503, "12345"));

        assertThatThrownBy(() -> sender.by(listener.client(PLAIN, policy)).send(put(), BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
        // On a slow machine the time may be up before the server has read the request.
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void send_handlerThatThrowsOnTheLastAnswer_letsItsConnectionGo() {
        server.otherwise(Reply.of(503).body(bytes(8_000_000)));
        BodyHandler<String> picky = info -> {
            throw new IllegalStateException("status " + info.statusCode());
        };

        assertThatIllegalStateException().isThrownBy(() -> send(picky)).withMessage("status 503");
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void send_handlerThatThrowsOnAGoodAnswer_isNotRetried() {
        BodyHandler<String> picky = info -> {
            throw new IllegalStateException("status " + info.statusCode());
        };

        assertThatThrownBy(() -> send(picky)).hasStackTraceContaining("status 200");
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
    }

    @Test
    void send_refusedByTheBudget_returnsTheAnswerWithItsBody() throws Exception {
        server.otherwise(Reply.of(503).body("busy"));

        assertThat(sender.by(listener.client(PLAIN, "budget=success:0.5/10/10"))
                        .send(put(), BodyHandlers.ofString())
                        .body())
                .isEqualTo("busy");
        assertThat(listener.reason()).isEqualTo(StopReason.BUDGET_EXHAUSTED);
        assertThat(server.requests()).hasSize(2);
    }
}
