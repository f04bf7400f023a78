package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.KEY;
import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static dev.respite.idempotency.servlet.TomcatFixture.isReplay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.HttpHead;
import dev.respite.idempotency.store.StoredResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The keys that a filter reads before the authentication: those whose result it has recorded or replayed. */
class CompletedKeysTest {

    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void serve(IdempotencyFilter filter, TomcatFixture.Handler handler) throws Exception {
        serve(filter, filter, handler);
    }

    /** Serves by one filter. A request with the header Probe has no principal and gets the result of the other one. */
    private void serve(IdempotencyFilter serving, IdempotencyFilter probed, TomcatFixture.Handler handler)
            throws Exception {
        fixture.add(
                (request, response, chain) -> {
                    HttpServletRequest http = (HttpServletRequest) request;
                    if (http.getHeader("Probe") == null) {
                        chain.doFilter(request, response);
                    } else {
                        response.getWriter().write(String.valueOf(probed.hasCompleted(http)));
                    }
                },
                DispatcherType.REQUEST);
        fixture.serve(serving, handler);
    }

    private IdempotencyFilter keeping() {
        return IdempotencyFilter.of(guard(fixture.store)).withCompletedKeys();
    }

    private boolean hasCompleted(HttpRequest.Builder request) throws Exception {
        return Boolean.parseBoolean(
                fixture.send(request.setHeader("User", "").header("Probe", "1")).body());
    }

    private boolean hasCompleted(String key) throws Exception {
        return hasCompleted(fixture.request("/pay", "100").header(KEY, key));
    }

    @Test
    void request_withARecordedResult_hasCompletedOnItsPathWithItsMethodAndKey() throws Exception {
        serve(keeping(), fixture::pay);
        assertThat(hasCompleted("\"k\"")).isFalse();
        fixture.post("\"k\"");
        assertThat(hasCompleted("\"k\"")).isTrue();
        assertThat(hasCompleted("\"other\"")).isFalse();
        assertThat(hasCompleted(fixture.request("/refund", "100").header(KEY, "\"k\"")))
                .isFalse();
        assertThat(hasCompleted(fixture.request("/pay", "100").DELETE().header(KEY, "\"k\"")))
                .isFalse();
        assertThat(hasCompleted(fixture.request("/pay", "100"))).isFalse();
        assertThat(hasCompleted(
                        fixture.request("/pay", "100").header(KEY, "\"k\"").header(KEY, "\"k\"")))
                .isFalse();
    }

    @Test
    void filter_thatKeepsNoKeys_hasCompletedNone() throws Exception {
        serve(IdempotencyFilter.of(guard(fixture.store)), fixture::pay);
        fixture.post("\"k\"");
        assertThat(hasCompleted("\"k\"")).isFalse();
    }

    @Test
    void replay_ofAnotherProcess_hasCompleted() throws Exception {
        IdempotencyFilter second = keeping();
        serve(second, fixture::pay);
        try (TomcatFixture other = new TomcatFixture()) {
            other.serve(IdempotencyFilter.of(guard(fixture.store)), other::pay);
            other.post("\"k\"");
        }
        assertThat(hasCompleted("\"k\"")).isFalse();
        assertThat(isReplay(fixture.post("\"k\""))).isTrue();
        assertThat(hasCompleted("\"k\"")).isTrue();
    }

    @Test
    void copies_ofAFilter_shareItsKeys() throws Exception {
        IdempotencyFilter filter = keeping();
        serve(filter.withAsyncHandlers().withReplayAuthorizer((request, record) -> true), filter, fixture::pay);
        fixture.post("\"k\"");
        assertThat(hasCompleted("\"k\"")).isTrue();
    }

    @Test
    void request_whoseHandlerFails_hasNotCompleted() throws Exception {
        serve(keeping(), (request, response) -> response.setStatus(503));
        fixture.post("\"k\"");
        assertThat(hasCompleted("\"k\"")).isFalse();
    }

    @Test
    void keyInProgress_whoseSecondRequestIsRejected_hasNotCompleted() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        serve(keeping(), (request, response) -> {
            begun.countDown();
            TomcatFixture.await(gate);
            fixture.pay(request, response);
        });
        CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(() -> {
            try {
                return fixture.post("\"k\"");
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        });
        begun.await();
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(409);
        assertThat(hasCompleted("\"k\"")).isFalse();
        gate.countDown();
        assertThat(first.get().statusCode()).isEqualTo(201);
        assertThat(hasCompleted("\"k\"")).isTrue();
    }

    @Test
    void keyWithAnotherBody_whichIsRejected_hasNotCompletedHere() throws Exception {
        IdempotencyFilter filter = keeping();
        try (TomcatFixture other = new TomcatFixture()) {
            other.serve(IdempotencyFilter.of(guard(fixture.store)), other::pay);
            other.post("\"k\"");
        }
        serve(filter, fixture::pay);
        assertThat(fixture.send(fixture.request("/pay", "999").header(KEY, "\"k\""))
                        .statusCode())
                .isEqualTo(422);
        assertThat(hasCompleted("\"k\"")).isFalse();
    }

    @Test
    void asynchronousRequest_hasCompletedWhenItsResultIsRecorded() throws Exception {
        CompletableFuture<AsyncContext> started = new CompletableFuture<>();
        serve(keeping().withAsyncHandlers(), (request, response) -> {
            AsyncContext async = request.startAsync();
            started.complete(async);
        });
        CompletableFuture<HttpResponse<String>> response = CompletableFuture.supplyAsync(() -> {
            try {
                return fixture.post("\"k\"");
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        });
        AsyncContext async = started.get();
        assertThat(hasCompleted("\"k\"")).isFalse();
        async.complete();
        assertThat(response.get().statusCode()).isEqualTo(200);
        assertThat(hasCompleted("\"k\"")).isTrue();
    }

    private static HttpHead head(String path) {
        return new HttpHead("POST", path, Optional.empty(), name -> List.of());
    }

    private static void complete(CompletedKeys keys, HttpHead head, String key) {
        CompletedKeys.Pending pending = keys.pending(head, List.of(key));
        pending.onRun();
        pending.onReply(StoredResponse.empty());
    }

    @Test
    void keysAboveTheMaximum_displaceTheOldest() {
        CompletedKeys keys = new CompletedKeys(3);
        IntStream.rangeClosed(1, 5).forEach(key -> complete(keys, head("/pay"), "k" + key));
        complete(keys, head("/pay"), "k5");
        assertThat(IntStream.rangeClosed(1, 5).mapToObj(key -> keys.contains(head("/pay"), List.of("k" + key))))
                .containsExactly(false, false, true, true, true);
    }

    @Test
    void longKey_isNotKept() {
        CompletedKeys keys = new CompletedKeys(3);
        HttpHead head = head("/");
        String longest = "k".repeat(CompletedKeys.MAX_LENGTH - "POST /\n".length());
        complete(keys, head, longest);
        complete(keys, head, longest + "k");
        assertThat(keys.contains(head, List.of(longest))).isTrue();
        assertThat(keys.contains(head, List.of(longest + "k"))).isFalse();
    }

    @Test
    void reply_ofARun_completesIfItIsAResultAndOtherRepliesIfTheyAreReplays() {
        StoredResponse replay = StoredResponse.of(200, Map.of(HttpGuard.REPLAYED_HEADER, List.of("true")), new byte[0]);
        StoredResponse rejection = StoredResponse.of(409, Map.of(), new byte[0]);
        StoredResponse failure = StoredResponse.of(500, Map.of(), new byte[0]);
        assertThat(isCompleted(false, replay)).isTrue();
        assertThat(isCompleted(false, rejection)).isFalse();
        assertThat(isCompleted(true, rejection)).isTrue();
        assertThat(isCompleted(true, failure)).isFalse();
        assertThat(isCompleted(true, rejection.withoutEffect())).isFalse();
    }

    private static boolean isCompleted(boolean hasRun, StoredResponse reply) {
        CompletedKeys keys = new CompletedKeys(1);
        CompletedKeys.Pending pending = keys.pending(head("/"), List.of("k"));
        if (hasRun) {
            pending.onRun();
        }
        assertThat(pending.onReply(reply)).isSameAs(reply);
        return keys.contains(head("/"), List.of("k"));
    }
}
