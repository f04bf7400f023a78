package dev.respite.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ReservedPort;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.spring.http.SpringClient.Sending;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;

/**
 * Each client against a server that fails once, with requests counted at the server. By default four faults for each client;
 * all of them with {@code -Drespite.spring.faults=all}, which the profile {@code spring-faults} sets.
 */
class SpringFaultsTest {

    enum Fault {
        REFUSED,
        RESET,
        HANG,
        UNAVAILABLE,
        RESET_BEFORE_THE_REQUEST,
        CLOSED,
        STALE_CONNECTION,
        SLOW_DRIP,
        RETRY_AFTER,
        TOO_MANY_REQUESTS,
        REQUEST_TIMEOUT,
        SERVER_ERROR,
        NOT_FOUND,
        REDIRECT;

        private static final Set<Fault> BROKEN = EnumSet.of(RESET, HANG, RESET_BEFORE_THE_REQUEST, CLOSED);

        ServerFault act() {
            return switch (this) {
                case REFUSED, STALE_CONNECTION -> throw new IllegalStateException(this + " is no act of a server");
                case RESET -> ServerFault.reset();
                case HANG -> ServerFault.hang();
                case UNAVAILABLE -> Reply.of(503).body("busy");
                case RESET_BEFORE_THE_REQUEST -> ServerFault.resetAtOnce();
                case CLOSED -> ServerFault.close();
                case SLOW_DRIP -> ServerFault.drip(503, "0123456789", 30);
                case RETRY_AFTER -> Reply.of(503).header("Retry-After", "1");
                case TOO_MANY_REQUESTS -> Reply.of(429);
                case REQUEST_TIMEOUT -> Reply.of(408);
                case SERVER_ERROR -> Reply.of(500);
                case NOT_FOUND -> Reply.of(404);
                case REDIRECT -> Reply.of(307).header("Location", "/elsewhere");
            };
        }

        boolean isResponse() {
            return !BROKEN.contains(this);
        }

        /** Whether some clients send a GET again by themselves. */
        boolean isHidden() {
            return this == RESET || this == CLOSED || this == RESET_BEFORE_THE_REQUEST;
        }
    }

    private final Calls calls = new Calls();

    private static List<Fault> faults() {
        Fault[] all = Fault.values();
        return Arrays.asList(
                System.getProperty("respite.spring.faults", "four").equals("all") ? all : Arrays.copyOf(all, 4));
    }

    static Stream<Arguments> acts() {
        return Arrays.stream(SpringClient.values())
                .flatMap(client -> faults().stream()
                        .filter(fault -> fault != Fault.REFUSED && fault != Fault.STALE_CONNECTION)
                        .map(fault -> Arguments.of(client, fault)));
    }

    private Sending sending(SpringClient client) {
        return client.sending(calls.retry("attempt-timeout=1s"));
    }

    @ParameterizedTest
    @MethodSource("acts")
    void get_isSentAgainAndReleasesItsConnection(SpringClient client, Fault fault) throws Exception {
        try (FaultyServer server = FaultyServer.start(fault.act())) {
            String last = sending(client).get(server);

            switch (fault) {
                case NOT_FOUND -> assertThat(last).isEqualTo("404 ");
                case REDIRECT -> assertThat(last).isEqualTo(client.followsRedirectsOfGet() ? "200 ok" : "307 ");
                default -> assertThat(last).isEqualTo("200 ok");
            }
            boolean single = fault == Fault.NOT_FOUND || (fault == Fault.REDIRECT && !client.followsRedirectsOfGet());
            int unread = fault == Fault.RESET_BEFORE_THE_REQUEST ? 1 : 0;
            assertThat(server.requests()).hasSize((single ? 1 : 2) - unread);
            boolean hidden = fault == Fault.REDIRECT || (fault.isHidden() && client.resendsGet());
            assertThat(calls.attempts()).isEqualTo(single || hidden ? 1 : 2);
            if (fault.isResponse() && fault != Fault.SLOW_DRIP && fault != Fault.REDIRECT) {
                assertThat(server.connections())
                        .as("the rejected response gave its connection back")
                        .isEqualTo(1);
            }
            // Spring's connector of the JDK's client does not pass the cancellation of a body on.
            int open = fault == Fault.SLOW_DRIP && client == SpringClient.WEB_JDK ? 2 : 1;
            Awaitility.await().until(() -> server.openConnections() <= open);
        }
    }

    @ParameterizedTest
    @MethodSource("acts")
    void post_isSentOnce(SpringClient client, Fault fault) throws Exception {
        try (FaultyServer server = FaultyServer.start(fault.act())) {
            Sending sending = sending(client);
            boolean neverSeen = fault == Fault.RESET_BEFORE_THE_REQUEST;
            if (fault.isResponse()) {
                assertThat(sending.post(server)).startsWith(Integer.toString(status(fault)));
                assertThat(server.requests()).hasSize(1);
            } else if (!neverSeen) {
                assertThatThrownBy(() -> sending.post(server)).isNotNull();
                assertThat(server.requests()).hasSize(1);
                assertThat(calls.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
            }
            assertThat(server.requests().size()).isLessThanOrEqualTo(1);
        }
    }

    private static int status(Fault fault) {
        return switch (fault) {
            case UNAVAILABLE, SLOW_DRIP, RETRY_AFTER -> 503;
            case TOO_MANY_REQUESTS -> 429;
            case REQUEST_TIMEOUT -> 408;
            case SERVER_ERROR -> 500;
            case NOT_FOUND -> 404;
            case REDIRECT -> 307;
            default -> throw new IllegalArgumentException(fault.name());
        };
    }

    @ParameterizedTest
    @MethodSource("acts")
    void postWithAKey_isSentAgainWithTheSameKeyAndBody(SpringClient client, Fault fault) throws Exception {
        assumeThat(fault).isNotIn(Fault.NOT_FOUND, Fault.REDIRECT, Fault.RESET_BEFORE_THE_REQUEST);
        try (FaultyServer server = FaultyServer.start(fault.act())) {
            Sending sending = client.sending(calls.retry("attempt-timeout=1s")
                    .withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri("/payments"))));

            assertThat(sending.post(server)).isEqualTo("200 ok");

            assertThat(server.requests()).hasSize(2);
            assertThat(server.requests())
                    .extracting(request -> request.values("Idempotency-Key"))
                    .allMatch(values -> values.size() == 1)
                    .containsOnly(server.requests().get(0).values("Idempotency-Key"));
            assertThat(server.requests())
                    .extracting(FaultyServer.Received::text)
                    .containsOnly("100 EUR");
            assertThat(server.requests().get(1).values("Respite-Attempt")).containsExactly("2");
        }
    }

    /** The request has been sent, so it may have been processed. {@code HttpURLConnection} takes such a head for a whole one. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REST_SIMPLE")
    void responseWhoseHeadIsCut_isRetriedIfTheRequestIsIdempotent(SpringClient client) throws Exception {
        try (FaultyServer server = FaultyServer.start()) {
            server.otherwise(ServerFault.cutHead("HTTP/1.1 200 OK\r\nContent-Le"));
            Calls gets = new Calls();
            assertThatThrownBy(() -> client.sending(gets.retry("")).get(server)).isNotNull();
            assertThat(gets.reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
            assertThat(gets.attempts()).isEqualTo(3);
            int sent = server.requests().size();
            assertThatThrownBy(() -> sending(client).post(server)).isNotNull();
            assertThat(calls.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
            assertThat(server.requests()).hasSize(sent + 1);
        }
    }

    @ParameterizedTest
    @EnumSource(SpringClient.class)
    void refusedConnection_isRetriedWhateverTheMethod(SpringClient client) throws Exception {
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
            Calls heard = new Calls();
            Sending sending = client.sending(heard.retry(""));
            Optional<String> body = method.equals(HttpMethod.POST) ? Optional.of("100 EUR") : Optional.empty();
            try (ReservedPort port = new ReservedPort()) {
                assertThatThrownBy(() -> sending.send(method, port.uri(), body)).isNotNull();
            }
            assertThat(heard.attempts()).as(method.name()).isEqualTo(3);
            assertThat(heard.end().history().first().get(2).outcome()).isEqualTo("connect");
        }
    }

    @ParameterizedTest
    @EnumSource(SpringClient.class)
    void staleConnection_ofThePool_isNoFailureOfTheCall(SpringClient client) throws Exception {
        assumeThat(faults()).contains(Fault.STALE_CONNECTION);
        try (FaultyServer server = FaultyServer.start(line -> {
            line.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            return false;
        })) {
            Sending sending = client.sending(new Calls().retry(""));
            assertThat(sending.get(server)).isEqualTo("200 ok");
            Awaitility.await().until(() -> server.openConnections() == 0);
            assertThat(sending.get(server)).isEqualTo("200 ok");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(SpringClient.class)
    void serverThatAlwaysCloses_getsTheRequestsOfTheClientsOwnRetriesToo(SpringClient client) throws Exception {
        try (FaultyServer server = FaultyServer.start().otherwise(ServerFault.close())) {
            assertThatThrownBy(() -> sending(client).get(server)).isNotNull();
            assertThat(calls.attempts()).isEqualTo(3);
            assertThat(server.requests()).as("docs/spring.md has the switches").hasSize(client.resendsGet() ? 6 : 3);
        }
    }

    @Test
    void apacheWithItsDefaults_sendsAgainOn503ByItself() throws Exception {
        assumeThat(faults()).contains(Fault.RETRY_AFTER);
        for (boolean switchedOff : List.of(false, true)) {
            Calls heard = new Calls();
            try (FaultyServer server = FaultyServer.start().otherwise(Reply.of(503));
                    CloseableHttpClient apache = switchedOff
                            ? HttpClients.custom().disableAutomaticRetries().build()
                            : HttpClients.createDefault()) {
                RestClient client = RestClient.builder()
                        .requestFactory(new HttpComponentsClientHttpRequestFactory(apache))
                        .requestInterceptor(RespiteInterceptor.of(heard.retry("")))
                        .build();
                assertThatThrownBy(
                                () -> client.get().uri(server.uri()).retrieve().toBodilessEntity())
                        .isInstanceOf(HttpServerErrorException.class);
                assertThat(heard.attempts()).isEqualTo(3);
                assertThat(server.requests()).hasSize(switchedOff ? 3 : 6);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SpringClient.class)
    void rejectedResponse_holdsNothingDuringTheDelay(SpringClient client) throws Exception {
        try (FaultyServer server =
                FaultyServer.start(Reply.of(503).header("Retry-After", "8").body("busy"))) {
            Sending sending = client.sending(calls.retry(""));
            Thread waiting = new Thread(() -> sendUnchecked(sending, server));
            waiting.start();
            Awaitility.await().until(() -> server.requests().size() == 1);
            // The pool has one connection.
            assertThatCode(() -> assertThat(sending.get(server)).isEqualTo("200 ok"))
                    .doesNotThrowAnyException();
            assertThat(server.requests()).as("the other call is in its delay").hasSize(2);
            if (client.hasOneConnection()) {
                assertThat(server.connections()).isEqualTo(1);
            }
            waiting.interrupt();
            waiting.join();
        }
    }

    private static void sendUnchecked(Sending sending, FaultyServer server) {
        try {
            sending.get(server);
        } catch (Exception interrupted) {
            // The test is over.
        }
    }
}
