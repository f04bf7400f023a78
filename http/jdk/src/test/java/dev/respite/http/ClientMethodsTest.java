package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.RetryEvent;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ReservedPort;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests that are sent again, by method, by fault and by status. */
@ParameterizedClass
@EnumSource
class ClientMethodsTest {

    private static final HttpClient PLAIN = RecordingListener.plain();
    private static final String KEY = "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"";

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    ClientMethodsTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static HttpRequest request(URI uri, String method) {
        return HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.ofString("body"))
                .build();
    }

    private static HttpRequest keyed(URI uri, String method) {
        return HttpRequest.newBuilder(request(uri, method), (name, value) -> true)
                .header("Idempotency-Key", KEY)
                .build();
    }

    private HttpResponse<String> send(String policy, HttpRequest request) throws Exception {
        return sender.by(listener.client(PLAIN, policy)).send(request, BodyHandlers.ofString());
    }

    /** Faults after which the server may have executed the request, as values that can be played again. */
    private static Stream<Named<Supplier<ServerFault>>> faults() {
        return Stream.of(
                Named.of("503", () -> Reply.of(503)),
                Named.of("reset unread", ServerFault::resetUnread),
                Named.of("reset", ServerFault::reset),
                Named.of("closed", ServerFault::close),
                Named.of("half", () -> ServerFault.half(200, "12345")),
                Named.of("half of chunked", () -> ServerFault.halfChunked(200, "12345")),
                Named.of("hang", ServerFault::hang),
                Named.of("hang in body", () -> ServerFault.hangInBody(200, "12345")));
    }

    static Stream<Arguments> idempotentMethodsAndFaults() {
        return Stream.of("PUT", "DELETE", "OPTIONS")
                .flatMap(method -> faults().map(fault -> Arguments.of(method, fault)));
    }

    static Stream<Arguments> unsafeMethodsAndFaults() {
        return Stream.of("POST", "PATCH").flatMap(method -> faults().map(fault -> Arguments.of(method, fault)));
    }

    @ParameterizedTest
    @MethodSource("idempotentMethodsAndFaults")
    void send_idempotentMethod_isRetriedAfterAnyFault(String method, Supplier<ServerFault> fault) throws Exception {
        server.then(fault.get());

        HttpResponse<String> response = send("attempt-timeout=500ms", request(server.uri(), method));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ok");
        assertThat(listener.reason()).isEqualTo(StopReason.ACCEPTED);
        assertThat(listener.attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void send_safeMethod_isRetriedAfter503(String method) throws Exception {
        server.then(Reply.of(503).body("no"), Reply.of(500).body("no"));

        assertThat(send(
                                "",
                                HttpRequest.newBuilder(server.uri())
                                        .method(method, BodyPublishers.noBody())
                                        .build())
                        .statusCode())
                .isEqualTo(200);
        assertThat(listener.outcomes()).containsExactly("503", "500", "ok");
        assertThat(server.requests())
                .hasSize(3)
                .allMatch(request -> request.method().equals(method));
    }

    @ParameterizedTest
    @MethodSource("unsafeMethodsAndFaults")
    void send_unsafeMethodWithoutKey_isNeverSentTwice(String method, Supplier<ServerFault> fault) throws Exception {
        server.then(fault.get());

        try {
            HttpResponse<String> response = send("attempt-timeout=500ms", request(server.uri(), method));
            assertThat(response.statusCode()).isEqualTo(503);
        } catch (IOException failed) {
            assertThat(listener.end().outcome()).isInstanceOf(dev.respite.outcome.Outcome.Failure.class);
        }
        assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        assertThat(listener.attempts()).isEqualTo(1);
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("unsafeMethodsAndFaults")
    void send_unsafeMethodWithKey_isRetriedAfterAnyFault(String method, Supplier<ServerFault> fault) throws Exception {
        server.then(fault.get());

        HttpResponse<String> response = send("attempt-timeout=500ms", keyed(server.uri(), method));

        assertThat(response.body()).isEqualTo("ok");
        assertThat(listener.attempts()).isEqualTo(2);
    }

    @Test
    void send_connectionsThatAreResetAtOnce_areMadeAgain() throws Exception {
        server.then(ServerFault.resetAtOnce(), ServerFault.resetAtOnce());

        // The client may see the reset while it connects; then the JDK connects again by itself.
        assertThat(send("max-attempts=4", request(server.uri(), "PUT")).body()).isEqualTo("ok");
        assertThat(listener.attempts()).isBetween(1, 3);
        assertThat(server.connections()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504, 507, 599})
    void send_transientStatus_isRetriedToTheLast(int status) throws Exception {
        server.otherwise(Reply.of(status).body("no"));

        HttpResponse<String> response = send("max-attempts=4", request(server.uri(), "PUT"));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo("no");
        assertThat(server.requests()).hasSize(4);
        assertThat(listener.reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    /** A server that answers 425 has not processed the request (RFC 8470); one that answers 408 may have. */
    @ParameterizedTest
    @CsvSource({"425, 2", "408, 1"})
    void post_thatMayNotHaveBeenProcessed_isRetriedIfItCertainlyWasNot(int status, int requests) throws Exception {
        server.then(Reply.of(status));

        HttpResponse<String> response = send("", request(server.uri(), "POST"));

        assertThat(response.statusCode()).isEqualTo(requests == 2 ? 200 : status);
        assertThat(server.requests()).hasSize(requests);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 409, 410, 413, 422, 451, 501, 505, 511})
    void send_permanentStatus_isNotRetried(int status) throws Exception {
        server.otherwise(Reply.of(status).body("no"));

        HttpResponse<String> response = send("", request(server.uri(), "PUT"));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo("no");
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 206, 301, 302, 304, 307})
    void send_successOrRedirection_isAccepted(int status) throws Exception {
        server.otherwise(Reply.of(status).header("Location", "/elsewhere"));

        assertThat(send("", request(server.uri(), "PUT")).statusCode()).isEqualTo(status);
        assertThat(listener.reason()).isEqualTo(StopReason.ACCEPTED);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void send_tooLargeWithRetryAfter_isRetried() throws Exception {
        server.then(Reply.of(413).header("Retry-After", "0"));

        assertThat(send("", request(server.uri(), "PUT")).statusCode()).isEqualTo(200);
        assertThat(listener.outcomes()).containsExactly("413", "ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "POST", "PATCH"})
    void send_connectionRefused_isRetriedWhateverTheMethod(String method) throws Exception {
        try (ReservedPort port = new ReservedPort()) {
            FaultyServer[] late = new FaultyServer[1];
            HttpClient client = RetryingHttpClient.of(
                    PLAIN, listener.retry("", TimeSource.system()).withListener(event -> {
                        if (late[0] == null) {
                            late[0] = port.open();
                        }
                    }));

            HttpResponse<String> response =
                    sender.by(client).send(request(port.uri(), method), BodyHandlers.ofString());

            assertThat(response.body()).isEqualTo("ok");
            assertThat(listener.outcomes()).containsExactly("connect", "ok");
            assertThat(late[0].requests())
                    .singleElement()
                    .satisfies(sent -> assertThat(sent.text()).isEqualTo("body"));
            late[0].close();
        }
    }

    @Test
    void send_connectionRefusedToTheLast_throwsWhatTheClientThrew() {
        try (ReservedPort port = new ReservedPort()) {
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> send("", request(port.uri(), "POST")));
            assertThat(listener.outcomes()).containsExactly("connect", "connect", "connect");
            assertThat(listener.reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
        }
    }

    @Test
    void send_connectTimeout_isOfKindConnect() {
        // A server whose queue of connections is full does not answer to more of them; so is an address that leads
        // nowhere.
        HttpClient impatient = RecordingListener.builder()
                .connectTimeout(java.time.Duration.ofNanos(1))
                .build();

        assertThatThrownBy(() -> sender.by(listener.client(impatient, ""))
                        .send(request(server.uri(), "POST"), BodyHandlers.ofString()))
                .isInstanceOf(java.net.http.HttpConnectTimeoutException.class);
        assertThat(listener.outcomes()).containsExactly("connect", "connect", "connect");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void send_postRefusedWhereRedirectsAreFollowed_isNotRetried() {
        HttpClient following = RecordingListener.builder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        try (ReservedPort port = new ReservedPort()) {
            assertThatExceptionOfType(ConnectException.class)
                    .isThrownBy(() -> sender.by(listener.client(following, ""))
                            .send(request(port.uri(), "POST"), BodyHandlers.ofString()));
            assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
            assertThat(listener.attempts()).isEqualTo(1);
        }
    }

    @Test
    void send_postThatWasRedirectedToARefusedPort_isNotRetried() {
        HttpClient following = RecordingListener.builder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        try (ReservedPort port = new ReservedPort()) {
            server.then(Reply.of(302).header("Location", port.uri().toString()));

            assertThatExceptionOfType(ConnectException.class)
                    .isThrownBy(() -> sender.by(listener.client(following, ""))
                            .send(request(server.uri(), "POST"), BodyHandlers.ofString()));
            assertThat(server.requests()).hasSize(1);
            assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        }
    }

    @Test
    void send_postWhoseHandlerCannotConnectElsewhere_isNotRetried() {
        // The request has a response: a ConnectException proves nothing about it now.
        HttpResponse.BodyHandler<String> relay = info -> {
            HttpResponse.BodySubscriber<String> text =
                    HttpResponse.BodySubscribers.ofString(java.nio.charset.StandardCharsets.UTF_8);
            return new Relay(text);
        };

        assertThatThrownBy(() -> sender.by(listener.client(PLAIN, "")).send(request(server.uri(), "POST"), relay))
                .isInstanceOf(ConnectException.class);
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
    }

    /** A subscriber that wanted to pass the body on to a server which does not listen. */
    private record Relay(HttpResponse.BodySubscriber<String> to) implements HttpResponse.BodySubscriber<String> {
        @Override
        public java.util.concurrent.CompletionStage<String> getBody() {
            return to.getBody()
                    .thenCompose(body ->
                            java.util.concurrent.CompletableFuture.failedFuture(new ConnectException("elsewhere")));
        }

        @Override
        public void onSubscribe(java.util.concurrent.Flow.Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(java.util.List<java.nio.ByteBuffer> item) {
            to.onNext(item);
        }

        @Override
        public void onError(Throwable throwable) {
            to.onError(throwable);
        }

        @Override
        public void onComplete() {
            to.onComplete();
        }
    }

    private static boolean isOfTls(RetryEvent.AttemptFailed failed) {
        return failed.outcome() instanceof Outcome.Failure<?> failure && isOfTls(failure.error());
    }

    /** The JDK's client throws the failure of TLS as it is, or as the cause of a broken connection. */
    private static boolean isOfTls(Throwable error) {
        return Stream.iterate(error, Objects::nonNull, Throwable::getCause).anyMatch(SSLException.class::isInstance);
    }

    @Test
    void send_answerThatIsNotTls_isNotRetried() {
        server.otherwise(ServerFault.babble("HTTP/1.1 400 \r\nContent-Length: 0\r\n\r\n"));
        URI secure = URI.create(server.uri().toString().replace("http:", "https:"));

        // The JDK's client reports either a failure of TLS or a broken connection, whichever of its threads is first;
        // the
        // latter is retried. The first failure of TLS ends the call.
        assertThatThrownBy(() -> send("max-attempts=1000 budget=off", request(secure, "PUT")))
                .matches(ClientMethodsTest::isOfTls, "states a failure of TLS");
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
        assertThat(listener.failures().stream().filter(failed -> isOfTls(failed)))
                .as(() -> listener.outcomes().toString())
                .hasSize(1);
    }

    @Test
    void send_getWhoseConnectionIsReset_isOneAttemptThoughTheJdkSendsItTwice() throws Exception {
        server.then(ServerFault.reset());
        HttpRequest get = HttpRequest.newBuilder(server.uri()).build();

        assertThat(send("", get).statusCode()).isEqualTo(200);
        assertThat(server.requests()).as("the JDK's own retry").hasSize(2);
        assertThat(listener.attempts()).isEqualTo(1);
    }

    @Test
    void send_getWhoseConnectionsAreReset_isRetriedOnceTheJdkHasGivenUp() throws Exception {
        server.then(ServerFault.reset(), ServerFault.reset());
        HttpRequest get = HttpRequest.newBuilder(server.uri()).build();

        assertThat(send("", get).statusCode()).isEqualTo(200);
        assertThat(listener.attempts()).isEqualTo(2);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void send_answerThatIsNotHttp_isNotRetried() {
        server.otherwise(line -> {
            line.write("SSH-2.0-OpenSSH_9.2\r\n\r\n");
            return false;
        });

        assertThatThrownBy(() -> send("", request(server.uri(), "PUT"))).isInstanceOf(IOException.class);
        assertThat(listener.outcomes()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
    }
}
