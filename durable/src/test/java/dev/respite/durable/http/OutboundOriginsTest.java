package dev.respite.durable.http;

import static dev.respite.durable.http.OutboundFixture.POLICY;
import static dev.respite.durable.http.OutboundFixture.respond;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableContext;
import dev.respite.durable.TaskQueue;
import dev.respite.durable.http.OutboundFixture.Received;
import dev.respite.durable.http.OutboundHttp.Preparation;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.outcome.Attempt;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and credentials go to declared origins only. */
class OutboundOriginsTest {

    private static final Preparation SECRET = (sent, stored, context) -> sent.header("Authorization", "Bearer hunter2");
    private static final DurableContext CONTEXT =
            new DurableContext("charge", "7", "key 7", Attempt.FIRST, Instant.EPOCH);
    private static final IdempotencyKeys WEBHOOKS = IdempotencyKeys.supportedByAnyHttpsOrigin();

    private OutboundFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new OutboundFixture();
        fixture.behaviour = (request, exchange) -> respond(exchange, 200, "paid");
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    /** The call as docs/outbox.md builds it. */
    private OutboundHttp guide() {
        URI payments = fixture.place("/payments");
        return OutboundHttp.of(IdempotencyKeys.supportedBy(payments))
                .withOrigin(payments, (sent, stored, context) -> sent.header("Authorization", "Bearer hunter2"));
    }

    /** Stores a request as a program does that declares its origin, and runs the guide's call. */
    private List<DeadLetter> runStored(OutboundRequest request) throws Exception {
        TaskQueue.of(fixture.dataSource)
                .enqueue(guide().withOrigin(request.uri()).task("charge"), request);
        return fixture.run(call -> guide(), POLICY, OutboundRequest.of("PUT", fixture.place("/payments/17")));
    }

    private static String errorOf(List<DeadLetter> letters) {
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).attempts().count()).isEqualTo(1);
        return letters.get(0).attempts().lastError();
    }

    @Test
    void foreignHost_whenARequestIsEnqueued_isRejectedWithTheRemedy() {
        OutboundRequest foreign = OutboundRequest.of("PUT", fixture.foreign("/payments"));
        assertThatThrownBy(() -> TaskQueue.of(fixture.dataSource).enqueue(guide().task("charge"), foreign))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is for an origin that is not declared")
                .hasMessageContaining("OutboundHttp.withOrigin(URI.create(\"" + fixture.foreign("") + "\"))");
    }

    @Test
    void foreignHost_ofAStoredRequest_receivesNothingAndTheDeadLetterNamesTheRemedy() throws Exception {
        assertThat(errorOf(runStored(OutboundRequest.of("PUT", fixture.foreign("/payments")))))
                .contains("is for an origin that is not declared")
                .contains("OutboundHttp.withOrigin(URI.create(\"" + fixture.foreign("") + "\"))");
        // The one request to the declared origin.
        assertThat(fixture.received).extracting(Received::secret).containsExactly(List.of("Bearer hunter2"));
    }

    @Test
    void foreignHost_ofAnEditedDeadLetter_receivesNothing() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, 404, "");
        OutboundRequest first = OutboundRequest.of("PUT", fixture.place("/payments/17"));
        DeadLetters letters = DeadLetters.of(fixture.dataSource);
        String letterId = fixture.run(call -> guide(), POLICY, first).get(0).letterId();
        letters.edit(letterId, ("PUT " + fixture.foreign("/payments/17") + "\n\n").getBytes(StandardCharsets.UTF_8));
        letters.replay(letterId);
        assertThat(fixture.run(call -> guide(), POLICY, OutboundRequest.of("PUT", fixture.place("/payments/18"))))
                .extracting(letter -> letter.attempts().lastError())
                .satisfiesExactlyInAnyOrder(
                        error -> assertThat(error).contains("is for an origin that is not declared"),
                        error -> assertThat(error).contains("status 404"));
        assertThat(fixture.received).hasSize(2);
    }

    @Test
    void secretName_ofAnEditedDeadLetter_isNotSent() throws Exception {
        fixture.behaviour = (request, exchange) -> respond(exchange, 404, "");
        OutboundRequest first = OutboundRequest.of("PUT", fixture.place("/payments/17"));
        DeadLetters letters = DeadLetters.of(fixture.dataSource);
        String letterId = fixture.run(call -> guide(), POLICY, first).get(0).letterId();
        letters.edit(letterId, ("PUT " + first.uri() + "\nX-Api-Key: 7\n\n").getBytes(StandardCharsets.UTF_8));
        letters.replay(letterId);
        assertThat(fixture.run(call -> guide(), POLICY, first))
                .extracting(letter -> letter.attempts().lastError())
                .anySatisfy(error -> assertThat(error).contains("has a credential by its name, X-Api-Key"));
        assertThat(fixture.received).hasSize(2);
    }

    @Test
    void credentials_ofOneOrigin_areNotSentToAnother() throws Exception {
        OutboundRequest other = OutboundRequest.of("PUT", fixture.foreign("/payments"));
        assertThat(fixture.run(call -> guide().withOrigin(other.uri()).withAnyHttpsOrigin(), POLICY, other))
                .isEmpty();
        assertThat(fixture.received).extracting(Received::secret).containsExactly(List.of());
    }

    @Test
    void preparation_thatSetsAPathAndAQuery_isSent() throws Exception {
        URI place = fixture.place("/payments/17");
        UnaryOperator<OutboundHttp> signed = call -> call.withOrigin(
                place, (sent, stored, context) -> sent.uri(URI.create(stored.uri() + "/x?access_token=hunter2")));
        assertThat(fixture.run(signed, POLICY, OutboundRequest.of("PUT", place)))
                .isEmpty();
        assertThat(fixture.received).hasSize(1);
    }

    @Test
    void preparation_thatSetsAnotherOrigin_isNotSent() throws Exception {
        UnaryOperator<OutboundHttp> elsewhere = call ->
                call.withOrigin(fixture.place("/"), (sent, stored, context) -> sent.uri(fixture.foreign("/payments")));
        assertThat(errorOf(fixture.charge(elsewhere))).contains("its preparation has set a URI of another origin");
        assertThat(fixture.received).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://pay.example.com, https://PAY.Example.com:443/x?y=z, true",
        "HTTPS://Pay.example.com:443/payments, https://pay.example.com, true",
        "http://payments.prod.svc:8080, http://payments.prod.svc:8080/x, true",
        "http://pay.example.com:80, http://pay.example.com/x, true",
        "https://[FD00::1]:8443, https://[fd00::1]:8443/x, true",
        "https://pay.example.com, http://pay.example.com, false",
        "https://pay.example.com, https://pay.example.com:8443, false",
        "http://pay.example.com, http://pay.example.com:0, false",
        "http://pay.example.com:443, https://pay.example.com:443, false",
        "https://pay.example.com, https://pay.example.com.evil.org, false",
        "https://pay.example.com, https://pay.example.com., false",
        "https://[::1], https://[0:0:0:0:0:0:0:1], false",
    })
    void isDeclared_origin_isComparedWithItsPortAndNotByCase(URI origin, URI requested, boolean expected) {
        OutboundRules rules = OutboundRules.of(Optional.empty()).withOrigin(origin, SECRET);
        assertThat(rules.isDeclared(requested)).isEqualTo(expected);
        assertThat(rules.preparation(requested) == SECRET).isEqualTo(expected);
        assertThat(OutboundRules.of(Optional.of(IdempotencyKeys.supportedBy(origin)))
                        .isDeclared(requested))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://pay.example.com", "/payments", "https:///payments", "https://me:hunter2@pay.example.com"})
    void withOrigin_uriThatIsNone_isRejected(URI uri) {
        assertThatThrownBy(() -> OutboundHttp.withoutKeys().withOrigin(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "127.0.0.1",
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.1",
                "169.254.169.254",
                "[::]",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[fc00::1]",
                "[fd00:ec2::254]",
                "[fe80::1]"
            })
    void anyHttpsOrigin_atAnAddressThatIsNotPublic_isNotReached(String host) throws Exception {
        // A port at which nothing listens: any attempt to connect is another failure.
        OutboundRequest request = OutboundRequest.of("PUT", URI.create("https://" + host + ":1/hook"));
        for (OutboundHttp http : List.of(
                OutboundHttp.withoutKeys().withAnyHttpsOrigin(SECRET),
                OutboundHttp.of(WEBHOOKS),
                guide().withAnyHttpsOrigin())) {
            assertThatThrownBy(() -> http.call(request, CONTEXT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "which is no public address: declare it where the call is built, by OutboundHttp.withOrigin");
        }
    }

    /** The name is resolved at the attempt, and the stored request is a dead letter at once. */
    @Test
    void anyHttpsOrigin_ofANameThatResolvesToThisMachine_isADeadLetter() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            OutboundRequest hook =
                    OutboundRequest.of("PUT", URI.create("https://localhost:" + server.getLocalPort() + "/"));
            assertThat(errorOf(fixture.run(OutboundHttp::withAnyHttpsOrigin, POLICY, hook)))
                    .contains("PUT https://localhost:" + server.getLocalPort() + "/ is for ")
                    .contains("which is no public address");
            server.setSoTimeout(1);
            assertThatThrownBy(server::accept).isInstanceOf(IOException.class);
        }
    }

    /** By a proxy, which receives the request for the tunnel: no test leaves this machine. */
    @Test
    void anyHttpsOrigin_atAPublicAddress_isReached() throws Exception {
        CompletableFuture<String> tunnel = new CompletableFuture<>();
        try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            fixture.threads.execute(() -> {
                try (Socket socket = proxy.accept();
                        BufferedReader lines = new BufferedReader(
                                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
                    tunnel.complete(lines.readLine());
                } catch (IOException failure) {
                    tunnel.completeExceptionally(failure);
                }
            });
            HttpClient client = HttpClient.newBuilder()
                    .proxy(ProxySelector.of(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.getLocalPort())))
                    .build();
            OutboundRequest hook = OutboundRequest.post(URI.create("https://8.8.8.8/hook"), "text/plain", "17");
            assertThatThrownBy(
                            () -> OutboundHttp.of(WEBHOOKS).withClient(client).call(hook, CONTEXT))
                    .isInstanceOf(IOException.class);
            assertThat(tunnel.get(30, TimeUnit.SECONDS)).isEqualTo("CONNECT 8.8.8.8:443 HTTP/1.1");
        }
    }

    @Test
    void anyHttpsOrigin_acceptsPostsOnlyWithKeysForIt() {
        OutboundRequest hook = OutboundRequest.post(URI.create("https://hooks.example.com/x"), "text/plain", "17");
        OutboundRules keyless = OutboundRules.of(Optional.empty()).withAnyHttpsOrigin(SECRET);
        assertThatThrownBy(() -> keyless.checked(hook)).hasMessageContaining("would take effect twice");
        OutboundRequest repeatable = OutboundRequest.of("PUT", hook.uri());
        assertThat(keyless.checked(repeatable)).isSameAs(repeatable);
        OutboundRules keyed = OutboundRules.of(Optional.of(WEBHOOKS));
        assertThat(keyed.checked(hook)).isSameAs(hook);
        assertThat(keyed.preparation(hook.uri())).isSameAs(OutboundRules.NO_PREPARATION);
        OutboundRequest plain = OutboundRequest.of("PUT", URI.create("http://hooks.example.com/x"));
        for (OutboundRules rules : List.of(keyless, keyed)) {
            assertThatThrownBy(() -> rules.checked(plain))
                    .hasMessageContaining("is for an origin that is not declared");
        }
    }

    /** An origin that is declared by itself has its own credentials and any address. */
    @Test
    void origin_thatIsDeclaredBesideAnyHttpsOrigin_isReachedAtThisMachine() throws Exception {
        assertThat(fixture.charge(call -> call.withAnyHttpsOrigin(SECRET))).isEmpty();
        assertThat(fixture.received).extracting(Received::secret).containsExactly(List.of());
    }
}
