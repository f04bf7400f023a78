package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.KEY;
import static dev.respite.idempotency.servlet.TomcatFixture.assertProblem;
import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static dev.respite.idempotency.servlet.TomcatFixture.isReplay;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter withstands clients that disconnect, stall, or send hostile keys and bodies over the limit. */
class ClientFaultsTest {

    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void fault40_clientGoesAwayWhileTheHandlerRuns_isPaidAndReplayed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        fixture.serve((request, response) -> {
            begun.countDown();
            TomcatFixture.await(mayEnd);
            fixture.pay(request, response);
        });
        try (Socket socket = fixture.socket()) {
            socket.setSoLinger(true, 0);
            socket.getOutputStream()
                    .write(TomcatFixture.head("Idempotency-Key: \"k\"\r\nContent-Length: 3\r\n\r\n100"));
            begun.await();
        }
        mayEnd.countDown();
        HttpResponse<String> again = fixture.postUntilDone("\"k\"");
        assertThat(again.body()).isEqualTo("paid 100 as number 1");
        assertThat(isReplay(again)).isTrue();
    }

    @Test
    void fault40_clientDisconnectsDuringTheResponse_getsAllOfItLater() throws Exception {
        String large = "x".repeat(60_000);
        fixture.serve((request, response) -> {
            fixture.effects.incrementAndGet();
            response.getWriter().write(large);
        });
        try (Socket socket = fixture.socket()) {
            socket.setSoLinger(true, 0);
            socket.setReceiveBufferSize(1024);
            socket.getOutputStream()
                    .write(TomcatFixture.head("Idempotency-Key: \"k\"\r\nContent-Length: 3\r\n\r\n100"));
            assertThat(socket.getInputStream().readNBytes(500)).hasSize(500);
        }
        HttpResponse<String> again = fixture.post("\"k\"");
        assertThat(again.body()).isEqualTo(large);
        assertThat(isReplay(again)).isTrue();
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void fault40_clientGoesAwayInTheMiddleOfItsBody_nothingIsClaimed() throws Exception {
        fixture.servePayments();
        try (Socket socket = fixture.socket()) {
            socket.getOutputStream().write(TomcatFixture.head("Idempotency-Key: \"k\"\r\nContent-Length: 3\r\n\r\n1"));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .doesNotContain("paid");
        }
        HttpResponse<String> whole = fixture.post("\"k\"");
        assertThat(whole.body()).isEqualTo("paid 100 as number 1");
        assertThat(isReplay(whole)).isFalse();
    }

    @Test
    void fault43_bodyOverTheLimit_isRejectedAndNothingClaimed() throws Exception {
        fixture.serve(IdempotencyFilter.of(guard(fixture.store).withBodyLimit(10)), fixture::pay);
        assertProblem(fixture.send(fixture.request("/pay", "12345678901").header(KEY, "\"k\"")), 413, "body-too-large");
        assertProblem(
                fixture.send(request -> request.header(KEY, "\"k\"")
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[50_000])))),
                413,
                "body-too-large");
        assertThat(fixture.send(fixture.request("/pay", "1234567890").header(KEY, "\"k\""))
                        .statusCode())
                .isEqualTo(201);
        assertThat(fixture.effects).hasValue(1);
    }

    /** Answered before it has been sent, let alone held. */
    @Test
    void fault43_bodyAnnouncedAsHuge_isRejectedAtOnce() throws Exception {
        fixture.servePayments();
        try (Socket socket = fixture.socket()) {
            socket.getOutputStream()
                    .write(TomcatFixture.head("Idempotency-Key: \"k\"\r\nContent-Length: 100000000\r\n\r\n"));
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
                    .isEqualTo("HTTP/1.1 413");
        }
    }

    /** Answered as soon as it is over the limit, however much is to come. */
    @Test
    void fault43_endlessBody_isRejectedAtTheLimit() throws Exception {
        fixture.servePayments();
        try (Socket socket = fixture.socket()) {
            OutputStream out = socket.getOutputStream();
            out.write(TomcatFixture.head("Idempotency-Key: \"k\"\r\nTransfer-Encoding: chunked\r\n\r\n"));
            byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 17; i++) {
                out.write(chunk);
            }
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
                    .isEqualTo("HTTP/1.1 413");
        }
        assertThat(fixture.effects).hasValue(0);
    }

    @Test
    void fault43_bodyThatDoesNotCome_endsBeforeTheClaim() throws Exception {
        fixture.withPatience(300).servePayments();
        try (Socket socket = fixture.socket()) {
            socket.getOutputStream().write(TomcatFixture.head("Idempotency-Key: \"k\"\r\nContent-Length: 3\r\n\r\n1"));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .doesNotContain("paid");
        }
        assertThat(isReplay(fixture.post("\"k\""))).isFalse();
        assertThat(fixture.effects).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"k", "\"\"", "\"a\", \"b\"", "\"a", "\"ü\""})
    void fault47_malformedKey_isRejected(String key) throws Exception {
        fixture.servePayments();
        assertRefused("Idempotency-Key: " + key + "\r\n");
    }

    @Test
    void fault47_hostileFields_areRejected() throws Exception {
        fixture.servePayments();
        assertRefused("Idempotency-Key: \"a\"\r\nIdempotency-Key: \"a\"\r\n");
        assertRefused("Idempotency-Key: \"" + "k".repeat(6_000) + "\"\r\n");
        assertRefused("Idempotency-Key: \"a\0b\"\r\n");
    }

    private void assertRefused(String field) throws Exception {
        try (Socket socket = fixture.socket()) {
            socket.getOutputStream()
                    .write(TomcatFixture.head(field + "Connection: close\r\nContent-Length: 3\r\n\r\n100"));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400");
        }
        assertThat(fixture.effects).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'; DROP TABLE x --", "K", "k", "{a}", "$(id)", "<script>"})
    void fault47_metacharacters_areKeysLikeOthers(String key) throws Exception {
        fixture.servePayments();
        fixture.post("\"" + key + "\"");
        assertThat(isReplay(fixture.post("\"" + key + "\""))).isTrue();
        assertThat(fixture.effects).hasValue(1);
    }
}
