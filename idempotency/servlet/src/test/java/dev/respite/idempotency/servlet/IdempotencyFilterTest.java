package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.KEY;
import static dev.respite.idempotency.servlet.TomcatFixture.assertProblem;
import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static dev.respite.idempotency.servlet.TomcatFixture.isReplay;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.KeyRequirement;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter runs the effect of a key once and replays its response to those who may see it. */
class IdempotencyFilterTest {

    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void post_twice_isPaidOnceAndReplayed() throws Exception {
        fixture.servePayments();
        HttpResponse<String> first = fixture.post("\"k\"");
        HttpResponse<String> second = fixture.post("\"k\"");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.body()).isEqualTo("paid 100 as number 1");
        assertThat(isReplay(first)).isFalse();
        assertThat(first.headers().firstValue("Set-Cookie")).contains("session=1");
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Content-Type"))
                .isEqualTo(first.headers().firstValue("Content-Type"));
        assertThat(isReplay(second)).isTrue();
        assertThat(second.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void post_withoutKey_isRejectedWhereItIsRequired() throws Exception {
        fixture.servePayments();
        assertProblem(fixture.send(request -> request), 400, "key-missing");
        assertThat(fixture.effects).hasValue(0);
    }

    @Test
    void post_withoutKey_passesWhereItIsOptional() throws Exception {
        fixture.serve(
                IdempotencyFilter.of(guard(fixture.store).withKeyRequirement(KeyRequirement.optionalFor("POST"))),
                fixture::pay);
        fixture.send(request -> request);
        assertThat(fixture.send(request -> request).body()).endsWith("number 2");
    }

    @Test
    void post_withoutPrincipal_isRejected() throws Exception {
        fixture.serve(
                IdempotencyFilter.of(guard(fixture.store)).withSharedScope(request -> Optional.empty()), fixture::pay);
        assertProblem(fixture.post("\"k\""), 401, "unauthenticated");
        assertThat(fixture.effects).hasValue(0);
    }

    @Test
    void fault34_sameKeyOtherBody_isRejected() throws Exception {
        fixture.servePayments();
        fixture.post("\"k\"");
        assertProblem(fixture.send(fixture.request("/pay", "999").header(KEY, "\"k\"")), 422, "key-reused");
        assertProblem(fixture.send(fixture.request("/pay?twice", "100").header(KEY, "\"k\"")), 422, "key-reused");
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void fault35_otherPathOrUser_isIndependent() throws Exception {
        fixture.servePayments();
        fixture.post("\"k\"");
        assertThat(fixture.send(fixture.request("/pay/again", "100").header(KEY, "\"k\""))
                        .body())
                .endsWith("number 2");
        assertThat(fixture.send(request -> request.setHeader("User", "mallory").header(KEY, "\"k\""))
                        .body())
                .endsWith("number 3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            application/x-www-form-urlencoded                    | amount=%zz           | escape it as %25
            application/x-www-form-urlencoded                    | amount=%1            | escape it as %25
            application/x-www-form-urlencoded; charset=utf-99    | amount=1             | send it in UTF-8
            application/x-www-form-urlencoded                    | many                 | has 1001 parameters, and may have 1000
            """)
    void form_thatCannotBeRead_isRejectedAndClaimsNoKey(String type, String body, String detail) throws Exception {
        fixture.servePayments();
        String sent = body.equals("many") ? "a=1&".repeat(1_001) : body;
        HttpResponse<String> rejected = fixture.send(
                fixture.request("/pay", sent).header("Content-Type", type).header(KEY, "\"k\""));
        assertProblem(rejected, 400, "form-invalid");
        assertThat(rejected.body()).contains(detail);
        assertThat(fixture.effects).hasValue(0);
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(201);
    }

    @Test
    void form_withAsManyParametersAsAllowed_isHandled() throws Exception {
        fixture.servePayments();
        assertThat(fixture.send(fixture.request("/pay", "a=1&".repeat(1_000))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .header(KEY, "\"k\""))
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void post_customScope_separatesByItAndByThePrincipal() throws Exception {
        fixture.serve(
                IdempotencyFilter.of(guard(fixture.store)).withScope(IdempotencyFilterTest::tenant), fixture::pay);
        assertThat(postIn("a", "alice")).endsWith("number 1");
        assertThat(postIn("b", "alice")).endsWith("number 2");
        assertThat(postIn("a", "mallory")).endsWith("number 3");
        assertThat(postIn("a", "alice")).endsWith("number 1");
        assertThat(postIn("a", "")).contains("unauthenticated");
    }

    @Test
    void post_sharedScope_separatesByItAlone() throws Exception {
        fixture.serve(
                IdempotencyFilter.of(guard(fixture.store)).withSharedScope(IdempotencyFilterTest::tenant),
                fixture::pay);
        assertThat(postIn("a", "alice")).endsWith("number 1");
        assertThat(postIn("a", "mallory")).endsWith("number 1");
        assertThat(postIn("b", "alice")).endsWith("number 2");
    }

    private static Optional<Scope> tenant(HttpServletRequest request) {
        return Optional.ofNullable(request.getHeader("Tenant")).map(Scope::of);
    }

    private String postIn(String tenant, String user) throws Exception {
        return fixture.send(request ->
                        request.header("Tenant", tenant).setHeader("User", user).header(KEY, "\"k\""))
                .body();
    }

    @Test
    void fault36_callerMayNoLongerSeeTheResult_isForbidden() throws Exception {
        AtomicBoolean allowed = new AtomicBoolean(true);
        fixture.serve(
                IdempotencyFilter.of(guard(fixture.store)).withReplayAuthorizer((request, record) -> allowed.get()),
                fixture::pay);
        fixture.post("\"k\"");
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(201);
        allowed.set(false);
        HttpResponse<String> refused = fixture.post("\"k\"");
        assertProblem(refused, 403, "replay-forbidden");
        assertThat(refused.body()).doesNotContain("paid");
    }

    @Test
    void fault36_callerIsNotAuthenticatedAnyMore_getsNothing() throws Exception {
        fixture.servePayments();
        fixture.post("\"k\"");
        fixture.known.remove("alice");
        HttpResponse<String> refused = fixture.post("\"k\"");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).isEmpty();
    }

    @Test
    void post_whileAnotherCallRuns_isInProgressWithRetryAfter() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        fixture.serve((request, response) -> {
            begun.countDown();
            TomcatFixture.await(mayEnd);
            fixture.pay(request, response);
        });
        CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(() -> unchecked("\"k\""));
        begun.await();
        HttpResponse<String> busy = fixture.post("\"k\"");
        assertProblem(busy, 409, "in-progress");
        assertThat(busy.headers().firstValue("Retry-After")).contains("1");
        mayEnd.countDown();
        assertThat(first.get().body()).isEqualTo("paid 100 as number 1");
        assertThat(fixture.post("\"k\"").body()).isEqualTo("paid 100 as number 1");
    }

    @Test
    void fault31_simultaneousDuplicates_oneIsPaid() throws Exception {
        fixture.servePayments();
        ExecutorService threads = Executors.newFixedThreadPool(50);
        try {
            List<Future<HttpResponse<String>>> results = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                results.add(threads.submit(() -> fixture.postUntilDone("\"k\"")));
            }
            for (Future<HttpResponse<String>> result : results) {
                assertThat(result.get().body()).isEqualTo("paid 100 as number 1");
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void post_handlerDeclaresNoEffect_isRunAgain() throws Exception {
        fixture.serve((request, response) -> {
            if (fixture.effects.getAndIncrement() == 0) {
                ((Execution) request.getAttribute(IdempotencyFilter.CONTEXT)).noEffect();
                response.setStatus(503);
                response.getWriter().write("not now");
            } else {
                response.getWriter().write("done");
            }
        });
        assertThat(fixture.post("\"k\"").body()).isEqualTo("not now");
        assertThat(fixture.post("\"k\"").body()).isEqualTo("done");
        assertThat(isReplay(fixture.post("\"k\""))).isTrue();
    }

    @Test
    void post_first_isRecordedBeforeTheFirstByte() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        fixture.add(Recordings.bytes(log), DispatcherType.REQUEST)
                .serve(IdempotencyFilter.of(guard(Recordings.records(fixture.store, log))), (request, response) -> {
                    fixture.pay(request, response);
                    response.flushBuffer();
                });
        assertThat(fixture.post("\"k\"").body()).isEqualTo("paid 100 as number 1");
        assertThat(log).startsWith("EFFECT_STARTED", "DONE", "status", "byte");
    }

    @Test
    void fault23_storeAway_isUnavailableAndNothingDone() throws Exception {
        fixture.serve(IdempotencyFilter.of(guard(Recordings.gone(fixture.store))), fixture::pay);
        HttpResponse<String> away = fixture.post("\"k\"");
        assertProblem(away, 503, "store-unavailable");
        assertThat(away.headers().firstValue("Retry-After")).contains("1");
        assertThat(fixture.effects).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 65_537, 1_000_000, 20_000_000})
    void fault42_responsesOfAnySize_areSentInFullAndStoredUpToTheCap(int size) throws Exception {
        fixture.serve((request, response) -> {
            fixture.effects.incrementAndGet();
            response.setStatus(size == 0 ? 204 : 200);
            byte[] piece = new byte[1 << 16];
            for (int left = size; left > 0; left -= piece.length) {
                response.getOutputStream().write(piece, 0, Math.min(left, piece.length));
                response.flushBuffer();
            }
        });
        assertThat(fixture.post("\"k\"").body()).hasSize(size);
        HttpResponse<String> again = fixture.post("\"k\"");
        assertThat(isReplay(again)).isTrue();
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
    void fault45_handlerThrowsAnError_isUnknown() throws Exception {
        fixture.serve((request, response) -> {
            fixture.effects.incrementAndGet();
            throw new StackOverflowError("planned");
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(500);
        assertProblem(fixture.post("\"k\""), 409, "outcome-unknown");
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void fault46_handlerFailsToMakeItsResult_isUnknown() throws Exception {
        fixture.serve((request, response) -> {
            fixture.effects.incrementAndGet();
            response.getWriter().write("half a resu");
            throw new IllegalStateException("cannot be serialised");
        });
        HttpResponse<String> failed = fixture.post("\"k\"");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).doesNotContain("half a resu");
        assertProblem(fixture.post("\"k\""), 409, "outcome-unknown");
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void fault48_quotedAndBare_areTheSameKey() throws Exception {
        fixture.serve(IdempotencyFilter.of(guard(fixture.store).withUnquotedKeys()), fixture::pay);
        fixture.post("k");
        assertThat(isReplay(fixture.post("\"k\""))).isTrue();
    }

    /**
     * Like Spring: checks isAsyncSupported, calls startAsync, and responds to the failure. Also if an exception before
     * the explicit start of the effect would release the key.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fault44_handlerCallsStartAsyncUndeclared_isUnknown(boolean failureIsAnswered) throws Exception {
        Idempotency<Execution> announced = ExternalIdempotency.of(fixture.store).withExplicitEffectStart();
        fixture.serve(IdempotencyFilter.of(HttpGuard.of(announced)), (request, response) -> {
            assertThat(request.isAsyncSupported()).isTrue();
            fixture.effects.incrementAndGet();
            try {
                request.startAsync();
            } catch (IllegalStateException refused) {
                assertThat(refused).hasMessageContaining("withAsyncHandlers()");
                if (!failureIsAnswered) {
                    throw refused;
                }
                response.setStatus(400);
            }
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(500);
        assertProblem(fixture.post("\"k\""), 409, "outcome-unknown");
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void withAsyncHandlers_recordInTheTransaction_isRejected() {
        IdempotencyFilter filter = IdempotencyFilter.of(HttpGuard.of(new InTransaction()));
        assertThatThrownBy(filter::withAsyncHandlers)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ExternalIdempotency");
    }

    private HttpResponse<String> unchecked(String key) {
        try {
            return fixture.post(key);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** As that of a database would be. */
    private static final class InTransaction implements Idempotency<String> {
        @Override
        public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super String, X> work)
                throws X {
            return new IdempotentResult.Executed(work.run("connection"));
        }

        @Override
        public IdempotencyCounts counts() {
            throw new UnsupportedOperationException();
        }
    }
}
