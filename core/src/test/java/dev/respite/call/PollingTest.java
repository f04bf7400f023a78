package dev.respite.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.respite.Retry;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollingTest {

    private final VirtualTime time = new VirtualTime(7);
    private final Retry retry = Retry.of(RetryPolicy.defaults(), time);
    private final List<Long> polledAt = new ArrayList<>();

    private int poll() {
        polledAt.add(time.nanoTime());
        return polledAt.size();
    }

    private CompletableFuture<Integer> pollLater() {
        return CompletableFuture.completedFuture(poll());
    }

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    @Test
    void callUntil_conditionHoldsAtOnce_waitsNot() {
        assertThat(Polling.of(retry).callUntil(this::poll, count -> count == 1)).isEqualTo(1);
        assertThat(time.nanoTime()).isZero();
    }

    @Test
    void callUntil_conditionHoldsLater_returnsThatValue() {
        assertThat(Polling.of(retry).callUntil(this::poll, count -> count == 4)).isEqualTo(4);
        assertThat(retry.counts().calls()).isEqualTo(4);
    }

    @Test
    void callUntil_delays_growByHalfUpToTheLongestAndHalfOfEachIsRandom() {
        Polling.of(retry).withTotalTimeout(Duration.ofHours(1)).callUntil(this::poll, count -> count == 20);
        double longest = 500;
        for (int i = 1; i < polledAt.size(); i++) {
            double delay = (polledAt.get(i) - polledAt.get(i - 1)) / 1e6;
            assertThat(delay).isBetween(longest / 2 - 1e-6, longest + 1e-6);
            longest = Math.min(5_000, longest * 1.5);
        }
        assertThat(polledAt.get(19) - polledAt.get(18)).isNotEqualTo(polledAt.get(18) - polledAt.get(17));
    }

    @Test
    void callUntil_hundredsOfPolls_takeNothingFromTheBudget() {
        Polling.of(retry)
                .withDelays(Duration.ofMillis(10), Duration.ofMillis(10))
                .callUntil(this::poll, count -> count == 500);
        VirtualTime sameTime = new VirtualTime();
        Retry plain = Retry.of(RetryPolicy.defaults(), sameTime);
        for (long polled : polledAt) {
            sameTime.advance(Duration.ofNanos(polled - sameTime.nanoTime()));
            plain.call(() -> 0);
        }
        assertThat(retry.budget().retriesLeft()).isEqualTo(plain.budget().retriesLeft());
        assertThat(retry.counts().rejectedByBudget()).isZero();
    }

    @Test
    void callUntil_failureInAPoll_isRetriedUnderThePolicyAndPaid() throws IOException {
        int value = Polling.of(retry)
                .callUntil(
                        () -> {
                            if (poll() % 2 == 1) {
                                throw new ConnectException();
                            }
                            return polledAt.size();
                        },
                        count -> count >= 6);
        assertThat(value).isEqualTo(6);
        assertThat(retry.counts().calls()).isEqualTo(3);
        assertThat(retry.counts().attempts()).isEqualTo(6);
    }

    @Test
    void callUntil_callGivesUpOnAFailure_throwsItAsItWasThrown() {
        ConnectException failure = new ConnectException();
        assertThatThrownBy(() -> Polling.of(retry)
                        .<Integer, IOException>callUntil(
                                () -> {
                                    poll();
                                    throw failure;
                                },
                                count -> true))
                .isSameAs(failure);
        assertThat(polledAt).hasSize(3);
    }

    @Test
    void callUntil_conditionThrows_endsWithThatAndClosesTheValue() {
        IllegalStateException failure = new IllegalStateException("no such state");
        List<Integer> closed = new ArrayList<>();
        assertThatThrownBy(() -> Polling.of(retry).callUntil(() -> closeable(closed), value -> {
                    if (polledAt.size() == 2) {
                        throw failure;
                    }
                    return false;
                }))
                .isSameAs(failure);
        assertThat(closed).containsExactly(1, 2);
    }

    @Test
    void callAsyncUntil_conditionThrows_failsWithThat() {
        IllegalStateException failure = new IllegalStateException("no such state");
        CompletableFuture<Integer> result = Polling.of(retry).callAsyncUntil(this::pollLater, count -> {
            throw failure;
        });
        assertThatThrownBy(result::join).isInstanceOf(CompletionException.class).hasCause(failure);
        assertThat(polledAt).hasSize(1);
    }

    /** An error of the virtual machine is no exception, and ends the poll too. */
    @Test
    void callUntil_conditionThrowsAnError_endsWithThat() {
        StackOverflowError failure = new StackOverflowError();
        assertThatThrownBy(() -> Polling.of(retry).callUntil(this::poll, count -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    private AutoCloseable closeable(List<Integer> closed) {
        int number = poll();
        return () -> closed.add(number);
    }

    @Test
    void callUntil_conditionNeverHolds_throwsNotReadyWithTheLastValue() {
        NotReadyException ended = catchThrowableOfType(
                NotReadyException.class,
                () -> Polling.of(retry).withTotalTimeout(Duration.ofSeconds(10)).callUntil(this::poll, count -> false));
        assertThat(ended.reason()).isEqualTo(StopReason.TOTAL_TIMEOUT);
        assertThat(ended.lastValue()).isEqualTo(polledAt.size());
        assertThat(ended).hasMessageContaining(polledAt.size() + " polls").hasMessageContaining("withTotalTimeout");
        assertThat(time.nanoTime()).isLessThan(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void callUntil_interruptedInADelay_endsWithTheFlagSet() {
        time.schedule(Thread.currentThread()::interrupt, Duration.ofMillis(100).toNanos());
        NotReadyException ended = catchThrowableOfType(
                NotReadyException.class, () -> Polling.of(retry).callUntil(this::poll, count -> false));
        assertThat(ended.reason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(ended.lastValue()).isEqualTo(1);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    /** Counts how often it is closed. */
    private static final class Response implements AutoCloseable {
        private int closed;

        @Override
        public void close() {
            closed++;
        }
    }

    @Test
    void callUntil_valuesThatHaveToBeClosed_areClosedOnceEach() {
        List<Response> responses = new ArrayList<>();
        NotReadyException ended = catchThrowableOfType(
                NotReadyException.class,
                () -> Polling.of(retry)
                        .callUntil(
                                () -> {
                                    responses.add(new Response());
                                    return responses.get(responses.size() - 1);
                                },
                                response -> false));
        assertThat(responses).hasSizeGreaterThan(5).allMatch(response -> response.closed == 1);
        assertThat(ended.lastValue()).isNull();
    }

    @Test
    void callUntil_interruptedAfterAValueWasClosed_isNotReady() {
        time.schedule(Thread.currentThread()::interrupt, Duration.ofMillis(100).toNanos());
        NotReadyException ended = catchThrowableOfType(
                NotReadyException.class, () -> Polling.of(retry).callUntil(Response::new, response -> false));
        assertThat(ended.reason()).isEqualTo(StopReason.INTERRUPTED);
    }

    @Test
    void callAsyncUntil_conditionHoldsLater_completesWithThatValue() {
        CompletableFuture<Integer> value = Polling.of(retry).callAsyncUntil(this::pollLater, count -> count == 3);
        assertThat(value).isNotDone();
        time.runAll();
        assertThat(value.join()).isEqualTo(3);
    }

    @Test
    void callAsyncUntil_conditionNeverHolds_completesWithNotReady() {
        CompletableFuture<Integer> value = Polling.of(retry).callAsyncUntil(this::pollLater, count -> false);
        time.runAll();
        assertThatThrownBy(value::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(NotReadyException.class);
    }

    @Test
    void callAsyncUntil_cancelledInADelay_pollsNoMore() {
        CompletableFuture<Integer> value = Polling.of(retry).callAsyncUntil(this::pollLater, count -> false);
        value.cancel(true);
        time.runAll();
        assertThat(polledAt).hasSize(1);
    }

    @Test
    void callAsyncUntil_cancelledInAPoll_cancelsIt() {
        CompletableFuture<Integer> poll = new CompletableFuture<>();
        Polling.of(retry).callAsyncUntil(() -> poll, count -> true).cancel(true);
        assertThat(poll).isCancelled();
    }

    @Test
    void withDelays_longestBelowFirst_isRefused() {
        assertThatThrownBy(() -> Polling.of(retry).withDelays(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("max-delay 1s");
    }

    @Test
    void withDelays_negative_isRefused() {
        assertThatThrownBy(() -> Polling.of(retry).withDelays(Duration.ofSeconds(-1), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("base-delay=-1s");
    }

    @Test
    void withTotalTimeout_belowTheFirstDelay_isRefused() {
        assertThatThrownBy(() -> Polling.of(retry)
                        .withDelays(Duration.ofSeconds(10), Duration.ofSeconds(10))
                        .withTotalTimeout(Duration.ofSeconds(5)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
