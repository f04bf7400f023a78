package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values that are thrown away are closed, once each, except the last one. */
class Rule25WhatIsThrownAwayIsClosedTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();

    private static final class Response implements AutoCloseable {
        final boolean good;
        final Throwable onClose;
        int closed;

        Response(boolean good) {
            this(good, null);
        }

        Response(boolean good, Throwable onClose) {
            this.good = good;
            this.onClose = onClose;
        }

        @Override
        public void close() {
            closed++;
            if (onClose != null) {
                throw SneakyThrow.raise(onClose);
            }
        }
    }

    private Retry retrying(String policy) {
        RetryPolicy rejecting = RetryPolicy.parse(policy).toBuilder()
                .retryOnResult(Response.class, response -> !response.good)
                .build();
        return Retry.of(rejecting, time);
    }

    @Test
    void call_untilAGoodValue_closesTheBadOnesOnce() {
        Response first = new Response(false);
        Response second = new Response(false);
        Response last = new Response(true);
        assertThat(retrying("").call(Script.of(first, second, last))).isSameAs(last);
        assertThat(List.of(first.closed, second.closed, last.closed)).containsExactly(1, 1, 0);
    }

    @Test
    void call_thatEndsWithABadValue_returnsItOpen() {
        Response first = new Response(false);
        Response last = new Response(false);
        assertThat(retrying("max-attempts=2").withListener(recorder).call(Script.of(first, last)))
                .isSameAs(last);
        assertThat(List.of(first.closed, last.closed)).containsExactly(1, 0);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    @Test
    void call_thatTheBudgetEnds_returnsItsLastValueOpen() {
        Retry retry = retrying("budget=10%");
        while (retry.budget().tryAcquire(dev.respite.outcome.ErrorKind.OTHER)) {
            // Spend it all.
        }
        Response only = new Response(false);
        assertThat(retry.call(Script.of(only))).isSameAs(only);
        assertThat(only.closed).isZero();
    }

    @Test
    void call_thatEndsWithAFailure_hasClosedTheValuesBefore() {
        Response first = new Response(false);
        ConnectException failure = new ConnectException();
        assertThatThrownBy(() -> retrying("max-attempts=2").call(Script.of(first, failure)))
                .isSameAs(failure);
        assertThat(first.closed).isEqualTo(1);
    }

    @Test
    void call_whoseValueFailsToClose_goesOnAndReportsIt() {
        for (Throwable bug : new Throwable[] {new IllegalStateException(), new IOException(), new AssertionError()}) {
            recorder.events.clear();
            Response good = new Response(true);
            assertThat(retrying("").withListener(recorder).call(Script.of(new Response(false, bug), good)))
                    .isSameAs(good);
            assertThat(recorder.all(RetryEvent.CallbackFailed.class))
                    .isEqualTo(List.of(new RetryEvent.CallbackFailed("retry", "close", bug)));
            assertThat(recorder.ended().reason()).isEqualTo(StopReason.ACCEPTED);
        }
    }

    @Test
    void call_ofAGoodValue_leavesItOpen() {
        Response good = new Response(true);
        assertThat(retrying("").call(Script.of(good))).isSameAs(good);
        assertThat(Retry.of(RetryPolicy.defaults(), time).call(Script.of(good))).isSameAs(good);
        assertThat(good.closed).isZero();
    }
}
