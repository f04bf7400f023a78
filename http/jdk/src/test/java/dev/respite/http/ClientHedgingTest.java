package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.FaultyServer.Received;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hedged requests at a real server: the response that wins, and the connections that the client releases. */
@ParameterizedClass
@EnumSource(Sender.class)
class ClientHedgingTest {

    private static final Duration DELAY = Duration.ofMillis(200);

    /** So long that no hedge is sent. */
    private static final Duration NEVER = Duration.ofSeconds(15);

    private static final Reply OK = Reply.of(200).body("ok");

    private final Sender sender;
    private final HttpClient plain = RecordingListener.plain();
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();
    private final CountDownLatch gate = new CountDownLatch(1);

    ClientHedgingTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private RetryingHttpClient client(String policy) {
        return listener.client(plain, policy).withHedging(DELAY);
    }

    private RetryingHttpClient patient(String policy) {
        return listener.client(plain, policy).withHedging(NEVER);
    }

    private HttpRequest get() {
        return HttpRequest.newBuilder(server.uri()).build();
    }

    private HttpResponse<String> send(RetryingHttpClient client, HttpRequest request) throws Exception {
        return sender.by(client).send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> send(String policy) throws Exception {
        return send(client(policy), get());
    }

    /** The first attempt may reach the server after the second one, so the order of requests decides nothing. */
    private void respond(ServerFault first, ServerFault second) {
        server.otherwise(line -> {
            boolean again = !line.request().values("Respite-Attempt").isEmpty();
            boolean other = line.request().target().equals("/other");
            return (other ? OK : again ? second : first).act(line);
        });
    }

    /** Responds when the gate is open. */
    private ServerFault gated(ServerFault fault) {
        return line -> {
            assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
            return fault.act(line);
        };
    }

    /** On a thread of its own: the common pool, which may have one thread, sends the hedges. */
    private void openGateWhen(int failures) {
        Thread opener = new Thread(() -> {
            await().until(() -> listener.failures().size() == failures);
            gate.countDown();
        });
        opener.setDaemon(true);
        opener.start();
    }

    private void assertNoConnectionIsLeaked() throws Exception {
        await().untilAsserted(() -> assertThat(server.openConnections()).isLessThanOrEqualTo(1));
        // Whatever is open is in the pool, or the next request would open another one.
        int before = server.connections();
        int open = server.openConnections();
        plain.send(HttpRequest.newBuilder(server.uri("/other")).build(), BodyHandlers.ofString());
        assertThat(server.connections()).isEqualTo(before + 1 - open);
    }

    @Test
    void send_inTime_makesOneRequest() throws Exception {
        assertThat(send(patient(""), get()).body()).isEqualTo("ok");
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.outcomes()).containsExactly("ok");
    }

    @Test
    void send_whoseFirstAttemptHangs_returnsTheSecondAndCancelsTheFirst() throws Exception {
        respond(ServerFault.hang(), OK);
        assertThat(send("").body()).isEqualTo("ok");

        assertThat(server.requests())
                .extracting(seen -> seen.values("Respite-Attempt"))
                .containsExactlyInAnyOrder(List.of(), List.of("2"));
        assertThat(listener.outcomes()).containsExactly("cancelled", "ok");
        await().untilAsserted(() -> assertThat(server.abandoned()).isEqualTo(1));
        assertNoConnectionIsLeaked();
    }

    @Test
    void send_whoseHedgeIsRejected_waitsForTheFirst() throws Exception {
        respond(gated(Reply.of(200).body("first")), Reply.of(503).body("busy"));
        openGateWhen(1);
        assertThat(send("").body()).isEqualTo("first");

        assertThat(server.requests()).hasSize(2);
        assertThat(listener.outcomes()).containsExactly("ok", "503");
        assertNoConnectionIsLeaked();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Should-Retry: false", "Retry-After: 1000"})
    void send_whoseHedgeMustNotBeSentAgain_waitsForTheFirst(String hint) throws Exception {
        String[] field = hint.split(": ", -1);
        respond(
                gated(Reply.of(200).body("first")),
                Reply.of(503).header(field[0], field[1]).body("busy"));
        openGateWhen(1);
        StringBuilder read = new StringBuilder();
        HttpResponse<Void> response = sender.by(client("")).send(get(), sink(read));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(read).hasToString("first");
        assertThat(server.requests()).hasSize(2);
        assertNoConnectionIsLeaked();
    }

    @Test
    void send_rejectedAtOnce_isSentAgainAtOnceOnTheSameConnection() throws Exception {
        server.then(Reply.of(503).body("busy"));
        RetryingHttpClient slow = patient("base-delay=10s max-delay=10s jitter=none");
        assertThat(send(slow, get()).body()).isEqualTo("ok");
        assertThat(server.requests()).hasSize(2);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void send_alwaysRejected_returnsTheLastResponseWithItsBody() throws Exception {
        server.otherwise(Reply.of(503).header("X-Should-Retry", "false").body("busy"));
        HttpResponse<String> response = send(patient(""), get());
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("busy");
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.RETRY_FORBIDDEN_BY_SERVER);
        assertNoConnectionIsLeaked();
    }

    @Test
    void send_ofAnUnkeyedPost_isNotHedged() {
        respond(ServerFault.hang(), OK);
        HttpRequest post = HttpRequest.newBuilder(server.uri())
                .POST(BodyPublishers.ofString("x"))
                .build();
        assertThatThrownBy(() -> send(client("attempt-timeout=500ms"), post)).isInstanceOf(HttpTimeoutException.class);
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    void send_thatIsIdempotentButHasAnEffect_isRetriedAndNotHedged(String method) throws Exception {
        respond(gated(Reply.of(200).body("first")), OK);
        HttpRequest put = HttpRequest.newBuilder(server.uri())
                .method(method, BodyPublishers.ofString("x"))
                .build();
        CompletableFuture<Void> unused = CompletableFuture.runAsync(
                gate::countDown, CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
        assertThat(send(client(""), put).body()).isEqualTo("first");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void send_ofAKeyedPost_isHedgedUnderOneKey() throws Exception {
        respond(ServerFault.hang(), OK);
        RetryingHttpClient keyed = client("").withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri()));
        HttpRequest post = HttpRequest.newBuilder(server.uri())
                .POST(BodyPublishers.ofString("100 EUR"))
                .build();
        assertThat(send(keyed, post).body()).isEqualTo("ok");

        List<Received> requests = server.requests();
        assertThat(requests).extracting(Received::text).containsExactly("100 EUR", "100 EUR");
        assertThat(requests.get(0).values("Idempotency-Key"))
                .hasSize(1)
                .isEqualTo(requests.get(1).values("Idempotency-Key"));
    }

    @Test
    void send_ofAKeyedPostThatMayBeRedirected_isNotHedged() {
        respond(ServerFault.hang(), OK);
        RetryingHttpClient keyed = listener.client(
                        RecordingListener.builder()
                                .followRedirects(HttpClient.Redirect.NORMAL)
                                .build(),
                        "attempt-timeout=500ms")
                .withHedging(DELAY)
                .withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri()));
        HttpRequest post = HttpRequest.newBuilder(server.uri())
                .POST(BodyPublishers.ofString("100 EUR"))
                .build();
        assertThatThrownBy(() -> send(keyed, post)).isInstanceOf(HttpTimeoutException.class);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void send_ofABodyThatCanBeReadOnce_isRetriedAndNotHedged() throws Exception {
        respond(ServerFault.hang(), OK);
        HttpRequest once = HttpRequest.newBuilder(server.uri())
                .header("Idempotency-Key", "\"k\"")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[] {1})))
                .build();
        assertThat(send(client("attempt-timeout=500ms"), once).body()).isEqualTo("ok");
        assertThat(server.requests()).hasSize(2);
        assertThat(listener.outcomes()).containsExactly("timeout", "ok");
    }

    @Test
    void send_whoseBodyBreaksOff_isSentAgain() throws Exception {
        server.then(ServerFault.half(200, "12345"));
        assertThat(send(patient(""), get()).body()).isEqualTo("ok");
        assertThat(server.requests()).hasSize(2);
        assertThat(listener.outcomes()).containsExactly("io", "ok");
    }

    /** The first response comes while the second one is written to the file. */
    @Test
    void send_toAFile_writesOneResponse(@TempDir Path folder) throws Exception {
        CountDownLatch firstIsThere = new CountDownLatch(1);
        respond(
                gated(line -> {
                    Reply.of(200).body("aaaaaaaaaaaaaaaaaaaaaaaa").act(line);
                    firstIsThere.countDown();
                    return true;
                }),
                line -> {
                    line.write("HTTP/1.1 200 \r\nContent-Length: 10\r\n\r\nbbbbb");
                    assertThat(firstIsThere.await(30, TimeUnit.SECONDS)).isTrue();
                    line.pause(100);
                    line.write("bbbbb");
                    return true;
                });
        Path file = folder.resolve("body");
        AtomicInteger handled = new AtomicInteger();
        BodyHandler<Path> handler = info -> {
            handled.incrementAndGet();
            gate.countDown();
            return BodyHandlers.ofFile(file).apply(info);
        };
        sender.by(client("")).send(get(), handler);

        assertThat(file).hasContent("bbbbbbbbbb");
        assertThat(handled).hasValue(1);
        assertThat(listener.outcomes()).containsExactly("cancelled", "ok");
        assertNoConnectionIsLeaked();
        assertThat(Files.readString(file)).isEqualTo("bbbbbbbbbb");
    }

    /** The response that waits for its turn is read when the one that is read breaks off. */
    @Test
    void send_whoseReadResponseBreaksOff_readsTheOneThatWaits() throws Exception {
        CountDownLatch firstIsThere = new CountDownLatch(1);
        respond(
                gated(line -> {
                    Reply.of(200).body("whole").act(line);
                    firstIsThere.countDown();
                    return true;
                }),
                line -> {
                    line.write("HTTP/1.1 200 \r\nContent-Length: 10\r\n\r\nhalf");
                    assertThat(firstIsThere.await(30, TimeUnit.SECONDS)).isTrue();
                    line.pause(200);
                    return false;
                });
        BodyHandler<String> handler = info -> {
            gate.countDown();
            return BodyHandlers.ofString().apply(info);
        };
        assertThat(sender.by(client("")).send(get(), handler).body()).isEqualTo("whole");
        assertThat(server.requests()).hasSize(2);
        assertThat(listener.outcomes()).containsExactly("ok", "io");
        assertNoConnectionIsLeaked();
    }

    @Test
    void send_whoseAttemptsHang_endsAtTheTotalTimeoutAndReleasesBoth() throws Exception {
        server.then(ServerFault.hang(), ServerFault.hang());
        assertThatThrownBy(() -> send("total-timeout=500ms")).isInstanceOf(HttpTimeoutException.class);
        assertThat(server.requests()).hasSize(2);
        await().untilAsserted(() -> assertThat(server.openConnections()).isZero());
    }

    @Test
    void send_whoseHandlerThrows_endsWithThatAndIsNotSentAgain() {
        BodyHandler<String> broken = info -> {
            throw new IllegalStateException("bug");
        };
        assertThatThrownBy(() -> sender.by(patient("")).send(get(), broken)).hasStackTraceContaining("bug");
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.bugs()).isEmpty();
    }

    @Test
    void withHedging_delayOutOfItsRange_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client("total-timeout=40ms"))
                .withMessageContaining("total-timeout of 40ms comes first");
        RetryPolicy shorter = RetryPolicy.parse("total-timeout=40ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client("").withPolicy(shorter))
                .withMessageContaining("total-timeout of 40ms comes first");
    }

    private static BodyHandler<Void> sink(StringBuilder read) {
        return BodyHandlers.ofByteArrayConsumer(
                bytes -> bytes.ifPresent(some -> read.append(new String(some, StandardCharsets.UTF_8))));
    }
}
