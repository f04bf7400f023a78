package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.budget.RetryBudget;
import dev.respite.hedge.Hedge;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The times of a hedged call's attempts, its end, and the cancellation of the losers. */
class HedgeTest {

    private static final Duration DELAY = Duration.ofMillis(10);

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final Server server = new Server();

    /** A scripted server that records the time of each attempt, and which attempts were cancelled. */
    private final class Server implements AsyncOperation.Simple<Object> {
        final List<CompletableFuture<Object>> replies = new ArrayList<>();
        final List<Attempt> attempts = new ArrayList<>();
        final List<Long> cameAtMillis = new ArrayList<>();
        private final List<Long> afterMillis = new ArrayList<>();
        private final List<Object> outcomes = new ArrayList<>();

        Server responds(Object outcome, long millis) {
            outcomes.add(outcome);
            afterMillis.add(millis);
            return this;
        }

        @Override
        public CompletableFuture<Object> attempt() {
            return attempt(Attempt.FIRST);
        }

        @Override
        public CompletableFuture<Object> attempt(Attempt attempt) {
            int i = attempts.size();
            attempts.add(attempt);
            cameAtMillis.add(time.nanoTime() / 1_000_000);
            CompletableFuture<Object> reply = new CompletableFuture<>();
            replies.add(reply);
            if (i < outcomes.size()) {
                time.schedule(() -> complete(reply, outcomes.get(i)), afterMillis.get(i) * 1_000_000);
            }
            return reply;
        }

        private void complete(CompletableFuture<Object> reply, Object outcome) {
            if (outcome instanceof Throwable error) {
                reply.completeExceptionally(error);
            } else {
                reply.complete(outcome);
            }
        }

        List<Boolean> cancelled() {
            return replies.stream().map(CompletableFuture::isCancelled).toList();
        }
    }

    private static final class Response implements AutoCloseable {
        final boolean good;
        int closed;

        Response(boolean good) {
            this.good = good;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private Retry retrying(String policy) {
        RetryPolicy rejecting = RetryPolicy.parse(policy).toBuilder()
                .retryOnResult(Response.class, response -> !response.good)
                .build();
        return Retry.of(rejecting, time).withListener(recorder);
    }

    private Hedge hedging(String policy) {
        return Hedge.of(retrying(policy), DELAY);
    }

    private String story() {
        return recorder.ended().history().summary();
    }

    @Test
    void callIdempotent_answeredInTime_sendsOnce() {
        CompletableFuture<Object> result = hedging("").callIdempotent(server.responds("pong", 9));
        time.runAll();
        assertThat(result).isCompletedWithValue("pong");
        assertThat(server.attempts).containsExactly(Attempt.FIRST);
        assertThat(story()).isEqualTo("1 attempt in 9 ms: ok");
    }

    @Test
    void callIdempotent_ofASlowAttempt_sendsASecondAndTheFirstGoodAnswerWins() {
        Hedge hedge = hedging("");
        CompletableFuture<Object> result =
                hedge.callIdempotent(server.responds("late", 900).responds("pong", 1));
        time.advance(Duration.ofMillis(11));
        assertThat(result).isCompletedWithValue("pong");
        assertThat(server.cameAtMillis).containsExactly(0L, 10L);
        assertThat(server.cancelled()).containsExactly(true, false);
        assertThat(server.attempts.get(1)).isEqualTo(new Attempt(2, 10_000_000, 0));
        assertThat(story()).isEqualTo("2 attempts in 11 ms: cancelled, ok");
        assertThat(hedge.retry().counts().calls()).isEqualTo(1);
        assertThat(hedge.retry().counts().attempts()).isEqualTo(2);
        assertThat(hedge.retry().counts().errors()).isEmpty();
        assertThat(recorder.all(RetryEvent.AttemptFailed.class)).isEmpty();
        time.runAll();
        assertThat(recorder.events).hasSize(1);
    }

    @Test
    void callIdempotent_whereTheFirstWinsAfterAll_cancelsTheHedge() {
        CompletableFuture<Object> result =
                hedging("").callIdempotent(server.responds("pong", 12).responds("late", 5));
        time.runAll();
        assertThat(result).isCompletedWithValue("pong");
        assertThat(server.cancelled()).containsExactly(false, true);
        assertThat(story()).isEqualTo("2 attempts in 12 ms: ok, cancelled");
    }

    @Test
    void callIdempotent_withMoreAttempts_sendsOneAfterEachDelayUpToThem() {
        CompletableFuture<Object> result = hedging("").withMaxAttempts(4).callIdempotent(server.responds("late", 50));
        time.advance(Duration.ofMillis(50));
        assertThat(result).isCompletedWithValue("late");
        assertThat(server.cameAtMillis).containsExactly(0L, 10L, 20L, 30L);
        assertThat(server.cancelled()).containsExactly(false, true, true, true);
    }

    @Test
    void callIdempotent_ofAnErrorThatMayPass_sendsTheNextAtOnce() {
        Hedge hedge = hedging("budget=10%");
        CompletableFuture<Object> result =
                hedge.callIdempotent(server.responds(new ConnectException(), 3).responds("pong", 1));
        time.runAll();
        assertThat(result).isCompletedWithValue("pong");
        assertThat(server.cameAtMillis).containsExactly(0L, 3L);
        assertThat(hedge.retry().budget().retriesLeft()).isEqualTo(9.1);
        assertThat(hedge.retry().counts().errors()).containsEntry(ErrorKind.CONNECT, 1L);
        assertThat(story()).isEqualTo("2 attempts in 4 ms: connect +0ms, ok");
    }

    @Test
    void callIdempotent_afterAnError_hedgesTheNextAttemptOneDelayLater() {
        hedging("").withMaxAttempts(3).callIdempotent(server.responds(new ConnectException(), 3));
        time.advance(Duration.ofMillis(30));
        assertThat(server.cameAtMillis).containsExactly(0L, 3L, 13L);
    }

    @Test
    void callIdempotent_ofAFatalOutcome_endsAtOnceAndCancelsTheOthers() {
        IllegalArgumentException fatal = new IllegalArgumentException();
        CompletableFuture<Object> result =
                hedging("").callIdempotent(server.responds("late", 900).responds(fatal, 2));
        time.advance(Duration.ofMillis(12));
        assertThatThrownBy(() -> result.getNow(null)).hasCause(fatal);
        assertThat(server.cancelled()).containsExactly(true, false);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.FATAL);
    }

    @Test
    void callIdempotent_whereAllFail_endsWithTheLastOutcomeWhenTheLastHasEnded() {
        ConnectException last = new ConnectException("last");
        CompletableFuture<Object> result = hedging("max-attempts=10")
                .callIdempotent(server.responds(last, 20).responds(new ConnectException("first"), 2));
        time.advance(Duration.ofMillis(15));
        assertThat(result).isNotDone();
        time.runAll();
        assertThatThrownBy(() -> result.getNow(null)).hasCause(last);
        assertThat(server.attempts).hasSize(2);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
        assertThat(story()).isEqualTo("2 attempts in 20 ms: connect, connect; gave up: attempts exhausted");
    }

    @Test
    void callIdempotent_ofAServersHint_waitsForItBeforeAnythingIsSent() {
        Verdict pushback = Verdict.transientError(ErrorKind.ofStatus(503), Duration.ofMillis(500));
        Retry retry = retrying("")
                .withDriverClassifier(outcome -> outcome.equals(Outcome.success("busy"))
                        ? pushback
                        : outcome instanceof Outcome.Success<?> ? Verdict.accept() : Verdict.fatal());
        CompletableFuture<Object> result = Hedge.of(retry, DELAY)
                .withMaxAttempts(3)
                .callIdempotent(server.responds("busy", 2).responds("pong", 1));
        time.advance(Duration.ofMillis(501));
        assertThat(server.attempts).hasSize(1);
        time.runAll();
        assertThat(result).isCompletedWithValue("pong");
        assertThat(server.cameAtMillis.get(1)).isBetween(502L, 752L);
    }

    @Test
    void callIdempotent_whereASecondHintIsLonger_waitsForThatOne() {
        Retry retry = retrying("")
                .withDriverClassifier(outcome ->
                        outcome instanceof Outcome.Success<?> success && success.value() instanceof Duration hint
                                ? Verdict.transientError(ErrorKind.IO, hint)
                                : Verdict.accept());
        Hedge.of(retry, DELAY)
                .withMaxAttempts(3)
                .callIdempotent(server.responds(Duration.ofMillis(100), 15).responds(Duration.ofSeconds(1), 8));
        time.runAll();
        assertThat(server.cameAtMillis).hasSize(3);
        assertThat(server.cameAtMillis.get(2)).isGreaterThanOrEqualTo(1_018L);
    }

    @Test
    void callIdempotent_ofAHintThatIsTooLong_sendsNothingMoreAndWaitsForTheRest() {
        Retry retry = retrying("retry-after-limit=1s")
                .withDriverClassifier(outcome -> outcome.equals(Outcome.success("busy"))
                        ? Verdict.transientError(ErrorKind.THROTTLED, Duration.ofHours(1))
                        : Verdict.accept());
        CompletableFuture<Object> result = Hedge.of(retry, DELAY)
                .withMaxAttempts(4)
                .callIdempotent(server.responds("pong", 100).responds("busy", 2));
        time.runAll();
        assertThat(result).isCompletedWithValue("pong");
        assertThat(server.attempts).hasSize(2);
    }

    @Test
    void callIdempotent_whoseAttemptsHang_endsAtTheTotalTimeout() {
        CompletableFuture<Object> result =
                hedging("total-timeout=1s budget=off").callIdempotent(server);
        time.advance(Duration.ofMillis(1_001));
        assertThatThrownBy(() -> result.getNow(null)).hasCauseInstanceOf(TimeoutException.class);
        assertThat(server.cancelled()).containsExactly(true, true);
        assertThat(time.nanoTime()).isEqualTo(1_001_000_000);
        assertThat(recorder.ended().history().elapsed()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void callIdempotent_withAnAttemptTimeout_cancelsEachAttemptInItsTime() {
        CompletableFuture<Object> result =
                hedging("attempt-timeout=100ms budget=off").callIdempotent(server);
        time.advance(Duration.ofMillis(105));
        assertThat(server.cancelled()).containsExactly(true, false);
        time.runAll();
        assertThat(server.cancelled()).containsExactly(true, true);
        assertThatThrownBy(() -> result.getNow(null)).hasCauseInstanceOf(TimeoutException.class);
        assertThat(story()).startsWith("2 attempts in 110 ms: timeout, timeout; gave up");
    }

    @Test
    void callIdempotent_nearTheTotalTimeout_sendsNoHedgeThatCouldNotEnd() {
        hedging("total-timeout=25ms budget=off").withMaxAttempts(5).callIdempotent(server);
        time.runAll();
        assertThat(server.cameAtMillis).containsExactly(0L, 10L, 20L);
    }

    @Test
    void callIdempotent_whenTheBudgetIsEmpty_isNotHedgedAndPaysNothing() {
        AtomicBoolean open = new AtomicBoolean();
        RetryBudget gate = new RetryBudget() {
            @Override
            public boolean tryAcquire(ErrorKind kind) {
                return open.get();
            }

            @Override
            public void succeeded() {}

            @Override
            public double retriesLeft() {
                return 0;
            }
        };
        Hedge hedge = Hedge.of(retrying("").withBudget(gate), DELAY).withExtraLoad(0.001);
        slowCalls(hedge, 100);
        assertThat(hedge.retry().counts().attempts()).isEqualTo(100);
        assertThat(hedge.retry().counts().rejectedByBudget()).isEqualTo(100);
        open.set(true);
        slowCalls(hedge, 100);
        assertThat(hedge.retry().counts().attempts())
                .as("the allowance was whole")
                .isEqualTo(220);
    }

    private void slowCalls(Hedge hedge, int calls) {
        for (int call = 0; call < calls; call++) {
            CompletableFuture<Object> result =
                    hedge.callIdempotent(new Server().responds("pong", 50).responds("pong", 50));
            time.runAll();
            assertThat(result).isCompletedWithValue("pong");
        }
    }

    @Test
    void callIdempotent_ofATargetThatIsSlowForAll_addsNoMoreThanItsShare() {
        Hedge hedge = hedging("budget=off").withExtraLoad(0.05);
        slowCalls(hedge, 2_000);
        // The allowance that it starts with, and 5 % of the calls.
        assertThat(hedge.retry().counts().attempts() - 2_000).isBetween(115L, 120L);
    }

    @Test
    void callIdempotent_manyWithoutAnAnswer_areBoundedByTheBudgetToo() {
        Hedge hedge = hedging("total-timeout=1s budget=10%").withExtraLoad(1);
        for (int call = 0; call < 100; call++) {
            hedge.callIdempotent(new Server());
        }
        time.runAll();
        assertThat(hedge.retry().counts().attempts()).isEqualTo(110);
    }

    @Test
    void callIdempotent_thatSucceedsAfterAHedge_isOneDepositForOneWithdrawal() {
        Hedge hedge = hedging("budget=10%");
        hedge.callIdempotent(server.responds("late", 900).responds("pong", 1));
        assertThat(hedge.retry().budget().retriesLeft()).isEqualTo(10);
        time.runAll();
        assertThat(hedge.retry().budget().retriesLeft()).isEqualTo(9.1);
    }

    @Test
    void callIdempotent_whoseLoserAnswersNevertheless_closesThatAnswerOnce() {
        Response loser = new Response(true);
        Response winner = new Response(true);
        List<CompletableFuture<Object>> stubborn = new ArrayList<>();
        // No time limit, and so no stage of ours around the operation's.
        CompletableFuture<Object> result = hedging("total-timeout=off").callIdempotent(() -> {
            CompletableFuture<Object> reply = new CompletableFuture<>();
            stubborn.add(reply);
            return reply.minimalCompletionStage();
        });
        time.advance(DELAY);
        stubborn.get(1).complete(winner);
        assertThat(result).isCompletedWithValue(winner);
        stubborn.get(0).complete(loser);
        assertThat(List.of(loser.closed, winner.closed)).containsExactly(1, 0);
    }

    @Test
    void callIdempotent_ofABadValue_closesItUnlessItIsTheLast() {
        Response bad = new Response(false);
        Response last = new Response(false);
        CompletableFuture<Object> result =
                hedging("").callIdempotent(server.responds(bad, 1).responds(last, 1));
        time.runAll();
        assertThat(result).isCompletedWithValue(last);
        assertThat(List.of(bad.closed, last.closed)).containsExactly(1, 0);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    @Test
    void cancel_ofTheFuture_cancelsAllAttemptsAndSendsNoMore() {
        Hedge hedge = hedging("").withMaxAttempts(3);
        CompletableFuture<Object> result = hedge.callIdempotent(server);
        time.advance(Duration.ofMillis(15));
        result.cancel(true);
        assertThat(server.cancelled()).containsExactly(true, true);
        time.runAll();
        assertThat(server.attempts).hasSize(2);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(recorder.ended().outcome()).isInstanceOf(Outcome.Failure.class);
        assertThat(story()).startsWith("2 attempts in 15 ms: cancelled, cancelled");
    }

    @Test
    void complete_fromOutside_endsTheCallAndLeavesThatValueAlone() {
        Response mine = new Response(true);
        CompletableFuture<Object> result = hedging("").callIdempotent(server);
        result.complete(mine);
        assertThat(server.cancelled()).containsExactly(true);
        assertThat(mine.closed).isZero();
        time.runAll();
        assertThat(server.attempts).hasSize(1);
        assertThat(recorder.ended().outcome()).isEqualTo(Outcome.success(mine));
    }

    @Test
    void cancel_inTheWaitForAHint_givesTheTokenBackAndClosesTheValue() {
        Response busy = new Response(false);
        Retry retry = retrying("budget=10%")
                .withDriverClassifier(outcome -> Verdict.transientError(ErrorKind.IO, Duration.ofSeconds(5)));
        CompletableFuture<Object> result = Hedge.of(retry, DELAY).callIdempotent(server.responds(busy, 1));
        time.advance(Duration.ofMillis(2));
        assertThat(retry.budget().retriesLeft()).isEqualTo(9);
        result.cancel(false);
        assertThat(retry.budget().retriesLeft()).isEqualTo(10);
        assertThat(busy.closed).isEqualTo(1);
        time.runAll();
        assertThat(server.attempts).hasSize(1);
        assertThat(retry.counts().attempts()).isEqualTo(1);
    }

    @Test
    void callIdempotent_ofWorkThatThrowsOrHasNoStage_failsByThat() {
        IllegalStateException bug = new IllegalStateException();
        assertThatThrownBy(() -> hedging("")
                        .callIdempotent(() -> {
                            throw bug;
                        })
                        .getNow(null))
                .hasCause(bug);
        CompletableFuture<Object> none = hedging("").callIdempotent(() -> null);
        assertThatThrownBy(() -> none.getNow(null)).hasCauseInstanceOf(NullPointerException.class);
    }

    @Test
    void callIdempotent_whoseClassifierThrows_takesTheValue() {
        Retry retry = retrying("").withDriverClassifier(outcome -> {
            throw new IllegalStateException("bug");
        });
        CompletableFuture<Object> result = Hedge.of(retry, DELAY).callIdempotent(server.responds("pong", 1));
        time.runAll();
        assertThat(result).isCompletedWithValue("pong");
        assertThat(recorder.all(RetryEvent.CallbackFailed.class)).hasSize(1);
    }

    @Test
    void callIdempotent_ofAnAttemptThatWasCancelled_endsTheCall() {
        CompletableFuture<Object> result = hedging("").callIdempotent(server);
        server.replies.get(0).cancel(true);
        assertThatThrownBy(() -> result.getNow(null)).isInstanceOf(CancellationException.class);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
    }

    @Test
    void callIdempotent_whenTheExecutorRefuses_goesOnWithoutAHedge() {
        Retry retry = Retry.of(RetryPolicy.parse("budget=10%"), new RefusingTime(time));
        CompletableFuture<Object> result = Hedge.of(retry, DELAY).callIdempotent(server.responds("pong", 30));
        time.advance(Duration.ofMillis(40));
        assertThat(result).isCompletedWithValue("pong");
        assertThat(retry.counts().attempts()).isEqualTo(1);
        assertThat(retry.budget().retriesLeft()).isEqualTo(10);
    }

    @Test
    void callIdempotent_whenTheExecutorRefusesTheOnlyWayOn_endsWithWhatItHas() {
        ConnectException failure = new ConnectException();
        Retry retry = Retry.of(RetryPolicy.parse("budget=10%"), new RefusingTime(time))
                .withListener(recorder);
        CompletableFuture<Object> result = Hedge.of(retry, DELAY).callIdempotent(server.responds(failure, 1));
        time.advance(Duration.ofMillis(2));
        assertThatThrownBy(() -> result.getNow(null)).hasCause(failure);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.EXECUTOR_REFUSED);
        assertThat(retry.budget().retriesLeft()).isEqualTo(10);
        assertThat(retry.counts().attempts()).isEqualTo(1);
    }

    @Test
    void callIdempotent_insideAnotherCall_isNotTriedAgainThere() {
        Retry outer = Retry.of(RetryPolicy.parse("max-attempts=3 budget=off"), time);
        Hedge inner = Hedge.of(Retry.of(RetryPolicy.parse("budget=off"), time), DELAY);
        CompletableFuture<Object> result = outer.callAsync(() ->
                inner.callIdempotent(server.responds(new ConnectException(), 1).responds(new ConnectException(), 1)));
        time.runAll();
        assertThat(result).isCompletedExceptionally();
        assertThat(server.attempts).hasSize(2);
        assertThat(outer.counts().ended(StopReason.ALREADY_RETRIED)).isEqualTo(1);
    }

    @Test
    void callIdempotent_aroundACallThatGaveUp_sendsNothingMore() {
        Retry inner = Retry.of(RetryPolicy.parse("max-attempts=2 base-delay=1ms budget=off"), time);
        CompletableFuture<Object> result = hedging("budget=off")
                .callIdempotent(() -> inner.callAsync(() -> CompletableFuture.failedFuture(new ConnectException())));
        time.runAll();
        assertThat(result).isCompletedExceptionally();
        assertThat(inner.counts().attempts()).isEqualTo(2);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ALREADY_RETRIED);
    }

    @Test
    void callIdempotent_withAContext_runsAttemptsAndListenersInIt() {
        List<String> seen = new ArrayList<>();
        String[] current = {"nobody"};
        Retry retry = retrying("").withListener(event -> seen.add(current[0])).withContext(task -> {
            String captured = current[0];
            return () -> {
                String before = current[0];
                current[0] = captured;
                task.run();
                current[0] = before;
            };
        });
        current[0] = "alice";
        Hedge.of(retry, DELAY).callIdempotentWithAttempt(attempt -> {
            seen.add(current[0]);
            return server.responds("late", 900).responds("pong", 1).attempt(attempt);
        });
        current[0] = "nobody";
        time.runAll();
        assertThat(seen).containsExactly("alice", "alice", "alice");
    }

    @Test
    void callIdempotent_whoseCarrierFails_goesOnWithoutAContext() {
        for (java.util.function.UnaryOperator<Runnable> broken : List.<java.util.function.UnaryOperator<Runnable>>of(
                task -> null,
                task -> () -> {
                    throw new IllegalStateException("carrier");
                },
                task -> () -> {})) {
            CompletableFuture<Object> result = Hedge.of(retrying("").withContext(broken), DELAY)
                    .callIdempotent(new Server().responds("late", 900).responds("pong", 1));
            time.advance(Duration.ofMillis(20));
            assertThat(result).isCompletedWithValue("pong");
        }
    }

    @Test
    void of_aDelayThatIsNoneOrNeverFits_saysSo() {
        Retry retry = retrying("total-timeout=2s attempt-timeout=1s");
        assertThatThrownBy(() -> Hedge.of(retry, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("hedge after 0ms")
                .hasMessageContaining("95th percentile");
        assertThatThrownBy(() -> Hedge.of(retry, Duration.ofSeconds(1)))
                .hasMessageContaining("attempt-timeout of 1.0s comes first");
        assertThatThrownBy(() -> Hedge.of(retry, Duration.ofSeconds(2)))
                .hasMessageContaining("total-timeout of 2.0s comes first");
    }

    @Test
    void with_numbersOutOfRange_saysSo() {
        Hedge hedge = hedging("");
        assertThatThrownBy(() -> hedge.withMaxAttempts(1)).hasMessageContaining("max-attempts=1");
        assertThatThrownBy(() -> hedge.withMaxAttempts(6)).hasMessageContaining("2 to 5");
        assertThatThrownBy(() -> hedge.withExtraLoad(0)).hasMessageContaining("0.0");
        assertThatThrownBy(() -> hedge.withExtraLoad(Double.NaN)).hasMessageContaining("NaN");
        Hedge other = hedge.withMaxAttempts(3).withExtraLoad(0.02);
        assertThat(List.of(other.maxAttempts(), other.extraLoad(), other.delay(), hedge.maxAttempts()))
                .isEqualTo(List.of(3, 0.02, DELAY, 2));
    }

    @Test
    void callIdempotent_ofAnOverloadSignal_paysAsARetryOfItDoes() {
        Hedge hedge = hedging("budget=success:0.5/20/10");
        hedge.callIdempotent(server.responds(new SocketTimeoutException(), 1).responds("pong", 1));
        time.runAll();
        assertThat(hedge.retry().budget().retriesLeft()).isEqualTo(10.5);
    }

    /** A time whose executor takes nothing. */
    private record RefusingTime(VirtualTime time) implements TimeSource.Forwarding {

        @Override
        public Executor executor() {
            return task -> {
                throw new RejectedExecutionException("full");
            };
        }

        @Override
        public TimeSource delegate() {
            return time;
        }
    }

    @Test
    void attempt_thatADirectExecutorRuns_doesNotHoldUpTheAnswerOfAnother() {
        List<CompletableFuture<Object>> replies = new ArrayList<>();
        boolean[] answeredAtOnce = new boolean[1];
        AtomicReference<CompletableFuture<Object>> call = new AtomicReference<>();
        Hedge hedge = Hedge.of(Retry.of(RetryPolicy.parse("budget=off"), new ManualTime(Runnable::run)), DELAY)
                .withMaxAttempts(3);
        call.set(hedge.callIdempotentWithAttempt(attempt -> {
            CompletableFuture<Object> reply = new CompletableFuture<>();
            replies.add(reply);
            if (attempt.number() == 3) {
                // As an attempt that is slow to start would see it: the first attempt is answered meanwhile.
                replies.get(0).complete("value");
                answeredAtOnce[0] = call.get().isDone();
            }
            return reply;
        }));
        ManualTime time = (ManualTime) hedge.retry().time();
        time.tasks.get(0).run();
        replies.get(1).completeExceptionally(new ConnectException());
        assertThat(call.get()).isCompletedWithValue("value");
        assertThat(answeredAtOnce[0]).isTrue();
    }
}
