package dev.respite.apache5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.Bodies;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.policy.RetryPolicy;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies of responses that are read inside the attempt. */
class ApacheBufferedBodyTest extends ApacheFixture {

    /** Longer than the first window of the flow control. */
    private static final int MAX = 100_000;

    private static ApacheRetry buffering() {
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

    @ParameterizedTest
    @EnumSource
    void bodyOfAPostThatBreaksOff_isNotSentAgain(Way way) {
        server.otherwise(ServerFault.half(200, "begun"));

        assertThat(result(way, buffering(), post())).isEqualTo("ConnectionClosedException");
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
        assertThat(result(way, buffering(), get())).isEqualTo("ConnectionClosedException");
        assertRequests(3);
    }

    /** Its last chunk is a part of it. */
    @ParameterizedTest
    @EnumSource
    void bodyOfTheLimit_isReturnedWhole(Way way) {
        String body = Bodies.text(MAX);
        server.then(Bodies.pausing(body, true, MAX, 0), Bodies.pausing(body, false, MAX, 0))
                .otherwise(Bodies.gzipped(body));

        for (int i = 0; i < 3; i++) {
            assertThat(result(way, buffering(), get())).isEqualTo("200 " + body);
        }
        assertRequests(3);
    }

    /** One without an end would be a late attempt, which is sent again. */
    @ParameterizedTest
    @EnumSource
    void eventStream_isPassedOn(Way way) {
        server.otherwise(Bodies.events("data: 1\n\n"));

        try (TestClient client = way.open(builder -> {
            builder.config(config -> config.setResponseTimeout(Timeout.ofSeconds(1)));
            builder.install(buffering());
        })) {
            assertThat(client.send(get())).isEqualTo("SocketTimeoutException");
        }
        assertRequests(1);
        server.closeForcibly();
    }

    @ParameterizedTest
    @EnumSource
    void responseWithoutABody_isReturned(Way way) {
        server.then(Reply.of(204), Reply.of(200).body("not sent"))
                .otherwise(Reply.of(200).body(""));
        Outgoing head = new Outgoing("HEAD", server.uri(), Outgoing.Body.NONE, Map.of());

        assertThat(result(way, buffering(), get())).isEqualTo("204 ");
        assertThat(result(way, buffering(), head)).isEqualTo("200 ");
        assertThat(result(way, buffering(), get())).isEqualTo("200 ");
        assertRequests(3);
    }

    /** A body that is rejected has a short time only, as without buffering. */
    @ParameterizedTest
    @EnumSource
    void rejectedBody_isNotBuffered(Way way) {
        server.then(ServerFault.hangInBody(503, "x"), ServerFault.hangInBody(503, "x"))
                .otherwise(Reply.of(503).body("busy"));
        RetryPolicy policy = RetryPolicy.parse("attempt-timeout=1m base-delay=1ms budget=off");

        assertThat(result(way, retrying(policy).withBufferedBodies(MAX), get())).isEqualTo("503 busy");
        assertRequests(3);
        server.closeForcibly();
    }

    @ParameterizedTest
    @EnumSource
    void connection_isReleasedBeforeTheDelay(Way way) {
        server.otherwise(ServerFault.half(200, "begun"));

        try (TestClient client = way.open(retrying(PATIENT).withBufferedBodies(MAX))) {
            TestClient.Started started = client.start(get());
            await().until(() -> server.requests().size() == 1);

            assertNoneLeased(client);

            started.cancel().run();
            assertThatThrownBy(() -> started.response().get(10, TimeUnit.SECONDS))
                    .isNotInstanceOf(TimeoutException.class);
        }
        assertRequests(1);
    }

    @ParameterizedTest
    @EnumSource
    void cancel_whileABodyIsBuffered_endsTheCall(Way way) throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        server.otherwise(Bodies.hanging(begun));
        try (TestClient client = way.open(retrying(PATIENT).withBufferedBodies(MAX))) {
            TestClient.Started started = client.start(get());
            begun.get(10, TimeUnit.SECONDS);

            started.cancel().run();

            assertThatThrownBy(() -> started.response().get(10, TimeUnit.SECONDS))
                    .isNotInstanceOf(TimeoutException.class);
            assertNoneLeased(client);
            await().untilAsserted(() -> assertThat(server.abandoned()).isEqualTo(1));
        }
        assertRequests(1);
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
