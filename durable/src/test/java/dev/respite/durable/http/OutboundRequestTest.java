package dev.respite.durable.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.exchange.IdempotencyKeys;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundRequestTest {

    private static final URI PLACE = URI.create("https://pay.example.com/charges?trace=7");
    private static final OutboundRequest CHARGE =
            OutboundRequest.post(PLACE, "application/json", "{\"order\":\"17 für ü\"}");
    private static final RequestCodec CODEC = new RequestCodec();

    @Test
    void stored_isTextThatCanBeRead() {
        assertThat(new String(CODEC.encode(CHARGE.withHeader("Accept", "a: b")), StandardCharsets.UTF_8))
                .isEqualTo("""
                        POST https://pay.example.com/charges?trace=7
                        Content-Type: application/json
                        Accept: a: b

                        {"order":"17 für ü"}""");
    }

    @Test
    void decode_ofWhatWasEncoded_isEqual() {
        Random random = new Random(3);
        for (int i = 0; i < 5_000; i++) {
            OutboundRequest request = OutboundRequest.of(random.nextBoolean() ? "PUT" : "POST", PLACE);
            for (int fields = random.nextInt(4); fields > 0; fields--) {
                request = request.withHeader("X-" + random.nextInt(3), "v".repeat(random.nextInt(3)) + ": " + i);
            }
            byte[] body = new byte[random.nextInt(50)];
            random.nextBytes(body);
            request = request.withBody(body);
            assertThat(CODEC.decode(CODEC.encode(request))).isEqualTo(request);
        }
    }

    @Test
    void decode_ofDamagedText_throwsOnlyIllegalArgument() {
        Random random = new Random(5);
        byte[] stored = CODEC.encode(CHARGE);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = Arrays.copyOf(stored, random.nextInt(stored.length + 1));
            for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                CODEC.decode(damaged);
            } catch (IllegalArgumentException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void withHeader_ofMoreFieldsThanAllowed_isRefused() {
        OutboundRequest request = OutboundRequest.of("PUT", PLACE);
        for (int i = 0; i < 100; i++) {
            request = request.withHeader("X-" + i, "value");
        }
        OutboundRequest full = request;

        assertThat(CODEC.decode(CODEC.encode(full))).isEqualTo(full);
        assertThatThrownBy(() -> full.withHeader("X-100", "value"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the request PUT https://pay.example.com/charges has 101 header fields: it may have 100; put what"
                                + " they contain into the body");
    }

    /** As an operator may have edited it, or an earlier version has stored it. */
    @Test
    void decode_ofMoreFieldsThanAllowed_isRefused() {
        String stored = "PUT " + PLACE + "\n" + "X: 1\n".repeat(4_000) + "\n";

        assertThatThrownBy(() -> CODEC.decode(stored.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4000 header fields: it may have 100");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "L https://a.example/",
                "PUT https://a.example/L\nHost: 1",
                "PUT https://L.example/\nX-Token: 1",
                "PUT L",
                "PUT https://a.example/\nL: 1\nHost: 2",
                "PUT https://a.example/\nX-L-token: 1"
            })
    void decode_ofLongInvalidRequest_isRefusedWithoutRepeatingIt(String form) {
        String stored = form.replace("L", "x".repeat(60_000)) + "\n\n";

        assertThatThrownBy(() -> OutboundRules.of(Optional.empty())
                        .withAnyHttpsOrigin(OutboundRules.NO_PREPARATION)
                        .checked(CODEC.decode(stored.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .hasSizeLessThan(1_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "Content-Length", "a b", "", "X\n"})
    void withHeader_thatCannotBeSent_isRefused(String name) {
        assertThatThrownBy(() -> CHARGE.withHeader(name, "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("POST https://pay.example.com/charges cannot be sent: ")
                .hasMessageContaining("Content-Type, " + name);
    }

    /** The JDK's own messages repeat values. */
    @Test
    void withHeader_ofTwoLines_isRefusedWithoutRepeatingThem() {
        assertThatThrownBy(() -> CHARGE.withHeader("X-Api-Key", "hunter2\r\nAccept: b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no value may have a control character")
                .hasMessageNotContainingAny("hunter2", "trace=7")
                .hasNoCause();
    }

    @Test
    void decode_ofAnInvalidUri_isRefusedWithoutRepeatingIt() {
        byte[] stored = "PUT https://pay.example.com/?key=hunter2 x\n\n".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> CODEC.decode(stored))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is invalid at character 37: ")
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://pay.example.com/", "/charges", "https:///charges"})
    void of_aPlaceThatIsNone_isRefused(String uri) {
        assertThatThrownBy(() -> OutboundRequest.of("PUT", URI.create(uri)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be sent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://me:hunter2@pay.example.com/", "https://me:hunter2@pay_example.com/"})
    void of_aUriWithAPassword_isRefusedWithoutRepeatingIt(String uri) {
        assertThatThrownBy(() -> OutboundRequest.of("PUT", URI.create(uri)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("user or password")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void toString_hasNeitherQueryNorBody() {
        assertThat(CHARGE).hasToString("POST https://pay.example.com/charges");
    }

    @Test
    void task_ofARequestThatMustNotBeSentTwice_refusesIt() {
        OutboundRules elsewhere =
                OutboundRules.of(Optional.of(IdempotencyKeys.supportedBy(URI.create("https://ship.example.com"))));
        for (OutboundRules keyless : List.of(elsewhere, OutboundRules.of(Optional.empty()))) {
            OutboundRules rules = keyless.withOrigin(PLACE, OutboundRules.NO_PREPARATION);
            assertThatThrownBy(() -> rules.checked(CHARGE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("name it by IdempotencyKeys.supportedBy");
            assertThat(rules.checked(OutboundRequest.of("PUT", PLACE))).isNotNull();
        }
        OutboundRules there = OutboundRules.of(Optional.of(IdempotencyKeys.supportedBy(PLACE)));
        assertThat(there.checked(CHARGE)).isEqualTo(CHARGE);
        assertThatThrownBy(() -> there.checked(CHARGE.withHeader("idempotency-key", "7")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("EnqueueOptions.withKey");
    }

    @Test
    void with_valuesOutOfTheirRange_isRefused() {
        OutboundHttp http = OutboundHttp.withoutKeys();
        assertThatThrownBy(() -> http.withTimeout(Duration.ZERO)).hasMessageContaining("from 1 ms to 1 day");
        HttpClient follows = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        assertThatThrownBy(() -> http.withClient(follows)).hasMessageContaining("build it with followRedirects(NEVER)");
    }

    @Test
    void with_timeoutsAtTheirEnds_areAccepted() {
        OutboundHttp http = OutboundHttp.withoutKeys();
        for (Duration limit : List.of(Duration.ofMillis(1), Duration.ofDays(1))) {
            assertThat(http.withTimeout(limit)).isNotSameAs(http);
        }
        for (Duration limit :
                List.of(Duration.ofNanos(999_999), Duration.ofDays(1).plusNanos(1))) {
            assertThatThrownBy(() -> http.withTimeout(limit))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("timeout " + limit + ": it must be from 1 ms to 1 day");
        }
    }

    /** The tests of applications compare the request that was enqueued. */
    @Test
    void equals_ofAnotherMethodPlaceFieldOrBody_isFalse() {
        OutboundRequest put =
                OutboundRequest.of("PUT", PLACE).withHeader("Accept", "a").withBody(new byte[] {1});
        OutboundRequest same =
                OutboundRequest.of("PUT", PLACE).withHeader("Accept", "a").withBody(new byte[] {1});
        assertThat(put).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(List.of(
                        OutboundRequest.of("POST", PLACE)
                                .withHeader("Accept", "a")
                                .withBody(new byte[] {1}),
                        OutboundRequest.of("PUT", PLACE.resolve("/refunds"))
                                .withHeader("Accept", "a")
                                .withBody(new byte[] {1}),
                        OutboundRequest.of("PUT", PLACE)
                                .withHeader("Accept", "b")
                                .withBody(new byte[] {1}),
                        put.withBody(new byte[] {2})))
                .doesNotContain(put);
        assertThat(put).isNotEqualTo("PUT");
    }

    @Test
    void body_thatTheCallerChanges_isUnchangedInTheRequest() {
        byte[] bytes = {1};
        OutboundRequest request = OutboundRequest.of("PUT", PLACE).withBody(bytes);
        bytes[0] = 2;
        request.body()[0] = 3;
        assertThat(request.body()).containsExactly(1);
    }

    @Test
    void header_isFoundInAnyCaseAndInOrder() {
        OutboundRequest request = CHARGE.withHeader("X-Tag", "a").withHeader("x-tag", "b");
        assertThat(request.header("X-TAG")).containsExactly("a", "b");
        assertThat(request.header("X-Other")).isEmpty();
    }
}
