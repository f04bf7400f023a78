package dev.respite.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.Bodies;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies of responses that are read inside the attempt. */
class OkHttpBufferedBodyTest extends OkHttpFixture {

    private static final int MAX = 10_000;
    private static final RetryPolicy PATIENT = RetryPolicy.parse("max-attempts=3 base-delay=1m jitter=none budget=off");

    private OkHttpRetry buffering() {
        return retrying().withBufferedBodies(MAX);
    }

    static Stream<Arguments> brokenBodies() {
        return Stream.of(Way.values()).flatMap(way -> Bodies.broken(MAX).map(body -> Arguments.of(way, body)));
    }

    @ParameterizedTest
    @MethodSource("brokenBodies")
    void bodyThatBreaksOff_isAFailedAttempt(Way way, Bodies.Named broken) {
        server.then(broken.fault(), broken.fault()).otherwise(Reply.of(200).body("ok"));

        assertThat(result(way, buffering(), get())).isEqualTo("200 ok");
        assertRequests(3);
    }

    /** The failure is the client's own. */
    @ParameterizedTest
    @EnumSource
    void bodyThatBreaksOff_isTheCallers_withoutBuffering(Way way) {
        server.otherwise(ServerFault.half(200, "begun"));

        assertThat(result(way, retrying(), get())).isEqualTo("ProtocolException");
        assertRequests(1);
    }

    @ParameterizedTest
    @EnumSource
    void bodyOfAPostThatBreaksOff_isNotSentAgain(Way way) {
        server.otherwise(ServerFault.half(200, "begun"));

        assertThatThrownBy(() -> way.send(buffering(), post())).isInstanceOf(IOException.class);
        assertRequests(1);
    }

    @ParameterizedTest
    @EnumSource
    void bodyThatIsSlowerThanAnAttempt_isALateAttempt(Way way) {
        server.then(ServerFault.drip(200, "xxx", 250), ServerFault.hangInBody(200, "x"))
                .otherwise(Reply.of(200).body("ok"));

        assertThat(result(way, buffering(), get())).isEqualTo("200 ok");
        assertRequests(3);
        server.closeForcibly();
    }

    /** It is whole: its beginning is in memory, and the client's own time holds for the rest. */
    @ParameterizedTest
    @EnumSource
    void bodyThatIsTooLong_isPassedOn(Way way) {
        for (boolean chunked : new boolean[] {false, true}) {
            String body = Bodies.text(3 * MAX);
            server.then(Bodies.pausing(body, chunked, MAX + 1, 700));

            assertThat(result(way, buffering(), get())).isEqualTo("200 " + body);
        }
        server.then(Bodies.pausing(Bodies.text(3 * MAX), true, 3 * MAX, 0).withoutEnd());
        assertThat(result(way, buffering(), get())).isIn("EOFException", "ProtocolException");
        assertRequests(3);
    }

    @ParameterizedTest
    @EnumSource
    void eventStream_isPassedOn(Way way) throws Exception {
        server.otherwise(Bodies.events("data: 1\n\n"));

        try (Response response = way.send(buffering(), get())) {
            assertThat(response.body().source().readUtf8Line()).isEqualTo("data: 1");
        }
        assertRequests(1);
        server.closeForcibly();
    }

    @ParameterizedTest
    @EnumSource
    void responseWithoutABody_isReturned(Way way) {
        server.then(Reply.of(204), Reply.of(200).body("not sent"))
                .otherwise(Reply.of(200).body(""));
        Request head = get().newBuilder().head().build();

        assertThat(result(way, buffering(), get())).isEqualTo("204 ");
        assertThat(result(way, buffering(), head)).isEqualTo("200 ");
        assertThat(result(way, buffering(), get())).isEqualTo("200 ");
        assertRequests(3);
    }

    @ParameterizedTest
    @EnumSource
    void compressedBody_isReadAsItWasWritten(Way way) {
        String body = Bodies.text(MAX);
        server.otherwise(Bodies.gzipped(body));

        assertThat(result(way, buffering(), get())).isEqualTo("200 " + body);
        assertRequests(1);
    }

    /** A body that is rejected has a short time only, as without buffering. */
    @ParameterizedTest
    @EnumSource
    void rejectedBody_isNotBuffered(Way way) {
        server.then(ServerFault.hangInBody(503, "x"), ServerFault.hangInBody(503, "x"))
                .otherwise(Reply.of(503).body("busy"));

        assertThat(result(
                        way,
                        retrying(plain, RetryPolicy.parse("attempt-timeout=1m base-delay=1ms budget=off"))
                                .withBufferedBodies(MAX),
                        get()))
                .isEqualTo("503 busy");
        assertRequests(3);
        server.closeForcibly();
    }

    @ParameterizedTest
    @EnumSource
    void connection_isReleasedWithTheBody(Way way) throws Exception {
        server.then(Reply.of(200).body("ok"));

        try (Response response = way.send(buffering(), get())) {
            assertThat(plain.connectionPool().idleConnectionCount()).isEqualTo(1);
            assertThat(response.body().string()).isEqualTo("ok");
        }
    }

    /** A call that is executed has its connection until the next attempt, whatever its response is: OkHttp releases it then. */
    @Test
    void connection_isReleasedBeforeADelay() {
        server.otherwise(ServerFault.half(200, "begun"));
        Call call = Way.ENQUEUE.call(retrying(plain, PATIENT).withBufferedBodies(MAX), get());
        CompletableFuture<Response> result = Way.ENQUEUE.start(call);
        await().until(() -> server.requests().size() == 1);

        await().untilAsserted(() ->
                assertThat(plain.connectionPool().connectionCount()).isZero());

        call.cancel();
        assertThatThrownBy(() -> result.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        assertRequests(1);
    }

    @ParameterizedTest
    @EnumSource
    void cancel_whileABodyIsBuffered_endsTheCall(Way way) throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        server.otherwise(Bodies.hanging(begun));
        Call call = way.call(retrying(plain, PATIENT).withBufferedBodies(MAX), get());
        CompletableFuture<Response> result = way.start(call);
        begun.get(10, TimeUnit.SECONDS);

        call.cancel();

        assertThatThrownBy(() -> result.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        await().untilAsserted(() -> assertThat(server.abandoned()).isEqualTo(1));
        assertRequests(1);
    }

    /** The body of a 101 is the connection. */
    @Test
    void webSocket_isOpened() {
        server.otherwise(Bodies.webSocket());
        CompletableFuture<String> opened = new CompletableFuture<>();

        WebSocket socket = buffering().client().newWebSocket(get(), new WebSocketListener() {
            @Override
            public void onOpen(WebSocket own, Response response) {
                opened.complete("open");
            }

            @Override
            public void onFailure(WebSocket own, Throwable failure, Response response) {
                opened.completeExceptionally(failure);
            }
        });

        assertThat(opened).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("open");
        socket.cancel();
        server.closeForcibly();
    }

    @Test
    void limit_isAtLeastOneByte() {
        assertThatThrownBy(() -> retrying().withBufferedBodies(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "withBufferedBodies(0): the limit is at least 1 byte; without this method no body is buffered");
        assertThat(retrying().withBufferedBodies(1)).isNotNull();
    }
}
