package dev.respite.apache5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.FaultyServer.Received;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.RealTime;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits in time, and cancellation. */
class ApacheTimeoutTest extends ApacheFixture {

    @ParameterizedTest
    @EnumSource
    void attempt_endsAtItsTimeout(Way way) throws Exception {
        for (ServerFault fault : List.of(ServerFault.hang(), ServerFault.dripHead(200, 60))) {
            RealTime.assertOnce(() -> assertEndsInTime(way, fault));
        }
    }

    private static void assertEndsInTime(Way way, ServerFault fault) {
        try (FaultyServer own = FaultyServer.start();
                TestClient client = way.open(retrying())) {
            own.otherwise(fault);
            long start = System.nanoTime();

            String result = client.send(Outgoing.get(own.uri()));

            assertThat(result).isEqualTo("SocketTimeoutException");
            assertThat(own.requests()).as(fault.toString()).hasSize(3);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as(fault.toString())
                    .isBetween(Duration.ofMillis(900), Duration.ofMillis(1_600));
            assertNoneLeased(client);
            own.closeForcibly();
        }
    }

    /** The time of an attempt includes the wait for a connection. Then nothing was sent, and a POST is sent again. */
    @ParameterizedTest
    @EnumSource
    void postThatWaitsForAConnection_isSentWhenThereIsOne(Way way) throws Exception {
        server.then(ServerFault.hang()).otherwise(Reply.of(201).body("made"));
        RetryPolicy policy = RetryPolicy.parse("max-attempts=100 attempt-timeout=200ms base-delay=1ms budget=off");
        try (TestClient client = way.open(builder -> {
            builder.config(config -> config.setResponseTimeout(Timeout.ofSeconds(1)));
            builder.install(retrying(policy));
        })) {
            TestClient.Started holder = client.start(post());
            await().until(() -> server.requests().size() == 1);

            TestClient.Started waiting = client.start(post());

            assertThat(waiting.response().get(30, TimeUnit.SECONDS)).isEqualTo("201 made");
            assertThatThrownBy(() -> holder.response().get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(SocketTimeoutException.class);
            assertRequests(2);
            assertNoneLeased(client);
        }
        server.closeForcibly();
    }

    /** The body of an accepted response has the client's own time. */
    @ParameterizedTest
    @EnumSource
    void body_thatIsSlowerThanAnAttempt_isReadToItsEnd(Way way) {
        server.otherwise(ServerFault.drip(200, "x".repeat(3), 400));

        assertThat(result(way, retrying(), get())).isEqualTo("200 xxx");
        assertRequests(1);
    }

    /** The last response may be slow too. */
    @ParameterizedTest
    @EnumSource
    void bodyOfTheLastResponse_isReadToItsEnd(Way way) {
        server.otherwise(ServerFault.drip(503, "x".repeat(3), 200));

        assertThat(result(way, retrying(), get())).isEqualTo("503 xxx");
        assertRequests(3);
    }

    @ParameterizedTest
    @EnumSource
    void bodyThatBreaksOff_isNotRetried(Way way) {
        server.otherwise(ServerFault.half(200, "begun"));

        assertThat(result(way, retrying(), get())).isEqualTo("ConnectionClosedException");
        assertRequests(1);
    }

    @ParameterizedTest
    @EnumSource
    void cancel_inADelay_endsTheCallAtOnce(Way way) {
        server.otherwise(UNAVAILABLE);

        assertCancelled(way, 1, ApacheFixture::assertNoneLeased);
    }

    /** The chain inside of the redirect has another request. */
    @ParameterizedTest
    @EnumSource
    void cancel_inADelayAfterARedirect_endsTheCallAtOnce(Way way) {
        server.then(Reply.of(302).header("Location", "/other")).otherwise(UNAVAILABLE);

        assertCancelled(way, 2, ApacheFixture::assertNoneLeased);
    }

    @ParameterizedTest
    @EnumSource
    void cancel_inAnAttempt_endsTheCallAtOnce(Way way) {
        server.otherwise(ServerFault.hang());

        assertCancelled(way, 1, client -> {});
    }

    /** Cancels a call when the server has so many requests, and the client has come to some point. In a delay no connection is leased. */
    private void assertCancelled(Way way, int requests, Consumer<TestClient> reached) {
        try (TestClient client = way.open(recorded(PATIENT))) {
            TestClient.Started started = client.start(get());
            await().until(() -> server.requests().size() == requests);
            reached.accept(client);

            started.cancel().run();

            assertThatThrownBy(() -> started.response().get(10, TimeUnit.SECONDS))
                    .satisfies(failure -> assertThat(
                                    failure instanceof ExecutionException failed ? failed.getCause() : failure)
                            .isInstanceOfAny(RequestFailedException.class, CancellationException.class));
            assertNoneLeased(client);
        }
        await().untilAsserted(() ->
                assertThat(reasons).as("no failure of the server").last().isEqualTo(StopReason.CANCELLED));
        assertRequests(requests);
    }

    @ParameterizedTest
    @EnumSource
    void rejectedBody_thatIsLongOrSlow_isNotWaitedFor(Way way) throws Exception {
        RealTime.assertOnce(() -> {
            int before = server.requests().size();
            server.then(Reply.of(503).body(new byte[4_000_000]), ServerFault.drip(503, "x".repeat(50), 60))
                    .otherwise(Reply.of(200).body("ok"));

            assertThat(result(way, retrying(), get())).isEqualTo("200 ok");

            List<Received> requests = server.requests();
            assertThat(requests).hasSize(before + 3);
            assertThat(Duration.ofNanos(requests.get(before + 2).nanos()
                            - requests.get(before + 1).nanos()))
                    .isLessThan(Duration.ofMillis(600));
        });
    }

    @ParameterizedTest
    @EnumSource
    void responseTimeoutOfTheClient_thatIsShorter_counts(Way way) {
        server.otherwise(ServerFault.hang());
        try (TestClient client = way.open(builder -> {
            builder.config(config -> config.setResponseTimeout(Timeout.ofMilliseconds(50)));
            builder.install(retrying(RetryPolicy.parse("max-attempts=3 attempt-timeout=1m base-delay=1ms budget=off")));
        })) {
            assertThat(client.send(get())).isEqualTo("SocketTimeoutException");
        }
        assertRequests(3);
        server.closeForcibly();
    }
}
