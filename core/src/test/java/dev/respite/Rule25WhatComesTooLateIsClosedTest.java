package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In asynchronous calls too, a value that no caller receives is closed, once; the last one is not. */
class Rule25WhatComesTooLateIsClosedTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();

    private static final class Response implements AutoCloseable {
        final AtomicInteger closed = new AtomicInteger();
        final boolean good;

        Response(boolean good) {
            this.good = good;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    /** A stage whose work goes on when it is cancelled, as that of many clients does. */
    private static final class Stubborn extends CompletableFuture<Object> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return false;
        }
    }

    private Retry retrying(String policy) {
        RetryPolicy rejecting = RetryPolicy.parse("budget=off jitter=none " + policy).toBuilder()
                .retryOnResult(Response.class, response -> !response.good)
                .build();
        return Retry.of(rejecting, time).withListener(recorder);
    }

    @Test
    void callAsync_untilAGoodValue_closesTheBadOnesOnceBeforeTheDelay() {
        Response first = new Response(false);
        Response last = new Response(true);
        CompletableFuture<Object> call = retrying("").callAsync(AsyncScript.of(first, last));
        assertThat(first.closed).hasValue(1);
        time.runAll();
        assertThat(call).isCompletedWithValue(last);
        assertThat(first.closed).hasValue(1);
        assertThat(last.closed).hasValue(0);
    }

    @Test
    void callAsync_thatEndsWithABadValue_returnsItOpen() {
        Response first = new Response(false);
        Response last = new Response(false);
        CompletableFuture<Object> call = retrying("max-attempts=2").callAsync(AsyncScript.of(first, last));
        time.runAll();
        assertThat(call).isCompletedWithValue(last);
        assertThat(first.closed).hasValue(1);
        assertThat(last.closed).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"total-timeout=off", "total-timeout=30s", "attempt-timeout=1s"})
    void value_thatComesAfterACancellation_isClosed(String limits) {
        Response late = new Response(true);
        Stubborn stage = new Stubborn();
        CompletableFuture<Object> call = retrying(limits).callAsync(AsyncScript.of(stage));
        call.cancel(true);
        stage.complete(late);
        time.runAll();
        assertThat(late.closed).hasValue(1);
    }

    @Test
    void value_ofAStageThatIsStartedDuringACancellation_isClosed() {
        Response late = new Response(true);
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        calls.add(retrying("").callAsyncWithAttempt(attempt -> {
            if (attempt.number() == 1) {
                throw new ConnectException();
            }
            calls.get(0).cancel(true);
            return CompletableFuture.completedFuture(late);
        }));
        time.runAll();
        assertThat(late.closed).hasValue(1);
    }

    @Test
    void value_thatComesAfterTheTimeoutOfItsAttempt_isClosedAndTheNextIsNot() {
        Response late = new Response(true);
        Response last = new Response(true);
        Stubborn stage = new Stubborn();
        CompletableFuture<Object> call = retrying("attempt-timeout=1s").callAsync(AsyncScript.of(stage, last));
        time.runAll();
        assertThat(call).isCompletedWithValue(last);
        stage.complete(late);
        assertThat(late.closed).hasValue(1);
        assertThat(last.closed).hasValue(0);
    }

    @Test
    void badValue_whoseCallIsCancelledInTheWait_isClosed() {
        Response bad = new Response(false);
        CompletableFuture<Object> call = retrying("").callAsync(AsyncScript.of(bad));
        call.cancel(true);
        assertThat(bad.closed).hasValue(1);
    }

    @Test
    void badValue_whoseNextAttemptIsRefused_isReturnedOpen() {
        Response bad = new Response(false);
        ManualTime manual = new ManualTime();
        RetryPolicy rejecting = RetryPolicy.builder()
                .retryOnResult(Response.class, response -> !response.good)
                .build();
        CompletableFuture<Object> call =
                Retry.of(rejecting, manual).withListener(recorder).callAsync(AsyncScript.of(bad));
        manual.tasks.get(0).drop();
        assertThat(call)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withCauseInstanceOf(ValueReleasedException.class);
        assertThat(bad.closed).hasValue(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.EXECUTOR_REFUSED);
    }

    @Test
    void goodValue_whoseCallIsCompletedFromOutsideWhileItIsJudged_isClosed() {
        Response good = new Response(true);
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING);
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        calls.add(retrying("")
                .driver()
                .withClassifier(outcome -> {
                    calls.get(0).complete("another");
                    return Verdict.accept();
                })
                .callAsync(script));
        script.pending(1).complete(good);
        assertThat(calls.get(0)).isCompletedWithValue("another");
        assertThat(good.closed).hasValue(1);
    }

    /** A stage that has a value, and completes only when it is cancelled: the two meet. */
    private static final class Meeting extends CompletableFuture<Object> {
        private final Response value;
        private BiConsumer<? super Object, ? super Throwable> listener = (done, error) -> {};

        Meeting(Response value) {
            this.value = value;
        }

        @Override
        public CompletableFuture<Object> whenComplete(BiConsumer<? super Object, ? super Throwable> action) {
            listener = action;
            return this;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            listener.accept(value, null);
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"total-timeout=off", "total-timeout=30s"})
    void value_thatComesWithTheCancellation_isClosed(String limits) {
        Response good = new Response(true);
        CompletableFuture<Object> call = retrying(limits).callAsync(AsyncScript.of(new Meeting(good)));
        call.cancel(true);
        assertThat(good.closed).hasValue(1);
    }
}
