package dev.respite.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.store.InterceptedStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotentHandlerTest {

    private final HandlerFixture fixture = HandlerFixture.open();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void servePayments() {
        fixture.serve(HandlerFixture.around(fixture.guard(), fixture::pay));
    }

    @Test
    void post_twice_isPaidOnceAndReplayed() throws Exception {
        servePayments();
        HttpResponse<String> first = fixture.post("\"k\"", "100");
        HttpResponse<String> second = fixture.post("\"k\"", "100");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.body()).isEqualTo("paid 100 as number 1");
        assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(first.headers().firstValue("Set-Cookie")).isPresent();
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Content-Type")).contains("text/plain");
        assertThat(second.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(second.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void post_withoutKey_isRejectedWhereItIsRequired() throws Exception {
        servePayments();
        assertProblem(fixture.send(request -> request), 400, "key-missing", "false");
        assertThat(fixture.effects).hasValue(0);
    }

    @Test
    void rejection_withDocumentation_hasALinkToIt() throws Exception {
        String link = "<https://example.com/keys>; rel=\"describedby\"; type=\"text/html\"";
        fixture.serve(HandlerFixture.around(
                fixture.guard().withDocumentation(URI.create("https://example.com/keys")), fixture::pay));
        assertThat(fixture.send(request -> request).headers().firstValue("Link"))
                .contains(link);
        assertThat(fixture.post("not quoted", "1").headers().firstValue("Link")).contains(link);
        assertThat(fixture.post("\"k\"", "1").headers().firstValue("Link")).isEmpty();
        HttpResponse<String> reused = fixture.post("\"k\"", "2");
        assertProblem(reused, 422, "key-reused", "false");
        assertThat(reused.headers().firstValue("Link")).contains(link);
        HttpResponse<String> postdated = fixture.post("\"ffff22e2-79b0-7cc3-98c4-dc0c0c07398f\"", "1");
        assertProblem(postdated, 400, "key-postdated", "false");
        assertThat(postdated.headers().firstValue("Link")).contains(link);
        HttpResponse<String> expired = fixture.post("\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\"", "1");
        assertProblem(expired, 412, "key-expired", "false");
        assertThat(expired.headers().firstValue("Link")).isEmpty();
        assertThat(fixture.post("\"k\"", "1").headers().firstValue("Link")).isEmpty();
    }

    @Test
    void post_withoutKey_passesWhereItIsOptional() throws Exception {
        fixture.serve(HandlerFixture.around(
                fixture.guard().withKeyRequirement(KeyRequirement.optionalFor("POST")), fixture::pay));
        fixture.send(request -> request);
        assertThat(fixture.send(request -> request).body()).endsWith("number 2");
        fixture.post("\"k\"", "1");
        assertThat(fixture.post("\"k\"", "1").body()).endsWith("number 3");
    }

    @Test
    void get_withKey_isPassedThrough() throws Exception {
        servePayments();
        for (int i = 1; i <= 2; i++) {
            HttpResponse<String> got = fixture.send(
                    request -> request.method("GET", BodyPublishers.noBody()).header("Idempotency-Key", "\"k\""));
            assertThat(got.body()).endsWith("number " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"k", "\"\"", "\"a\", \"b\"", "\"a"})
    void fault47_malformedKey_isRejected(String key) throws Exception {
        servePayments();
        assertProblem(fixture.post(key, "100"), 400, "key-invalid", "false");
    }

    @Test
    void fault47_twoFields_areRejected() throws Exception {
        servePayments();
        assertProblem(
                fixture.send(
                        request -> request.header("Idempotency-Key", "\"a\"").header("Idempotency-Key", "\"a\"")),
                400,
                "key-invalid",
                "false");
        assertThat(fixture.effects).hasValue(0);
    }

    @Test
    void post_otherHeaderAndBareKey_isUnderstoodWhereItIsConfigured() throws Exception {
        fixture.serve(HandlerFixture.around(
                fixture.guard().withHeader("X-Request-Token").withUnquotedKeys(), fixture::pay));
        fixture.send(request -> request.header("X-Request-Token", "k"));
        assertThat(fixture.send(request -> request.header("x-request-token", "\"k\""))
                        .headers()
                        .firstValue("Idempotent-Replayed"))
                .contains("true");
    }

    @Test
    void fault34_sameKeyOtherBody_isRejected() throws Exception {
        servePayments();
        fixture.post("\"k\"", "100");
        assertProblem(fixture.post("\"k\"", "999"), 422, "key-reused", "false");
        assertProblem(
                HandlerFixture.send(fixture.request("/pay?twice", "100").header("Idempotency-Key", "\"k\"")),
                422,
                "key-reused",
                "false");
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void post_whileAnotherCallRuns_isInProgressWithRetryAfter() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            begun.countDown();
            await(mayEnd);
            fixture.pay(exchange);
        }));
        CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(() -> unchecked("\"k\""));
        begun.await();
        HttpResponse<String> busy = fixture.post("\"k\"", "100");
        assertProblem(busy, 409, "in-progress", "true");
        assertThat(busy.headers().firstValue("Retry-After")).contains("1");
        mayEnd.countDown();
        assertThat(first.get().body()).isEqualTo("paid 100 as number 1");
        assertThat(fixture.post("\"k\"", "100").body()).isEqualTo("paid 100 as number 1");
    }

    @Test
    void post_handlerFailsAfterItsEffect_isUnknownFromThenOn() throws Exception {
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            fixture.effects.incrementAndGet();
            HandlerFixture.respond(exchange, 500, "oops");
        }));
        HttpResponse<String> failed = fixture.post("\"k\"", "100");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).isEqualTo("oops");
        assertThat(failed.headers().firstValue("X-Should-Retry")).contains("false");
        assertProblem(fixture.post("\"k\"", "100"), 409, "outcome-unknown", "false");
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void post_handlerDeclaresNoEffect_isRunAgain() throws Exception {
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            if (fixture.effects.getAndIncrement() == 0) {
                ((Execution) exchange.getAttribute(IdempotentHandler.CONTEXT)).noEffect();
                HandlerFixture.respond(exchange, 503, "not now");
            } else {
                HandlerFixture.respond(exchange, 200, "done");
            }
        }));
        assertThat(fixture.post("\"k\"", "100").body()).isEqualTo("not now");
        assertThat(fixture.post("\"k\"", "100").body()).isEqualTo("done");
        assertThat(fixture.post("\"k\"", "100").headers().firstValue("Idempotent-Replayed"))
                .contains("true");
    }

    @Test
    void fault44_handlerThatReturnsWithoutAnAnswer_isNotRecordedAsDone() throws Exception {
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {}));
        assertThatThrownBy(() -> fixture.post("\"k\"", "100")).isInstanceOf(IOException.class);
        assertProblem(fixture.post("\"k\"", "100"), 409, "outcome-unknown", "false");
    }

    @Test
    void post_oldKey_isExpired() throws Exception {
        servePayments();
        assertProblem(fixture.post("\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\"", "100"), 412, "key-expired", "false");
        assertProblem(fixture.post("\"ffff22e2-79b0-7cc3-98c4-dc0c0c07398f\"", "100"), 400, "key-postdated", "false");
        assertThat(fixture.effects).hasValue(0);
    }

    @Test
    void fault43_bodyOverTheLimit_isRejectedAndNothingClaimed() throws Exception {
        fixture.serve(HandlerFixture.around(fixture.guard().withBodyLimit(10), fixture::pay));
        assertProblem(fixture.post("\"k\"", "12345678901"), 413, "body-too-large", "false");
        HttpResponse<String> chunked = fixture.send(request -> request.header("Idempotency-Key", "\"k\"")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[50_000]))));
        assertProblem(chunked, 413, "body-too-large", "false");
        assertThat(fixture.post("\"k\"", "1234567890").statusCode()).isEqualTo(201);
    }

    @Test
    void fault23_storeAway_isUnavailableAndNothingDone() throws Exception {
        fixture.serve(HandlerFixture.around(HandlerFixture.guard(InterceptedStore.unavailable()), fixture::pay));
        HttpResponse<String> away = fixture.post("\"k\"", "100");
        assertProblem(away, 503, "store-unavailable", "true");
        assertThat(away.headers().firstValue("Retry-After")).contains("1");
        assertThat(fixture.effects).hasValue(0);
    }

    @Test
    void fault40_clientGoesAwayWhileTheHandlerRuns_isPaidAndReplayed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            begun.countDown();
            await(mayEnd);
            fixture.pay(exchange);
            ended.countDown();
        }));
        try (Socket socket = fixture.socket()) {
            socket.getOutputStream().write(head(3, "100"));
            begun.await();
        }
        mayEnd.countDown();
        ended.await();
        HttpResponse<String> again = fixture.post("\"k\"", "100");
        while (again.statusCode() == 409) {
            again = fixture.post("\"k\"", "100");
        }
        assertThat(again.body()).isEqualTo("paid 100 as number 1");
        assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
    }

    @Test
    void fault40_clientGoesAwayInTheMiddleOfItsBody_nothingIsClaimed() throws Exception {
        servePayments();
        try (Socket socket = fixture.socket()) {
            socket.getOutputStream().write(head(3, "1"));
            socket.shutdownOutput();
            InputStream response = socket.getInputStream();
            assertThat(new String(response.readAllBytes(), StandardCharsets.UTF_8))
                    .doesNotContain("paid");
        }
        HttpResponse<String> whole = fixture.post("\"k\"", "100");
        assertThat(whole.body()).isEqualTo("paid 100 as number 1");
        assertThat(whole.headers().firstValue("Idempotent-Replayed")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 65_537, 3_000_000})
    void fault42_responsesOfAnySize_areSentInFullAndStoredUpToTheCap(int size) throws Exception {
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            fixture.effects.incrementAndGet();
            exchange.sendResponseHeaders(size == 0 ? 204 : 200, size == 0 ? -1 : 0);
            exchange.getResponseBody().write(new byte[size]);
            exchange.getResponseBody().close();
        }));
        assertThat(fixture.post("\"k\"", "100").body()).hasSize(size);
        HttpResponse<String> again = fixture.post("\"k\"", "100");
        assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
        if (size <= 65_536) {
            assertThat(again.statusCode()).isEqualTo(size == 0 ? 204 : 200);
            assertThat(again.body()).hasSize(size);
        } else {
            assertThat(again.statusCode()).isEqualTo(410);
            assertThat(again.body()).contains("urn:respite:idempotency:body-not-kept");
        }
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void handler_writesAnotherLengthThanAnnounced_fails() throws Exception {
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().write(new byte[3]);
        }));
        assertThatThrownBy(() -> fixture.post("\"k\"", "100")).isInstanceOf(IOException.class);
    }

    private HttpResponse<String> unchecked(String key) {
        try {
            return fixture.post(key, "100");
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    private static byte[] head(int length, String body) {
        return ("POST /pay HTTP/1.1\r\nHost: bank\r\nUser: alice\r\nIdempotency-Key: \"k\"\r\nContent-Length: " + length
                        + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    static void assertProblem(HttpResponse<String> response, int status, String type, String again) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(response.headers().firstValue("X-Should-Retry")).contains(again);
        assertThat(response.body())
                .startsWith("{\"type\":\"urn:respite:idempotency:" + type + "\"")
                .contains("\"status\":" + status);
    }
}
