package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.assertProblem;
import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static dev.respite.idempotency.servlet.TomcatFixture.isReplay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.Execution;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/** Handlers that respond on another thread. */
class AsyncHandlersTest {

    private final ExecutorService others = Executors.newCachedThreadPool();
    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        others.shutdownNow();
        fixture.close();
    }

    private IdempotencyFilter filter() {
        return IdempotencyFilter.of(guard(fixture.store)).withAsyncHandlers();
    }

    private void serve(TomcatFixture.Handler handler) throws Exception {
        fixture.serve(filter(), handler);
    }

    /** Pays on another thread once it may. */
    private TomcatFixture.Handler payLater(CountDownLatch mayPay) {
        return (request, response) -> {
            AsyncContext later = request.startAsync();
            others.execute(() -> {
                TomcatFixture.await(mayPay);
                pay(request, (HttpServletResponse) later.getResponse());
                later.complete();
            });
        };
    }

    private void pay(HttpServletRequest request, HttpServletResponse response) {
        try {
            fixture.pay(request, response);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private void assertPaidOnce() throws Exception {
        HttpResponse<String> first = fixture.post("\"k\"");
        HttpResponse<String> second = fixture.post("\"k\"");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.body()).isEqualTo("paid 100 as number 1");
        assertThat(first.headers().firstValue("Set-Cookie")).isPresent();
        assertThat(isReplay(first)).isFalse();
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(isReplay(second)).isTrue();
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void fault44_completedAfterItsReturn_isRecordedAndReplayed() throws Exception {
        CountDownLatch returned = new CountDownLatch(1);
        fixture.add(
                (request, response, chain) -> {
                    try {
                        chain.doFilter(request, response);
                    } finally {
                        returned.countDown();
                    }
                },
                DispatcherType.REQUEST);
        serve(payLater(returned));
        assertPaidOnce();
    }

    @Test
    void responseOfTheContainer_thatThrows_isCompleted() throws Exception {
        fixture.add(
                (request, response, chain) ->
                        chain.doFilter(request, new HttpServletResponseWrapper((HttpServletResponse) response) {
                            @Override
                            public void setStatus(int status) {
                                throw new IllegalStateException("a bug of the container");
                            }
                        }),
                DispatcherType.REQUEST);
        serve((request, response) -> {
            AsyncContext later = request.startAsync();
            later.setTimeout(0);
            others.execute(() -> {
                pay(request, (HttpServletResponse) later.getResponse());
                later.complete();
            });
        });
        assertThat(others.submit(() -> fixture.post("\"k\"")))
                .succeedsWithin(Duration.ofSeconds(10))
                .satisfies(response -> assertThat(response.statusCode()).isNotEqualTo(201));
    }

    /** Before the dispatch that began it has returned. */
    @Test
    void fault44_completedBeforeItReturns_isRecordedAndReplayed() throws Exception {
        serve((request, response) -> {
            AsyncContext later = request.startAsync();
            others.submit(() -> {
                        pay(request, response);
                        later.complete();
                    })
                    .get();
        });
        assertPaidOnce();
    }

    @Test
    void fault44_synchronousAfterAll_isRecordedAndReplayed() throws Exception {
        serve(fixture::pay);
        assertPaidOnce();
    }

    /** As Spring does it with a deferred result. */
    @Test
    void fault44_dispatchedWithTheResult_isRecordedAndReplayed() throws Exception {
        serve((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                pay(request, response);
                return;
            }
            AsyncContext later = request.startAsync(request, response);
            later.setTimeout(0);
            others.execute(later::dispatch);
        });
        assertPaidOnce();
    }

    @Test
    void fault44_dispatchedTwice_isRecordedAndReplayed() throws Exception {
        serve((request, response) -> {
            Object before = request.getAttribute("turn");
            int turn = before == null ? 1 : (Integer) before + 1;
            request.setAttribute("turn", turn);
            AsyncContext later = turn < 3 ? request.startAsync(request, response) : null;
            if (later == null) {
                pay(request, response);
            } else {
                others.execute(() -> later.dispatch("/elsewhere"));
            }
        });
        assertPaidOnce();
    }

    /** As WebFlux does it. */
    @Test
    void fault44_readAndWrittenWithoutBlocking_isRecordedAndReplayed() throws Exception {
        serve((request, response) -> {
            AsyncContext later = request.startAsync();
            ServletInputStream in = request.getInputStream();
            in.setReadListener(new ReadListener() {
                private final StringBuilder amount = new StringBuilder();

                @Override
                public void onDataAvailable() throws IOException {
                    while (in.isReady() && !in.isFinished()) {
                        amount.append((char) in.read());
                    }
                }

                @Override
                public void onAllDataRead() throws IOException {
                    response.setStatus(201);
                    response.addHeader("Set-Cookie", "a=b");
                    ServletOutputStream out = response.getOutputStream();
                    out.setWriteListener(new WriteListener() {
                        @Override
                        public void onWritePossible() throws IOException {
                            String text = "paid " + amount + " as number " + fixture.effects.incrementAndGet();
                            out.write(text.getBytes(StandardCharsets.UTF_8));
                            later.complete();
                        }

                        @Override
                        public void onError(Throwable failure) {
                            throw new IllegalStateException(failure);
                        }
                    });
                }

                @Override
                public void onError(Throwable failure) {
                    throw new IllegalStateException(failure);
                }
            });
        });
        assertPaidOnce();
    }

    @Test
    void post_first_isRecordedBeforeTheFirstByte() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        fixture.add(Recordings.bytes(log), DispatcherType.REQUEST, DispatcherType.ASYNC)
                .serve(
                        IdempotencyFilter.of(guard(Recordings.records(fixture.store, log)))
                                .withAsyncHandlers(),
                        payLater(new CountDownLatch(0)));
        assertThat(fixture.post("\"k\"").body()).isEqualTo("paid 100 as number 1");
        assertThat(log).startsWith("EFFECT_STARTED", "DONE", "status", "byte");
    }

    @Test
    void post_whileAnotherCallRuns_isInProgress() throws Exception {
        CountDownLatch mayPay = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        serve((request, response) -> {
            payLater(mayPay).handle(request, response);
            begun.countDown();
        });
        Future<HttpResponse<String>> first = others.submit(() -> fixture.post("\"k\""));
        begun.await();
        assertProblem(fixture.post("\"k\""), 409, "in-progress");
        mayPay.countDown();
        assertThat(first.get().body()).isEqualTo("paid 100 as number 1");
        assertThat(fixture.post("\"k\"").body()).isEqualTo("paid 100 as number 1");
    }

    @Test
    void fault40_clientGoesAway_isPaidAndReplayed() throws Exception {
        CountDownLatch mayPay = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        serve((request, response) -> {
            payLater(mayPay).handle(request, response);
            begun.countDown();
        });
        try (Socket socket = fixture.socket()) {
            socket.setSoLinger(true, 0);
            socket.getOutputStream()
                    .write(TomcatFixture.head("Idempotency-Key: \"k\"\r\nContent-Length: 3\r\n\r\n100"));
            begun.await();
        }
        mayPay.countDown();
        HttpResponse<String> again = fixture.postUntilDone("\"k\"");
        assertThat(again.body()).isEqualTo("paid 100 as number 1");
        assertThat(isReplay(again)).isTrue();
        assertThat(fixture.effects).hasValue(1);
    }

    /** The container has answered, and its objects serve others, when the handler ends: it is recorded all the same. */
    @Test
    void fault44_endsAfterTheContainerGaveItUp_isRecordedAndReplayed() throws Exception {
        CountDownLatch mayPay = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        List<String> touched = new CopyOnWriteArrayList<>();
        Filter watch = Recordings.bytes(touched);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        fixture.add(
                (request, response, chain) -> {
                    if (isFirst.getAndSet(false)) {
                        watch.doFilter(request, response, chain);
                    } else {
                        chain.doFilter(request, response);
                    }
                },
                DispatcherType.REQUEST);
        serve((request, response) -> {
            AsyncContext later = request.startAsync();
            later.setTimeout(100);
            others.execute(() -> {
                TomcatFixture.await(mayPay);
                try {
                    response.setStatus(201);
                    response.getWriter().write("paid late as number " + fixture.effects.incrementAndGet());
                    later.complete();
                } catch (IOException failure) {
                    throw new IllegalStateException(failure);
                } finally {
                    ended.countDown();
                }
            });
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(500);
        assertProblem(fixture.post("\"k\""), 409, "in-progress");
        mayPay.countDown();
        ended.await();
        HttpResponse<String> again = fixture.post("\"k\"");
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).isEqualTo("paid late as number 1");
        assertThat(isReplay(again)).isTrue();
        assertThat(touched).isEmpty();
    }

    @Test
    void handlerSaysThatNothingWasDone_onAnotherThread_isRunAgain() throws Exception {
        serve((request, response) -> {
            AsyncContext later = request.startAsync();
            others.execute(() -> {
                if (fixture.effects.getAndIncrement() == 0) {
                    ((Execution) request.getAttribute(IdempotencyFilter.CONTEXT)).noEffect();
                    response.setStatus(503);
                }
                request.getAsyncContext().complete();
            });
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(503);
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(200);
        assertThat(isReplay(fixture.post("\"k\""))).isTrue();
    }

    @Test
    void fault36_callerMayNoLongerSeeTheResult_isForbidden() throws Exception {
        AtomicBoolean allowed = new AtomicBoolean(true);
        fixture.serve(
                filter().withReplayAuthorizer((request, record) -> allowed.get()), payLater(new CountDownLatch(0)));
        fixture.post("\"k\"");
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(201);
        allowed.set(false);
        HttpResponse<String> refused = fixture.post("\"k\"");
        assertProblem(refused, 403, "replay-forbidden");
        assertThat(refused.body()).doesNotContain("paid");
    }

    @Test
    void fault23_storeAway_isUnavailableAndNothingDone() throws Exception {
        fixture.serve(
                IdempotencyFilter.of(guard(Recordings.gone(fixture.store))).withAsyncHandlers(),
                payLater(new CountDownLatch(0)));
        assertProblem(fixture.post("\"k\""), 503, "store-unavailable");
        assertThat(fixture.effects).hasValue(0);
    }

    @Test
    void fault31_simultaneousDuplicates_oneIsPaid() throws Exception {
        serve(payLater(new CountDownLatch(0)));
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            responses.add(CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return fixture.postUntilDone("\"k\"");
                        } catch (Exception failure) {
                            throw new IllegalStateException(failure);
                        }
                    },
                    others));
        }
        for (CompletableFuture<HttpResponse<String>> response : responses) {
            assertThat(response.get().body()).isEqualTo("paid 100 as number 1");
        }
        assertThat(fixture.effects).hasValue(1);
    }
}
