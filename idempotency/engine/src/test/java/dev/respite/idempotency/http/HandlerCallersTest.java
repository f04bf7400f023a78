package dev.respite.idempotency.http;

import static dev.respite.idempotency.http.IdempotentHandlerTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.BasicAuthenticator;
import dev.respite.idempotency.Scope;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The callers of the JDK's server: the owners of keys, and the replays that each of them gets. */
class HandlerCallersTest {

    private final HandlerFixture fixture = HandlerFixture.open();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void servePayments() {
        fixture.serve(HandlerFixture.around(fixture.guard(), fixture::pay));
    }

    @Test
    void fault35_otherPathOrUser_isIndependent() throws Exception {
        servePayments();
        fixture.post("\"k\"", "100");
        assertThat(HandlerFixture.send(fixture.request("/pay/again", "100").header("Idempotency-Key", "\"k\""))
                        .body())
                .endsWith("number 2");
        HttpResponse<String> mallory =
                fixture.send(request -> request.setHeader("User", "mallory").header("Idempotency-Key", "\"k\""));
        assertThat(mallory.body()).endsWith("number 3");
    }

    @Test
    void post_withoutPrincipal_isRejected() throws Exception {
        fixture.serve(IdempotentHandler.of(fixture.guard(), fixture::pay));
        assertProblem(fixture.post("\"k\"", "100"), 401, "unauthenticated", "false");
    }

    @Test
    void fault36_callerMayNoLongerSeeTheResult_isForbidden() throws Exception {
        AtomicBoolean allowed = new AtomicBoolean(true);
        fixture.serve(HandlerFixture.around(fixture.guard(), fixture::pay)
                .withReplayAuthorizer((exchange, record) -> allowed.get()));
        fixture.post("\"k\"", "100");
        assertThat(fixture.post("\"k\"", "100").statusCode()).isEqualTo(201);
        allowed.set(false);
        HttpResponse<String> refused = fixture.post("\"k\"", "100");
        assertProblem(refused, 403, "replay-forbidden", "false");
        assertThat(refused.body()).doesNotContain("paid");
    }

    @Test
    void fault36_authenticator_runsBeforeEachReplay() throws Exception {
        AtomicBoolean known = new AtomicBoolean(true);
        fixture.serve(IdempotentHandler.of(fixture.guard(), fixture::pay))
                .setAuthenticator(new BasicAuthenticator("bank") {
                    @Override
                    public boolean checkCredentials(String user, String password) {
                        return known.get();
                    }
                });
        String basic = "Basic " + Base64.getEncoder().encodeToString("alice:x".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 2; i++) {
            assertThat(fixture.send(request ->
                                    request.header("Authorization", basic).header("Idempotency-Key", "\"k\""))
                            .body())
                    .endsWith("number 1");
        }
        known.set(false);
        HttpResponse<String> refused =
                fixture.send(request -> request.header("Authorization", basic).header("Idempotency-Key", "\"k\""));
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).doesNotContain("paid");
    }

    @Test
    void replay_keepsTheHeadersThatProtectItsBody() throws Exception {
        fixture.serve(HandlerFixture.around(fixture.guard(), exchange -> {
            exchange.getResponseHeaders().set("Content-Disposition", "attachment");
            exchange.getResponseHeaders().set("Content-Security-Policy", "sandbox");
            String query = exchange.getRequestURI().getQuery();
            if (query != null) {
                exchange.getResponseHeaders().set("Cache-Control", query);
            }
            fixture.pay(exchange);
        }));
        for (String path : List.of("/pay", "/pay?private")) {
            HttpResponse<String> first = HandlerFixture.send(
                    fixture.request(path, "1").header("Idempotency-Key", "\"k" + path.length() + '"'));
            HttpResponse<String> replay = HandlerFixture.send(
                    fixture.request(path, "1").header("Idempotency-Key", "\"k" + path.length() + '"'));
            assertThat(replay.body()).isEqualTo(first.body());
            for (String name : List.of("Content-Disposition", "Content-Security-Policy")) {
                assertThat(replay.headers().firstValue(name))
                        .isPresent()
                        .isEqualTo(first.headers().firstValue(name));
            }
            assertThat(replay.headers().firstValue("Cache-Control"))
                    .contains(path.equals("/pay") ? "no-store" : "private");
        }
    }

    @Test
    void post_inAScope_belongsToThePrincipal() throws Exception {
        fixture.serve(IdempotentHandler.of(fixture.guard(), fixture::pay)
                        .withScope(exchange -> Optional.of(Scope.of("acme"))))
                .setAuthenticator(new BasicAuthenticator("bank") {
                    @Override
                    public boolean checkCredentials(String user, String password) {
                        return true;
                    }
                });
        assertThat(postAs("alice")).endsWith("number 1");
        assertThat(postAs("bob")).endsWith("number 2");
        assertThat(postAs("alice")).endsWith("number 1");
    }

    private String postAs(String user) throws Exception {
        String basic = Base64.getEncoder().encodeToString((user + ":x").getBytes(StandardCharsets.UTF_8));
        return fixture.send(request ->
                        request.header("Authorization", "Basic " + basic).header("Idempotency-Key", "\"k\""))
                .body();
    }

    @Test
    void post_inAScopeWithoutPrincipal_isRejected() throws Exception {
        fixture.serve(IdempotentHandler.of(fixture.guard(), fixture::pay)
                .withScope(exchange -> Optional.of(Scope.of("acme"))));
        assertProblem(fixture.post("\"k\"", "100"), 401, "unauthenticated", "false");
    }
}
