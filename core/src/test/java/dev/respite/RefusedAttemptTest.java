package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.ClockUse;
import dev.respite.driver.AttemptResult;
import dev.respite.driver.CallState;
import dev.respite.driver.ResumableRetry;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An attempt that its target has refused because it is a retry is made again, and uses none of the attempts. */
class RefusedAttemptTest {

    private static final Duration HINT = Duration.ofSeconds(2);

    /** A failed connection is retried; any other failure is a refusal. */
    private static final Classifier CLASSIFIER = outcome -> {
        if (!(outcome instanceof Outcome.Failure<?> failure)) {
            return Verdict.accept();
        }
        return failure.error() instanceof ConnectException
                ? Verdict.transientError(ErrorKind.CONNECT)
                : Verdict.transientError(ResumableRetry.REFUSED, HINT);
    };

    private final VirtualTime time = new VirtualTime();
    private final List<Integer> numbers = new ArrayList<>();

    private Retry retry(String policy) {
        return Retry.silent(RetryPolicy.parse(policy + " jitter=none base-delay=10s"), time)
                .withDriverClassifier(CLASSIFIER);
    }

    private AttemptResult<String> attempt(Retry retry, CallState state, Exception failure) {
        return retry.resumable().attempt(state, attempt -> {
            numbers.add(attempt.number());
            throw failure;
        });
    }

    private CallState fails(Retry retry, CallState state) {
        return again(attempt(retry, state, new ConnectException("down"))).state();
    }

    private AttemptResult<String> isRefused(Retry retry, CallState state) {
        return attempt(retry, state, new IllegalStateException("congested"));
    }

    private static AttemptResult.Again<String> again(AttemptResult<String> result) {
        assertThat(result).isInstanceOf(AttemptResult.Again.class);
        return (AttemptResult.Again<String>) result;
    }

    private static StopReason endOf(AttemptResult<String> result) {
        assertThat(result).isInstanceOf(AttemptResult.Ended.class);
        return ((AttemptResult.Ended<String>) result).reason();
    }

    /** Stored and read again, as by another process. */
    private CallState after(AttemptResult.Again<String> again) {
        time.advance(again.delay());
        return CallState.decode(again.state().encode());
    }

    @Test
    void refusedAttempt_evenTheLast_isMadeAgainAtTheHintUnderItsNumber() {
        Retry retry = retry("max-attempts=2 budget=off total-timeout=1d");
        CallState state = fails(retry, retry.resumable().begin());
        for (int refusals = 0; refusals < 20; refusals++) {
            AttemptResult.Again<String> again = again(isRefused(retry, state));
            assertThat(again.delay()).isEqualTo(HINT);
            assertThat(again.state().lastBackoffNanos())
                    .isEqualTo(Duration.ofSeconds(10).toNanos());
            state = after(again);
        }
        AttemptResult<String> end = attempt(retry, state, new ConnectException("down"));
        assertThat(endOf(end)).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
        assertThat(((AttemptResult.Ended<String>) end).history().attempts()).isEqualTo(2);
        assertThat(numbers).hasSize(22).startsWith(1, 2, 2).endsWith(2, 2);
        assertThat(retry.counts().errors()).containsEntry(ResumableRetry.REFUSED, 20L);
        assertThat(retry.counts().attempts()).isEqualTo(2);
    }

    @Test
    void refusedAttempts_untilTheTotalTimeout_endTheCallThen() {
        Retry retry = retry("max-attempts=unlimited budget=off total-timeout=1m");
        AttemptResult<String> result =
                isRefused(retry, fails(retry, retry.resumable().begin()));
        while (result instanceof AttemptResult.Again<String> again) {
            result = isRefused(retry, after(again));
            assertThat(numbers).hasSizeLessThan(100);
        }
        assertThat(endOf(result)).isEqualTo(StopReason.TOTAL_TIMEOUT);
        assertThat(Duration.ofNanos(time.nanoTime())).isEqualTo(Duration.ofSeconds(58));
    }

    @Test
    void refusedAttempt_isAFailureOfTheBudgetAndIsPaidForAsAnyRetry() {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, false);
        Retry retry = retry("max-attempts=2 total-timeout=1d").withBudget(budget);
        CallState state = fails(retry, retry.resumable().begin());
        budget.recorded.clear();
        time.advance(Duration.ofSeconds(3));

        again(isRefused(retry, state));

        RetryBudget.FailedAttempt failed = new RetryBudget.FailedAttempt(ResumableRetry.REFUSED, 2, time.nanoTime(), 0);
        assertThat(budget.recorded).hasSize(2).first().isEqualTo(new RecordingBudget.Failed(failed));
        assertThat(budget.recorded.get(1))
                .isInstanceOfSatisfying(
                        RecordingBudget.Taken.class,
                        taken -> assertThat(taken.failed()).isEqualTo(failed));
        assertThat(failed.kind().load()).isEqualTo(ErrorKind.Load.OVERLOAD);
    }

    @Test
    void refusedAttempt_thatTheBudgetDoesNotPayFor_isDeferredUnderItsNumber() {
        Retry retry = retry("max-attempts=2 total-timeout=1d budget=success:0.1/1/1");
        CallState state = fails(retry, retry.resumable().begin());

        AttemptResult.Again<String> again = again(isRefused(retry, state));

        assertThat(again.isDeferred()).isTrue();
        assertThat(again.delay()).isEqualTo(HINT);
        assertThat(again.state().number()).isEqualTo(2);
        // The first rejected retry of a quiet time is made all the same.
        assertThat(again(isRefused(retry, after(again))).state().number()).isEqualTo(2);
    }

    /** A proxy may count the attempts of a client that makes its first. */
    @Test
    void refusedFirstAttempt_isMadeAgainAsTheFirst() {
        Retry retry = retry("max-attempts=1 budget=off total-timeout=1m");
        AttemptResult.Again<String> again =
                again(isRefused(retry, retry.resumable().begin()));
        CallState state = after(again);
        assertThat(state.number()).isEqualTo(1);
        assertThat(state.isFirst()).isFalse();

        time.advance(Duration.ofMinutes(1));
        assertThat(endOf(isRefused(retry, state))).isEqualTo(StopReason.TOTAL_TIMEOUT);
        assertThat(numbers).as("attempts before the total timeout").containsExactly(1);
    }

    @Test
    void refusedFirstAttempt_thatSucceedsLater_isASuccessAfterARetry() {
        RecordingBudget budget = new RecordingBudget(ClockUse.NONE, false);
        Retry retry = retry("max-attempts=1 total-timeout=off").withBudget(budget);
        CallState state = after(again(isRefused(retry, retry.resumable().begin())));

        AttemptResult<String> result = retry.resumable().attempt(state, attempt -> "done");

        assertThat(endOf(result)).isEqualTo(StopReason.ACCEPTED);
        assertThat(budget.recorded)
                .last()
                .isInstanceOfSatisfying(
                        RecordingBudget.SucceededAfter.class,
                        succeeded -> assertThat(succeeded.attempts()).isEqualTo(2));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 2s, 0, 2s",
        "'', 2s, 0.5, 2500ms",
        "'', 0s, 0, 1s",
        "jitter=none, 2s, 0.5, 2s",
        "retry-after=ignore, 30s, 0.5, 1s",
        "retry-after=cap retry-after-limit=3s, 30s, 0.5, 2500ms",
        "retry-after-limit=100ms, 0s, 0.5, 1s",
        "total-timeout=1s, 0s, 0, TOTAL_TIMEOUT",
        "total-timeout=1001ms, 0s, 0, 1s",
        "retry-after-limit=30s, 31s, 0, RETRY_AFTER_TOO_LONG",
    })
    void decideRefused_hintAndPolicy_makeTheDelay(String policy, String hint, double roll, String expected) {
        Verdict.Transient refusal = new Verdict.Transient(ResumableRetry.REFUSED, duration(hint));
        Outcome<String> outcome = Outcome.failure(new IllegalStateException("congested"));
        Decision<String> decision = RetryPolicy.parse(policy + " max-attempts=2")
                .decideRefused(new Attempt(2, 0, 7), outcome, refusal, roll);
        if (expected.endsWith("s")) {
            assertThat(decision)
                    .isEqualTo(
                            new Decision.RetryAfter<String>(duration(expected).toNanos(), 7, ResumableRetry.REFUSED));
        } else {
            assertThat(decision).isEqualTo(Decision.stop(outcome, StopReason.valueOf(expected)));
        }
    }

    private static Duration duration(String text) {
        return text.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(text.replace("ms", "")))
                : Duration.ofSeconds(Long.parseLong(text.replace("s", "")));
    }

    @Test
    void kindOfAUser_withTheSameName_usesAttempts() {
        Retry retry = Retry.silent(RetryPolicy.parse("max-attempts=2 budget=off base-delay=10s jitter=none"), time)
                .withDriverClassifier(outcome -> Verdict.transientError(ErrorKind.overload("refused")));
        AttemptResult.Again<String> again =
                again(isRefused(retry, retry.resumable().begin()));
        assertThat(again.state().number()).isEqualTo(2);
    }
}
