package dev.respite.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.respite.Operation;
import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a call writes to the span that is current where it is made. */
class SpanEventsTest {

    private static final String STEADY = "backoff=fixed base-delay=250ms jitter=none budget=off ";

    private static final Duration DELAY = Duration.ofMillis(250);

    private final Traces traces = new Traces();
    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void close() {
        traces.close();
    }

    private Retry retry(String policy) {
        return RetryTracing.instrument(
                Retry.of(RetryPolicy.parse(STEADY + policy), time).withName("quotes"));
    }

    /** Makes a call in a span, and ends both. */
    private void inSpan(String name, Runnable call) {
        Span span = traces.span(name);
        try (Scope current = span.makeCurrent()) {
            call.run();
        } finally {
            span.end();
        }
    }

    private static Object next(Iterator<?> script) throws Exception {
        Object next = script.next();
        if (next instanceof Exception failure) {
            throw failure;
        }
        return next;
    }

    private static Runnable blocking(Retry retry, Object... script) {
        Iterator<?> outcomes = List.of(script).iterator();
        return () -> {
            try {
                retry.call(() -> next(outcomes));
            } catch (Exception asItWas) {
                assertThat(asItWas).isInstanceOf(Exception.class);
            }
        };
    }

    /** URLs and messages of a server may have secrets, control characters and any length. */
    @Test
    void call_hostileMessages_areNotInTheSpan() {
        String hostile = "https://me:hUscret@h/?access_token=hUscret \u001b[2J\r\n" + "x".repeat(1_000_000);
        inSpan(
                "page",
                blocking(
                        retry("max-attempts=3 retry-on=any"),
                        new ConnectException(hostile),
                        new IllegalStateException(hostile, new SQLException(hostile, hostile)),
                        new UncheckedIOException(hostile, new SocketTimeoutException(hostile))));

        assertThat(traces.ended("page").getEvents())
                .hasSize(4)
                .allSatisfy(event -> assertThat(event.getAttributes().asMap().values())
                        .allSatisfy(value -> assertThat(value.toString())
                                .hasSizeLessThan(100)
                                .matches("[\\w.-]+")
                                .doesNotContain("hUscret")));
    }

    @Test
    void call_threeAttempts_areEventsOfTheCurrentSpan() {
        inSpan(
                "page",
                blocking(
                        retry("max-attempts=3"),
                        new SocketTimeoutException("read"),
                        new ConnectException("refused"),
                        "ok"));

        assertThat(traces.events("page"))
                .containsExactly(
                        "respite.attempt.failed quotes timeout 1 0.25",
                        "respite.attempt.failed quotes connect 2 0.25",
                        "respite.call.ended quotes accepted 3 0.5");
    }

    @Test
    void call_thatGivesUp_saysWhy() {
        inSpan(
                "page",
                blocking(retry("max-attempts=2"), new SocketTimeoutException("a"), new SocketTimeoutException("b")));

        assertThat(traces.events("page"))
                .containsExactly(
                        "respite.attempt.failed quotes timeout 1 0.25",
                        "respite.attempt.failed quotes timeout 2",
                        "respite.call.ended quotes attempts_exhausted 2 0.25");
    }

    @Test
    void call_thatWaitsForTheBudget_statesTheTimeAndTheResult() {
        Retry waiting = RetryTracing.instrument(Retry.of(
                        RetryPolicy.parse("max-attempts=3 backoff=immediate budget=success:0.1/1/1 budget-wait=1500ms"),
                        time)
                .withName("quotes"));
        inSpan("page", blocking(waiting, new ConnectException("a"), new ConnectException("b")));

        assertThat(traces.events("page"))
                .containsExactly(
                        "respite.attempt.failed quotes connect 1 0.0",
                        "respite.attempt.failed quotes connect 2 0.0",
                        "respite.budget.wait.ended quotes expired 2 1.5",
                        "respite.call.ended quotes budget_exhausted 2 1.5");
    }

    @Test
    void call_failureOfNoNamedKind_isItsClassAndEndsWithoutAnotherEvent() {
        inSpan("page", blocking(retry("max-attempts=2"), new IllegalArgumentException("card of Ada Lovelace")));

        assertThat(traces.events("page"))
                .containsExactly("respite.attempt.failed quotes java.lang.IllegalArgumentException 1");
        assertThat(traces.ended("page").getEvents().toString()).doesNotContain("Lovelace");
    }

    @Test
    void callAsync_failureInACompletionException_isTheClassOfItsCause() {
        inSpan(
                "page",
                () -> retry("max-attempts=2")
                        .callAsync(() -> CompletableFuture.failedStage(
                                new CompletionException(new IllegalStateException("no account")))));

        assertThat(traces.events("page"))
                .containsExactly("respite.attempt.failed quotes java.lang.IllegalStateException 1");
    }

    @Test
    void call_thatSucceedsAtOnce_writesNothing() {
        inSpan("page", blocking(retry("max-attempts=3"), "ok"));
        inSpan(
                "judged",
                () -> RetryTracing.instrument(Retry.of(
                                RetryPolicy.builder()
                                        .retryOnResult(String.class, ""::equals)
                                        .build(),
                                time))
                        .call(() -> "ok"));

        assertThat(traces.events("page")).isEmpty();
        assertThat(traces.events("judged")).isEmpty();
    }

    @Test
    void call_ofAHundredAttempts_isSixteenEventsAndOne() {
        Object[] failures = new Object[100];
        Arrays.setAll(failures, i -> new SocketTimeoutException("read"));
        inSpan("page", blocking(retry("max-attempts=100 total-timeout=60s"), failures));

        assertThat(traces.events("page"))
                .hasSize(17)
                .startsWith("respite.attempt.failed quotes timeout 1 0.25")
                .endsWith(
                        "respite.attempt.failed quotes timeout 16 0.25",
                        "respite.call.ended quotes attempts_exhausted 100 24.75");
    }

    @Test
    void callAsync_laterAttempts_writeToTheSpanOfTheCallerAndRunInIt() {
        List<Span> current = new ArrayList<>();
        List<CompletableFuture<String>> attempts = new ArrayList<>();
        Span page = traces.span("page");
        CompletableFuture<String> call;
        try (Scope scope = page.makeCurrent()) {
            call = retry("max-attempts=3").callAsync(() -> started(attempts, current));
        }
        inSpan("another", () -> {
            attempts.get(0).completeExceptionally(new SocketTimeoutException("read"));
            time.advance(DELAY);
            attempts.get(1).completeExceptionally(new SocketTimeoutException("read"));
            time.advance(DELAY);
            attempts.get(2).complete("ok");
        });
        assertThat(call).isCompletedWithValue("ok");
        page.end();

        assertThat(traces.events("page"))
                .containsExactly(
                        "respite.attempt.failed quotes timeout 1 0.25",
                        "respite.attempt.failed quotes timeout 2 0.25",
                        "respite.call.ended quotes accepted 3 0.5");
        assertThat(traces.events("another")).isEmpty();
        assertThat(current).containsExactly(page, page, page);
    }

    private static CompletionStage<String> started(List<CompletableFuture<String>> attempts, List<Span> current) {
        current.add(Span.current());
        CompletableFuture<String> attempt = new CompletableFuture<>();
        attempts.add(attempt);
        return attempt;
    }

    @Test
    void callAsync_spanThatHasEnded_doesNoHarm() {
        List<CompletableFuture<String>> attempts = new ArrayList<>();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        inSpan("page", () -> calls.add(retry("max-attempts=2").callAsync(() -> started(attempts, new ArrayList<>()))));

        attempts.get(0).completeExceptionally(new SocketTimeoutException("read"));
        time.advance(DELAY);
        attempts.get(1).complete("ok");

        assertThat(calls.get(0)).isCompletedWithValue("ok");
        assertThat(traces.events("page")).isEmpty();
    }

    @Test
    void callAsync_cancelledWhereAnotherSpanIsCurrent_writesNothingThere() {
        Span page = traces.span("page");
        List<CompletableFuture<String>> attempts = new ArrayList<>();
        CompletableFuture<String> call;
        try (Scope scope = page.makeCurrent()) {
            call = retry("max-attempts=2").callAsync(() -> started(attempts, new ArrayList<>()));
        }
        attempts.get(0).completeExceptionally(new SocketTimeoutException("read"));
        inSpan("another", () -> call.cancel(true));
        page.end();

        assertThat(traces.events("another")).isEmpty();
        assertThat(traces.events("page")).containsExactly("respite.attempt.failed quotes timeout 1 0.25");
    }

    @Test
    void call_withoutASpanOrWithOneThatIsNotRecorded_isUnchanged() {
        blocking(retry("max-attempts=2"), new SocketTimeoutException("read"), "ok")
                .run();
        try (Traces off = new Traces(Sampler.alwaysOff())) {
            Span span = off.span("page");
            try (Scope scope = span.makeCurrent()) {
                blocking(retry("max-attempts=2"), new SocketTimeoutException("read"), "ok")
                        .run();
            }
            assertThat(span.isRecording()).isFalse();
        }
    }

    @Test
    void of_retryWithACarrier_carriesThatToo() {
        ThreadLocal<String> tenant = ThreadLocal.withInitial(() -> "nobody");
        Retry carried = Retry.of(RetryPolicy.parse(STEADY + "max-attempts=2"), time)
                .withContext(task -> {
                    String captured = tenant.get();
                    return () -> {
                        String before = tenant.get();
                        tenant.set(captured);
                        try {
                            task.run();
                        } finally {
                            tenant.set(before);
                        }
                    };
                });
        List<String> seen = new ArrayList<>();
        List<Span> current = new ArrayList<>();
        Span page = traces.span("page");
        tenant.set("acme");
        try (Scope scope = page.makeCurrent()) {
            RetryTracing.instrument(carried).callAsync(() -> {
                seen.add(tenant.get());
                current.add(Span.current());
                return CompletableFuture.failedStage(new SocketTimeoutException("read"));
            });
        }
        tenant.set("other");
        time.runAll();

        assertThat(seen).containsExactly("acme", "acme");
        assertThat(current).containsExactly(page, page);
    }

    @Test
    void oneRequest_closed_leavesTheContextAsItWas() {
        Context before = Context.current();
        try (Scope request = RetryTracing.oneRequest()) {
            assertThat(Context.current()).isNotSameAs(before);
        }
        assertThat(Context.current()).isSameAs(before);
    }

    @Test
    void of_nothing_isRefused() {
        assertThatThrownBy(() -> RetryTracing.instrument(null)).isInstanceOf(NullPointerException.class);
    }

    /** Bytes are counted, not time. */
    @Test
    void call_thatSucceedsAtOnceInASpan_allocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        Retry retry = RetryTracing.instrument(Retry.withDefaults());
        Object response = new Object();
        Operation.Simple<Object, RuntimeException> operation = () -> response;
        inSpan("page", () -> {
            for (int i = 0; i < 100_000; i++) {
                retry.call(operation);
            }
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 1_000_000; i++) {
                retry.call(operation);
            }
            assertThat((threads.getThreadAllocatedBytes(thread) - before) / 1e6).isLessThan(0.01);
        });
    }
}
