package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.respite.Retry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where idempotency keys are minted, what they look like, and what they allow. */
class ClientKeysTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        server.close();
    }

    private RetryingHttpClient client(IdempotencyKeys keys) {
        return listener.client(PLAIN, "").withIdempotencyKeys(keys);
    }

    private RetryingHttpClient keyed() {
        return client(IdempotencyKeys.supportedBy(server.uri()));
    }

    private static HttpRequest.Builder post(URI uri) {
        return HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString("pay"));
    }

    private List<String> keysSent() {
        return server.requests().stream()
                .flatMap(request -> request.values("Idempotency-Key").stream())
                .toList();
    }

    @Test
    void send_postToAPlaceThatHonoursKeys_isRetriedWithOneKey() throws Exception {
        server.then(Reply.of(503), ServerFault.reset());

        assertThat(keyed().send(post(server.uri()).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);

        assertThat(keysSent()).hasSize(3);
        assertThat(keysSent()).containsOnly(keysSent().get(0));
    }

    @Test
    void send_eachCall_hasAKeyOfItsOwn() throws Exception {
        for (int i = 0; i < 5; i++) {
            keyed().send(post(server.uri()).build(), BodyHandlers.discarding());
        }

        assertThat(keysSent()).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void send_mintedKey_isAQuotedUuidOfVersion7AndOfNow() throws Exception {
        Instant now = Instant.parse("2026-03-15T12:34:56.789Z");
        RetryingHttpClient.of(PLAIN, Retry.of(RetryPolicy.defaults(), new ShortDelayTime(now)))
                .withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri()))
                .send(post(server.uri()).build(), BodyHandlers.discarding());

        String key = keysSent().get(0);
        assertThat(key).startsWith("\"").endsWith("\"").hasSize(38);
        UUID uuid = UUID.fromString(key.substring(1, 37));
        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
        assertThat(Instant.ofEpochMilli(uuid.getMostSignificantBits() >>> 16)).isEqualTo(now);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
    void send_idempotentMethod_getsNoKey(String method) throws Exception {
        keyed().send(
                        HttpRequest.newBuilder(server.uri())
                                .method(method, BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.discarding());

        assertThat(keysSent()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "get", "PURCHASE"})
    void send_otherMethod_getsAKey(String method) throws Exception {
        keyed().send(
                        HttpRequest.newBuilder(server.uri())
                                .method(method, BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.discarding());

        assertThat(keysSent()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "/payments, /payments, true",
        "/payments, /payments/, true",
        "/payments, /payments/7, true",
        "/payments, /payments?dry=1, true",
        "/payments, /paymentsx, false",
        "/payments, /payments-old/7, false",
        "/payments, /Payments, false",
        "/payments, /pay, false",
        "/payments, /, false",
        "/payments, /v1/payments, false",
        "/payments, /payments/../refunds, false",
        "/payments, /payments/x/../../refunds, false",
        "/payments, /payments/%2e%2E/refunds, false",
        "/payments, /payments/.%2e/refunds, false",
        "/payments, /payments/./7, false",
        "/payments, /payments/.., false",
        "/payments, /payments/..x, true",
        "/payments, /payments/.well-known, true",
        "/payments/, /payments/7, true",
        "/payments/, /payments, false",
        "/, /payments, true",
        "'', /payments, true",
        "'', '', true",
        "'', /a/../b, true",
    })
    void send_pathsBelowThePlace_getAKey(String place, String target, boolean expected) throws Exception {
        client(IdempotencyKeys.supportedBy(server.uri(place)))
                .send(post(server.uri(target)).build(), BodyHandlers.discarding());

        assertThat(keysSent()).hasSize(expected ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/payments", "api.example.com", "mailto:a@b.c", "file:///tmp"})
    void honouredAt_withoutSchemeOrHost_isRefusedWithTheValue(String place) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IdempotencyKeys.supportedBy(URI.create(place)))
                .withMessageContaining(place);
    }

    @Test
    void honouredAt_noPlace_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(IdempotencyKeys::supportedBy)
                .withMessageContaining("no place is named");
    }

    @Test
    void send_noPlaceNamed_mintsNothingAndDoesNotRetry() throws Exception {
        server.then(Reply.of(503));

        assertThat(listener.client(PLAIN, "")
                        .send(post(server.uri()).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(503);
        assertThat(keysSent()).isEmpty();
        assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Idempotency-Key", "idempotency-key", "X-Idempotency-Key"})
    void send_keyOfTheCaller_staysAsItIsAndIsRetried(String header) throws Exception {
        server.then(Reply.of(503));

        keyed().send(post(server.uri()).header(header, "order-4711").build(), BodyHandlers.ofString());

        assertThat(server.requests())
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.values(header)).containsExactly("order-4711"));
        assertThat(keysSent().stream().distinct().toList())
                .as("no other key is minted")
                .hasSize(header.startsWith("X-") ? 0 : 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void send_emptyKeyOfTheCaller_isNoKey(String value) throws Exception {
        server.then(Reply.of(503));

        listener.client(PLAIN, "")
                .send(post(server.uri()).header("Idempotency-Key", value).build(), BodyHandlers.ofString());

        assertThat(server.requests()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @Test
    void send_emptyKeyWhereKeysAreHonoured_isReplacedByAMintedOne() throws Exception {
        keyed().send(post(server.uri()).header("Idempotency-Key", "").build(), BodyHandlers.ofString());

        assertThat(keysSent()).singleElement().satisfies(key -> assertThat(key).hasSize(38));
    }

    @Test
    void withHeader_anotherName_isUsedAndRespected() throws Exception {
        IdempotencyKeys keys = IdempotencyKeys.supportedBy(server.uri()).withHeader("Request-Id");
        server.then(Reply.of(503));

        client(keys).send(post(server.uri()).build(), BodyHandlers.ofString());
        client(keys).send(post(server.uri()).header("request-id", "mine").build(), BodyHandlers.ofString());

        assertThat(server.requests()).hasSize(3);
        assertThat(server.requests().get(0).values("Request-Id"))
                .singleElement()
                .satisfies(key -> assertThat(key).hasSize(38));
        assertThat(server.requests().get(1).values("Request-Id"))
                .isEqualTo(server.requests().get(0).values("Request-Id"));
        assertThat(server.requests().get(2).values("Request-Id")).containsExactly("mine");
        assertThat(keysSent()).isEmpty();
    }

    @Test
    void bare_always_sendsTheKeyWithoutQuotes() throws Exception {
        client(IdempotencyKeys.supportedBy(server.uri())
                        .withHeader("X-Idempotency-Key")
                        .withUnquotedKeys())
                .send(post(server.uri()).build(), BodyHandlers.ofString());

        String key = server.requests().get(0).values("X-Idempotency-Key").get(0);
        assertThat(UUID.fromString(key)).hasToString(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Idempotency Key", "Host", "Content-Length", "a\nb"})
    void withHeader_nameThatCannotBeSent_isRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IdempotencyKeys.supportedBy(server.uri()).withHeader(name));
    }
}
