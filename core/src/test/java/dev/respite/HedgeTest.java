package dev.respite;

import static dev.respite.HedgeFixture.DELAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.HedgeFixture.Response;
import dev.respite.HedgeFixture.Server;
import dev.respite.hedge.Hedge;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The times of a hedged call's attempts, its end, and the cancellation of the losers. */
class HedgeTest {

    private final HedgeFixture fixture = new HedgeFixture();
    private final VirtualTime time = fixture.time;
    private final Recorder recorder = fixture.recorder;
    private final Server server = fixture.server;

    @Test
    void callIdempotent_answeredInTime_sendsOnce() {
        CompletableFuture<Object> result = fixture.hedging("").callIdempotent(server.responds("pong", 9));
        time.runAll();
        assertThat(result).isCompletedWithValue("pong");
        assertThat(server.attempts).containsExactly(Attempt.FIRST);
        assertThat(fixture.story()).isEqualTo("1 attempt in 9 ms: ok");
    }

    @Test
    void callIdempotent_ofASlowAttempt_sendsASecondAndTheFirstGoodAnswerWins() {
        Hedge hedge = fixture.hedging("");
        CompletableFuture<Object> result =
                hedge.callIdempotent(server.responds("late", 900).responds("pong", 1));
        time.advance(Duration.ofMillis(11));
        assertThat(result).isCompletedWithValue("pong");
        assertThat(server.cameAtMillis).containsExactly(0L, 10L);
        assertThat(server.cancelled()).containsExactly(true, false);
        assertThat(server.attempts.get(1)).isEqualTo(new Attempt(2, 10_000_000, 0));
        assertThat(fixture.story()).isEqualTo("2 attempts in 11 ms: cancelled, ok");
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
                fixture.hedging("").callIdempotent(server.responds("pong", 12).responds("late", 5));
        time.runAll();
        assertThat(result).isCompletedWithValue("pong");
        assertThat(server.cancelled()).containsExactly(false, true);
        assertThat(fixture.story()).isEqualTo("2 attempts in 12 ms: ok, cancelled");
    }

    @Test
    void callIdempotent_withMoreAttempts_sendsOneAfterEachDelayUpToThem() {
        CompletableFuture<Object> result =
                fixture.hedging("").withMaxAttempts(4).callIdempotent(server.responds("late", 50));
        time.advance(Duration.ofMillis(50));
        assertThat(result).isCompletedWithValue("late");
        assertThat(server.cameAtMillis).containsExactly(0L, 10L, 20L, 30L);
        assertThat(server.cancelled()).containsExactly(false, true, true, true);
    }

    @Test
    void callIdempotent_ofAnErrorThatMayPass_sendsTheNextAtOnce() {
        Hedge hedge = fixture.hedging("budget=10%");
        CompletableFuture<Object> result =
                hedge.callIdempotent(server.responds(new ConnectException(), 3).responds("pong", 1));
        time.runAll();
        assertThat(result).isCompletedWithValue("pong");
        assertThat(server.cameAtMillis).containsExactly(0L, 3L);
        assertThat(hedge.retry().budget().retriesLeft()).isEqualTo(9.1);
        assertThat(hedge.retry().counts().errors()).containsEntry(ErrorKind.CONNECT, 1L);
        assertThat(fixture.story()).isEqualTo("2 attempts in 4 ms: connect +0ms, ok");
    }

    @Test
    void callIdempotent_operationThatEnforcesItsTimeout_endsByItself() {
        CompletableFuture<Object> own = new CompletableFuture<>();
        CompletableFuture<Object> result = fixture.hedging("attempt-timeout=50ms")
                .callIdempotentWithAttempt(new AsyncOperation<>() {
                    @Override
                    public CompletableFuture<Object> attempt(Attempt attempt) {
                        return own;
                    }

                    @Override
                    public boolean enforcesTimeout() {
                        return true;
                    }
                });
        time.advance(Duration.ofSeconds(1));
        assertThat(result).isNotDone();
        own.complete("pong");
        assertThat(result).isCompletedWithValue("pong");
    }

    @Test
    void callIdempotent_afterAnError_hedgesTheNextAttemptOneDelayLater() {
        fixture.hedging("").withMaxAttempts(3).callIdempotent(server.responds(new ConnectException(), 3));
        time.advance(Duration.ofMillis(30));
        assertThat(server.cameAtMillis).containsExactly(0L, 3L, 13L);
    }

    @Test
    void callIdempotent_ofAFatalOutcome_endsAtOnceAndCancelsTheOthers() {
        IllegalArgumentException fatal = new IllegalArgumentException();
        CompletableFuture<Object> result =
                fixture.hedging("").callIdempotent(server.responds("late", 900).responds(fatal, 2));
        time.advance(Duration.ofMillis(12));
        assertThatThrownBy(() -> result.getNow(null)).hasCause(fatal);
        assertThat(server.cancelled()).containsExactly(true, false);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.FATAL);
    }

    /** The target may respond to the other attempt. */
    @ParameterizedTest
    @EnumSource(names = {"RETRY_FORBIDDEN_BY_SERVER", "CIRCUIT_OPEN", "EXECUTOR_REFUSED"})
    void callIdempotent_ofAnAttemptThatOnlyPermitsNoFurtherOne_waitsForTheOthers(StopReason reason) {
        Retry retry = fixture.retrying("")
                .driver()
                .withClassifier(outcome -> outcome instanceof Outcome.Failure<?>
                        ? Verdict.fatal(reason, ErrorKind.OTHER)
                        : Verdict.accept());
        CompletableFuture<Object> result = Hedge.of(retry, DELAY)
                .withMaxAttempts(3)
                .callIdempotent(server.responds("late", 90).responds(new IOException(), 2));
        time.advance(Duration.ofMillis(89));
        assertThat(result).isNotDone();
        time.runAll();
        assertThat(result).isCompletedWithValue("late");
        assertThat(server.attempts).hasSize(2);
    }

    @Test
    void isHedged_isTrueWhereAnAttemptIsStartedOnly() {
        List<Boolean> hedged = new ArrayList<>();
        CompletableFuture<Object> result = fixture.hedging("").callIdempotent(() -> {
            hedged.add(NestedRetries.isHedged());
            NestedRetries.propagate(() -> hedged.add(NestedRetries.isHedged())).run();
            return server.responds("late", 900).attempt();
        });
        hedged.add(NestedRetries.isHedged());
        time.runAll();
        assertThat(result).isCompletedWithValue("late");
        assertThat(hedged).containsExactly(true, true, false, true, true);
        assertThat(NestedRetries.isHedged()).isFalse();
    }

    @Test
    void callIdempotent_whereAllFail_endsWithTheLastOutcomeWhenTheLastHasEnded() {
        ConnectException last = new ConnectException("last");
        CompletableFuture<Object> result = fixture.hedging("max-attempts=10")
                .callIdempotent(server.responds(last, 20).responds(new ConnectException("first"), 2));
        time.advance(Duration.ofMillis(15));
        assertThat(result).isNotDone();
        time.runAll();
        assertThatThrownBy(() -> result.getNow(null)).hasCause(last);
        assertThat(server.attempts).hasSize(2);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
        assertThat(fixture.story()).isEqualTo("2 attempts in 20 ms: connect, connect; gave up: attempts exhausted");
    }

    @Test
    void callIdempotent_ofAServersHint_waitsForItBeforeAnythingIsSent() {
        Verdict pushback = Verdict.transientError(ErrorKind.ofStatus(503), Duration.ofMillis(500));
        Retry retry = fixture.retrying("")
                .driver()
                .withClassifier(outcome -> outcome.equals(Outcome.success("busy"))
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
        Retry retry = fixture.retrying("")
                .driver()
                .withClassifier(outcome ->
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
        Retry retry = fixture.retrying("retry-after-limit=1s")
                .driver()
                .withClassifier(outcome -> outcome.equals(Outcome.success("busy"))
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
                fixture.hedging("total-timeout=1s budget=off").callIdempotent(server);
        time.advance(Duration.ofMillis(1_001));
        assertThatThrownBy(() -> result.getNow(null)).hasCauseInstanceOf(TimeoutException.class);
        assertThat(server.cancelled()).containsExactly(true, true);
        assertThat(time.nanoTime()).isEqualTo(1_001_000_000);
        assertThat(recorder.ended().history().elapsed()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void callIdempotent_withAnAttemptTimeout_cancelsEachAttemptInItsTime() {
        CompletableFuture<Object> result =
                fixture.hedging("attempt-timeout=100ms budget=off").callIdempotent(server);
        time.advance(Duration.ofMillis(105));
        assertThat(server.cancelled()).containsExactly(true, false);
        time.runAll();
        assertThat(server.cancelled()).containsExactly(true, true);
        assertThatThrownBy(() -> result.getNow(null)).hasCauseInstanceOf(TimeoutException.class);
        assertThat(fixture.story()).startsWith("2 attempts in 110 ms: timeout, timeout; gave up");
    }

    @Test
    void callIdempotent_nearTheTotalTimeout_sendsNoHedgeThatCouldNotEnd() {
        fixture.hedging("total-timeout=25ms budget=off").withMaxAttempts(5).callIdempotent(server);
        time.runAll();
        assertThat(server.cameAtMillis).containsExactly(0L, 10L, 20L);
    }

    @Test
    void callIdempotent_whoseLoserAnswersNevertheless_closesThatAnswerOnce() {
        Response loser = new Response(true);
        Response winner = new Response(true);
        List<CompletableFuture<Object>> stubborn = new ArrayList<>();
        // No time limit, and so no stage of ours around the operation's.
        CompletableFuture<Object> result = fixture.hedging("total-timeout=off").callIdempotent(() -> {
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
                fixture.hedging("").callIdempotent(server.responds(bad, 1).responds(last, 1));
        time.runAll();
        assertThat(result).isCompletedWithValue(last);
        assertThat(List.of(bad.closed, last.closed)).containsExactly(1, 0);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    @Test
    void cancel_ofTheFuture_cancelsAllAttemptsAndSendsNoMore() {
        Hedge hedge = fixture.hedging("").withMaxAttempts(3);
        CompletableFuture<Object> result = hedge.callIdempotent(server);
        time.advance(Duration.ofMillis(15));
        result.cancel(true);
        assertThat(server.cancelled()).containsExactly(true, true);
        time.runAll();
        assertThat(server.attempts).hasSize(2);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(recorder.ended().outcome()).isInstanceOf(Outcome.Failure.class);
        assertThat(fixture.story()).startsWith("2 attempts in 15 ms: cancelled, cancelled");
    }

    @Test
    void complete_fromOutside_endsTheCallAndLeavesThatValueAlone() {
        Response mine = new Response(true);
        CompletableFuture<Object> result = fixture.hedging("").callIdempotent(server);
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
        Retry retry = fixture.retrying("budget=10%")
                .driver()
                .withClassifier(outcome -> Verdict.transientError(ErrorKind.IO, Duration.ofSeconds(5)));
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
    void callIdempotent_ofAnAttemptThatWasCancelled_endsTheCall() {
        CompletableFuture<Object> result = fixture.hedging("").callIdempotent(server);
        server.replies.get(0).cancel(true);
        assertThatThrownBy(() -> result.getNow(null)).isInstanceOf(CancellationException.class);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
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
        CompletableFuture<Object> result = fixture.hedging("budget=off")
                .callIdempotent(() -> inner.callAsync(() -> CompletableFuture.failedFuture(new ConnectException())));
        time.runAll();
        assertThat(result).isCompletedExceptionally();
        assertThat(inner.counts().attempts()).isEqualTo(2);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ALREADY_RETRIED);
    }

    @Test
    void of_aDelayThatIsNoneOrNeverFits_saysSo() {
        Retry retry = fixture.retrying("total-timeout=2s attempt-timeout=1s");
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
        Hedge hedge = fixture.hedging("");
        assertThatThrownBy(() -> hedge.withMaxAttempts(1)).hasMessageContaining("max-attempts=1");
        assertThatThrownBy(() -> hedge.withMaxAttempts(6)).hasMessageContaining("2 to 5");
        assertThatThrownBy(() -> hedge.withExtraLoad(0)).hasMessageContaining("0.0");
        assertThatThrownBy(() -> hedge.withExtraLoad(Double.NaN)).hasMessageContaining("NaN");
        Hedge other = hedge.withMaxAttempts(3).withExtraLoad(0.02);
        assertThat(List.of(other.maxAttempts(), other.extraLoad(), other.delay(), hedge.maxAttempts()))
                .isEqualTo(List.of(3, 0.02, DELAY, 2));
    }
}
