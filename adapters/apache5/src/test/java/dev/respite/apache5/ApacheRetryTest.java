package dev.respite.apache5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.Retry;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.FaultyServer.Received;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ReservedPort;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.Cases;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that leave a client of Apache, against a server that counts them. */
class ApacheRetryTest extends ApacheFixture {

    @ParameterizedTest
    @EnumSource
    void get_thatIsUnavailable_isSentAgainAndReturned(Way way) {
        server.then(UNAVAILABLE, UNAVAILABLE).otherwise(Reply.of(200).body("ok"));

        assertThat(result(way, retrying(), get())).isEqualTo("200 ok");

        assertThat(server.requests())
                .extracting(request -> request.values("Respite-Attempt"))
                .containsExactly(List.of(), List.of("2"), List.of("3"));
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void lastResponse_hasItsBody(Way way) {
        server.otherwise(UNAVAILABLE);

        assertThat(result(way, retrying(), get())).isEqualTo("503 busy");

        assertRequests(3);
    }

    /** The body is compressed, and was kept when the connection was released before the delay. */
    @ParameterizedTest
    @EnumSource
    void responseBeforeADelay_inWhichTheCallEnds_hasItsBody(Way way) throws Exception {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
            zip.write("busy".getBytes(StandardCharsets.UTF_8));
        }
        server.otherwise(Reply.of(503).header("Content-Encoding", "gzip").body(zipped.toByteArray()));
        for (boolean disabled : new boolean[] {false, true}) {
            HttpRetry retry = HttpRetry.of(Retry.of(PATIENT));
            int before = server.requests().size();
            try (TestClient client = way.open(builder -> {
                builder.install(ApacheRetry.of(retry));
                if (disabled) {
                    builder.disableAutomaticRetries();
                }
            })) {
                TestClient.Started started = client.start(get());
                await().until(() -> server.requests().size() > before);
                await().until(() -> client.connections().getAvailable() == 1);

                retry.shutdown();

                assertThat(started.response().join()).isEqualTo("503 busy");
                assertNoneLeased(client);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void post_withoutAKey_isSentOnce(Way way) {
        for (ServerFault fault : List.of(
                UNAVAILABLE.header("Retry-After", "0"), Reply.of(408), ServerFault.close(), ServerFault.reset())) {
            try (FaultyServer own = FaultyServer.start(Reply.of(200));
                    TestClient client = way.open(retrying())) {
                Outgoing request = Outgoing.post(own.uri("/orders"));
                String unusedPooled = client.send(request);
                own.otherwise(fault);

                String result = client.send(request);

                assertThat(own.requests()).as(fault + ": " + result).hasSize(2);
            }
        }
    }

    /** The request has been sent, so it may have been processed. */
    @ParameterizedTest
    @EnumSource
    void responseWhoseHeadIsCut_isRetriedIfTheRequestIsIdempotent(Way way) {
        for (String cut : List.of("HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Le")) {
            try (FaultyServer own = FaultyServer.start().otherwise(ServerFault.cutHead(cut));
                    TestClient client = way.open(retrying())) {
                String unusedGet = client.send(Outgoing.get(own.uri()));
                assertThat(own.requests()).as(cut).hasSize(3);

                String unusedPost = client.send(Outgoing.post(own.uri()));
                assertThat(own.requests()).as(cut).hasSize(4);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void post_withAKey_isSentAsOftenAsThePolicyPermitsWithOneKey(Way way) {
        server.otherwise(ServerFault.close());

        String unused = result(way, keyed(), post());

        assertThat(server.requests()).hasSize(3).extracting(Received::text).containsOnly("tea");
        assertThat(server.requests().stream()
                        .map(request -> request.values("Idempotency-Key"))
                        .distinct())
                .singleElement()
                .satisfies(keys -> assertThat(keys).hasSize(1));
    }

    /** After a challenge the client takes the fields from the original request. */
    @ParameterizedTest
    @EnumSource
    void authentication_isAPartOfAnAttempt_andKeepsItsFields(Way way) {
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(
                new AuthScope(null, -1), new UsernamePasswordCredentials("shop", "secret".toCharArray()));
        Reply challenge = Reply.of(401).header("WWW-Authenticate", "Basic realm=\"shop\"");
        server.then(UNAVAILABLE, challenge, UNAVAILABLE).otherwise(Reply.of(201).body("made"));
        ApacheRetry keyed = keyed();
        try (TestClient client = way.open(builder -> {
            builder.credentials(credentials);
            builder.install(keyed);
        })) {
            assertThat(client.send(post())).isEqualTo("201 made");
        }

        assertThat(server.requests())
                .extracting(request -> request.values("Respite-Attempt"))
                .containsExactly(List.of(), List.of("2"), List.of("2"), List.of("3"));
        assertThat(server.requests())
                .extracting(request -> request.values("Authorization").size())
                .containsExactly(0, 0, 1, 1);
        assertThat(server.requests().stream()
                        .map(request -> request.values("Idempotency-Key"))
                        .distinct())
                .singleElement()
                .satisfies(keys -> assertThat(keys).hasSize(1));
        assertThat(server.requests()).extracting(Received::text).containsOnly("tea");
    }

    /** A server that listens from the second attempt on. */
    private static final class LateServer implements AutoCloseable {

        private final ReservedPort port = new ReservedPort();
        private final URI uri = port.uri();
        private final AtomicInteger attempts = new AtomicInteger();
        private volatile Optional<FaultyServer> opened = Optional.empty();

        TestClient client(Way way) {
            return way.open(builder -> {
                builder.install(retrying());
                builder.after(ChainElement.PROTOCOL, () -> {
                    if (attempts.incrementAndGet() == 2) {
                        opened = Optional.of(port.open(Reply.of(201).body("made")));
                    }
                });
            });
        }

        @Override
        public void close() {
            port.close();
            opened.ifPresent(FaultyServer::closeForcibly);
        }
    }

    @ParameterizedTest
    @EnumSource
    void post_thatCannotConnect_isSentWhenTheServerIsThere(Way way) {
        try (LateServer late = new LateServer();
                TestClient client = late.client(way)) {
            assertThat(client.send(Outgoing.post(late.uri))).isEqualTo("201 made");
        }
    }

    /** The exception does not show that nothing was sent: the chain has not come as far as that. */
    @ParameterizedTest
    @EnumSource
    void post_whoseHandshakeBreaks_isSentAgain(Way way) {
        server.otherwise(ServerFault.resetUnread());
        URI secure = URI.create("https://127.0.0.1:" + server.uri().getPort() + "/orders");

        String unused = result(way, retrying(), Outgoing.post(secure));

        assertThat(server.connections()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void bodyThatCannotBeRepeated_isSentOnce_unlessNothingWasSent(Way way) {
        server.otherwise(UNAVAILABLE);

        assertThat(result(way, recorded(POLICY), Outgoing.putOnce(server.uri())))
                .isEqualTo("503 busy");

        assertRequests(1);
        assertThat(reasons).containsExactly(StopReason.INPUT_CONSUMED);
        try (LateServer late = new LateServer();
                TestClient client = late.client(way)) {
            assertThat(client.send(Outgoing.putOnce(late.uri))).isEqualTo("201 made");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keyOfOneServer_isNotSentToAnotherByARedirect(Way way) {
        try (FaultyServer elsewhere = FaultyServer.start()) {
            elsewhere.otherwise(UNAVAILABLE);
            server.then(UNAVAILABLE)
                    .otherwise(Reply.of(307)
                            .header("Location", elsewhere.uri("/other").toString()));

            assertThat(result(way, keyed(), post())).isEqualTo("503 busy");

            assertThat(elsewhere.requests())
                    .singleElement()
                    .satisfies(request ->
                            assertThat(request.values("Idempotency-Key")).isEmpty());
            assertThat(server.requests())
                    .hasSize(2)
                    .allSatisfy(request ->
                            assertThat(request.values("Idempotency-Key")).hasSize(1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void redirect_isACallOfItsOwn(Way way) {
        server.then(UNAVAILABLE, Reply.of(302).header("Location", "/other"), UNAVAILABLE, UNAVAILABLE)
                .otherwise(Reply.of(200).body("ok"));

        assertThat(result(way, retrying(), get())).isEqualTo("200 ok");

        assertThat(server.requests())
                .extracting(Received::target)
                .containsExactly("/orders", "/orders", "/other", "/other", "/other");
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void otherSettingsOfTheBuilder_changeNothing(Way way) {
        server.otherwise(UNAVAILABLE);
        List<Consumer<Way.Builder>> settings = List.of(
                Way.Builder::disableAutomaticRetries,
                Way.Builder::disableRedirectHandling,
                Way.Builder::disableContentCompression,
                builder -> builder.retryStrategy(new DefaultHttpRequestRetryStrategy(5, TimeValue.ZERO_MILLISECONDS)),
                builder -> builder.install(retrying()));
        int expected = 0;
        for (Consumer<Way.Builder> setting : settings) {
            Consumer<Way.Builder> install = builder -> builder.install(retrying());
            for (Consumer<Way.Builder> both : List.of(install.andThen(setting), setting.andThen(install))) {
                try (TestClient client = way.open(both)) {
                    assertThat(client.send(get())).isEqualTo("503 busy");
                }
                expected += 3;
                assertRequests(expected);
            }
        }
    }

    /** The place that the documents of observation libraries name. */
    @ParameterizedTest
    @EnumSource
    void interceptorAfterTheRetries_seesEachAttempt(Way way) {
        server.otherwise(UNAVAILABLE);
        AtomicInteger seen = new AtomicInteger();
        try (TestClient client = way.open(builder -> {
            builder.after(ChainElement.RETRY, seen::incrementAndGet);
            builder.install(retrying());
        })) {
            assertThat(client.send(get())).isEqualTo("503 busy");
        }
        assertThat(seen).hasValue(3);
    }

    /** The only connection, and the only thread of an asynchronous client, serve another call meanwhile. */
    @ParameterizedTest
    @EnumSource
    void callInADelay_holdsNoConnectionAndNoThreadOfTheClient(Way way) {
        server.then(UNAVAILABLE).otherwise(Reply.of(200).body("ok"));
        try (TestClient client = way.open(retrying(PATIENT))) {
            TestClient.Started waiting = client.start(get());
            await().until(() -> server.requests().size() == 1);

            assertThat(client.send(get())).isEqualTo("200 ok");

            assertThat(waiting.response()).isNotDone();
            waiting.cancel().run();
        }
    }

    @Tag("cases")
    @ParameterizedTest
    @EnumSource
    void failingCalls_leaveNoConnection(Way way) {
        server.otherwise(UNAVAILABLE);
        ApacheRetry retry = retrying(RetryPolicy.parse("max-attempts=2 base-delay=0ms jitter=none budget=off"));
        int calls = Cases.of(2_000);
        try (TestClient client = way.open(retry)) {
            for (int i = 0; i < calls; i++) {
                assertThat(client.send(get())).isEqualTo("503 busy");
            }
            assertNoneLeased(client);
            assertThat(client.connections().getAvailable()).isEqualTo(1);
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void interimResponse_isNoResponse(Way way) {
        server.otherwise(line -> {
            line.write("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            return true;
        });

        assertThat(result(way, retrying(), get())).isEqualTo("200 ok");

        assertRequests(1);
    }
}
