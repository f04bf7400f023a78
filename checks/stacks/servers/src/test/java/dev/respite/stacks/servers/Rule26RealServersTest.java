package dev.respite.stacks.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule 26: nothing that was rejected is held during the delay. */
class Rule26RealServersTest {

    private static final byte[] SMALL = Page.body(500);
    private static final byte[] LARGE = Page.body(6 * 1024 * 1024);

    static Stream<Arguments> serversAndWays() {
        return Stream.of(TestServer.Kind.values())
                .flatMap(kind -> Stream.of(Way.values()).map(way -> Arguments.of(kind, way)));
    }

    static Stream<Arguments> http1ServersAndWays() {
        return serversAndWays().filter(pair -> pair.get()[0] != TestServer.Kind.JETTY_HTTP_2);
    }

    @ParameterizedTest
    @MethodSource("http1ServersAndWays")
    void send_twoHundredCallsWait_atMostEightConnectionsAreOpen(TestServer.Kind kind, Way way) throws Exception {
        try (TestServer server = kind.start(Page.failingAtFirst(kind.unavailable(), SMALL))) {
            WaitingCalls calls = new WaitingCalls(way, kind.client(), "");

            calls.start(200, server.uri());

            assertThat(server.openConnections()).isLessThanOrEqualTo(8);
            assertThat(calls.finish())
                    .allSatisfy(response -> assertThat(response.statusCode()).isEqualTo(200));
            // Connections were reused, and not cut: a cut one is accepted anew.
            assertThat(server.acceptedConnections()).isLessThan(200);
        }
    }

    @ParameterizedTest
    @EnumSource
    void send_thirtyCallsWaitWhereTenStreamsAreAllowed_otherRequestsAreServed(Way way) throws Exception {
        TestServer.Kind kind = TestServer.Kind.JETTY_HTTP_2;
        try (TestServer server = kind.start(Page.failingAtFirst(kind.unavailable(), SMALL))) {
            HttpClient plain = kind.client();
            HttpRequest ok = sendFirst(plain, server);
            WaitingCalls calls = new WaitingCalls(way, plain, "");

            calls.start(3 * JettyServer.MAX_STREAMS, server.uri());

            List<CompletableFuture<HttpResponse<byte[]>>> others = new ArrayList<>();
            for (int i = 0; i < JettyServer.MAX_STREAMS / 2; i++) {
                others.add(plain.sendAsync(ok, BodyHandlers.ofByteArray()));
                others.add(way.start(calls.client(), ok, BodyHandlers.ofByteArray()));
            }
            for (CompletableFuture<HttpResponse<byte[]>> other : others) {
                assertThat(other.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
            assertThat(calls.waiting()).isEqualTo(3 * JettyServer.MAX_STREAMS);
            assertThat(calls.finish()).allSatisfy(response -> {
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.version()).isEqualTo(Version.HTTP_2);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("serversAndWays")
    void send_largeErrorPages_blockNoServerThread(TestServer.Kind kind, Way way) throws Exception {
        AtomicInteger writing = new AtomicInteger();
        Page unavailable = Page.failingAtFirst(503, LARGE);
        Page counted = (attempt, response) -> {
            writing.incrementAndGet();
            try {
                unavailable.respond(attempt, response);
            } finally {
                writing.decrementAndGet();
            }
        };
        try (TestServer server = kind.start(counted)) {
            HttpClient plain = kind.client();
            HttpRequest ok = sendFirst(plain, server);
            WaitingCalls calls = new WaitingCalls(way, plain, "");

            calls.start(12, server.uri());

            await().until(() -> writing.get() == 0);
            assertThat(plain.send(ok, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
            assertThat(calls.finish())
                    .allSatisfy(response -> assertThat(response.statusCode()).isEqualTo(200));
        }
    }

    /**
     * Sends a request that is answered by 200. With HTTP/2 it upgrades the connection that all later requests share: the JDK's
     * client breaks some of the connections that several requests upgrade at the same time. In one of many runs it also took bytes
     * of a large body for a frame, after the request for that body had upgraded the connection.
     */
    private static HttpRequest sendFirst(HttpClient plain, TestServer server) throws Exception {
        HttpRequest ok = HttpRequest.newBuilder(server.ok()).build();
        assertThat(plain.send(ok, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        return ok;
    }

    @ParameterizedTest
    @MethodSource("serversAndWays")
    void send_attemptsUsedUp_lastLargeErrorPageArrivesWhole(TestServer.Kind kind, Way way) throws Exception {
        Page unavailable = (attempt, response) -> response.send(503, LARGE, Map.of("Retry-After", "1"));
        try (TestServer server = kind.start(unavailable)) {
            HttpClient plain = kind.client();
            sendFirst(plain, server);
            WaitingCalls calls = new WaitingCalls(way, plain, "max-attempts=2");

            calls.start(1, server.uri());

            HttpResponse<byte[]> last = calls.finish().get(0);
            assertThat(last.statusCode()).isEqualTo(503);
            assertThat(last.body()).isEqualTo(LARGE);
        }
    }
}
