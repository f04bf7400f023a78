package dev.respite;

import static dev.respite.BudgetWaitFixture.DELAY;
import static dev.respite.BudgetWaitFixture.POLICY;
import static dev.respite.BudgetWaitFixture.failingFirst;
import static dev.respite.BudgetWaitFixture.fails;
import static dev.respite.BudgetWaitFixture.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.BudgetWaitFixture.Empty;
import dev.respite.RetryEvent.BudgetWaitEnded;
import dev.respite.RetryEvent.BudgetWaitEnded.Result;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A call whose retry the budget rejects waits for it, under such a policy, until successes of other calls release it. */
class Rule24WaitingForTheBudgetTest {

    private final BudgetWaitFixture fixture = new BudgetWaitFixture();
    private final VirtualTime time = fixture.time;
    private final Recorder recorder = fixture.recorder;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HEDGED")
    void call_thatTheBudgetRejects_isReleasedBySuccessesOfOthers(TestDriver driver) throws Throwable {
        Retry quiet = fixture.retrying("");
        Retry retry = quiet.withListener(recorder);
        fixture.succeedAfter(Duration.ofSeconds(5), quiet, 20);

        Script script = Script.of(new ConnectException(), "value");
        assertThat(driver.run(retry, script)).isEqualTo("value");

        assertThat(script.ran()).isEqualTo(2);
        assertThat(time.nanoTime()).isGreaterThanOrEqualTo(Duration.ofSeconds(5).toNanos());
        BudgetWaitEnded ended = recorder.all(BudgetWaitEnded.class).get(0);
        assertThat(ended.result()).isEqualTo(Result.RELEASED);
        assertThat(ended.waited()).isEqualTo(Duration.ofSeconds(5).minus(DELAY));
        assertThat(ended.attempt().number()).isEqualTo(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ACCEPTED);
        assertThat(recorder.ended().history().elapsed()).isEqualTo(Duration.ofSeconds(5));
        assertThat(recorder.ended().history().summary()).isEqualTo("2 attempts in 5.0 s: connect +5.0s, ok");
        RetryCounts.BudgetWaits waits = retry.counts().budgetWaits();
        assertThat(waits.begun()).isEqualTo(1);
        assertThat(waits.ended(Result.RELEASED)).isEqualTo(1);
        assertThat(waits.waiting()).isZero();
        assertThat(waits.total()).isEqualTo(ended.waited());
        assertThat(retry.counts().rejectedByBudget()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HEDGED")
    void call_thatIsNotReleased_endsWhenItsTimeIsUp(TestDriver driver) {
        Retry retry = fixture.recorded("");
        ConnectException down = new ConnectException();

        assertThatThrownBy(() -> driver.run(retry, Script.of(down))).isSameAs(down);

        assertThat(recorder.ended().reason()).isEqualTo(StopReason.BUDGET_EXHAUSTED);
        assertThat(recorder.ended().history().elapsed()).isEqualTo(DELAY.plusSeconds(20));
        assertThat(recorder.all(BudgetWaitEnded.class))
                .extracting(BudgetWaitEnded::result)
                .containsExactly(Result.EXPIRED);
        assertThat(retry.counts().budgetWaits().ended(Result.EXPIRED)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HEDGED")
    void wait_leavesTheTimeOfAnAttemptBeforeTheTotalTimeout(TestDriver driver) {
        Retry retry = fixture.recorded("total-timeout=20s attempt-timeout=3s");
        Script slow = Script.of((Runnable) () -> time.advance(Duration.ofSeconds(2)), new ConnectException());

        assertThatThrownBy(() -> driver.run(retry, slow)).isInstanceOf(ConnectException.class);

        assertThat(recorder.ended().history().elapsed()).isEqualTo(Duration.ofSeconds(17));
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.BUDGET_EXHAUSTED);
    }

    /** The attempts of a hedged call run side by side: one that waits would hold the others' answer. */
    @Test
    void hedgedCall_doesNotWait() {
        Retry retry = fixture.recorded("");
        assertThatThrownBy(() -> TestDriver.HEDGED.run(retry, Script.of(new ConnectException())))
                .isInstanceOf(ConnectException.class);
        assertThat(recorder.ended().history().elapsed()).isZero();
        assertThat(retry.counts().budgetWaits().begun()).isZero();
    }

    /** The calls that fail share the budget, and do not wait for it. */
    @Test
    void call_whileOtherAttemptsFail_isNotReleased() {
        Retry retry = fixture.retrying("");
        Retry once =
                Retry.withoutWarnings(RetryPolicy.parse("max-attempts=1"), time).withBudget(retry.budget());
        CompletableFuture<Object> waits = failingFirst(retry, () -> {});
        time.advance(DELAY.multipliedBy(2));
        for (int i = 0; i < 200; i++) {
            time.advance(Duration.ofMillis(10));
            succeed(retry, 1);
            assertThat(once.callAsync(BudgetWaitFixture::fails)).isCompletedExceptionally();
        }
        assertThat(waits).isNotDone();
        time.advance(Duration.ofSeconds(5));
        succeed(retry, 100);
        time.advance(Duration.ofSeconds(1));
        assertThat(waits).isCompletedWithValue("value");
    }

    @Test
    void calls_areReleasedInTheOrderInWhichTheyWait() {
        Retry retry = fixture.retrying("");
        List<Integer> order = new ArrayList<>();
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            calls.add(failingFirst(retry, () -> order.add(number)));
            time.advance(Duration.ofMillis(1));
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(retry.counts().budgetWaits().waiting()).isEqualTo(5);

        succeed(retry, 40);
        time.advance(Duration.ofSeconds(1));

        assertThat(order).containsExactly(0, 1, 2, 3, 4);
        assertThat(calls).allSatisfy(call -> assertThat(call).isCompletedWithValue("value"));
    }

    /** A budget that pays back what helped gets nothing for a retry that it has not paid for. */
    @Test
    void successOfAReleasedCall_isADepositLikeAnyOther() {
        Empty budget = new Empty();
        Retry retry = Retry.withoutWarnings(RetryPolicy.parse(POLICY + "budget-wait=20s"), time)
                .withBudget(budget);
        CompletableFuture<Object> call = failingFirst(retry, () -> {});
        time.advance(Duration.ofSeconds(1));
        succeed(retry, 20);
        time.advance(Duration.ofSeconds(1));
        assertThat(call).isCompletedWithValue("value");
        assertThat(budget.successesAfterRetries).isZero();
        assertThat(budget.successes).isEqualTo(21);
    }

    /** All threads of a pool wait, so no first attempt is made: the first of them finds out that the target is back. */
    @Test
    void callsOfAClosedLoop_areReleasedOneAtATime_thoughNoneSucceeds() {
        Retry retry = fixture.retrying("max-attempts=9");
        succeed(retry, 100);
        List<Long> attempts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            var unused = retry.callAsyncWithAttempt(attempt -> {
                attempts.add(time.nanoTime() / 1_000_000);
                return fails();
            });
        }
        time.advance(Duration.ofSeconds(19));
        // Four fail at once; then one each after pauses of 1, 2, 4 and 8 s.
        assertThat(attempts).containsExactly(0L, 0L, 0L, 0L, 1_000L, 3_000L, 7_000L, 15_000L);
    }

    /** A server's hint is a delay like any other: the wait begins after it. */
    @Test
    void hint_isWaitedForFirst() {
        Retry retry = fixture.retrying("")
                .driver()
                .withClassifier(outcome -> outcome instanceof Outcome.Failure<?>
                        ? Verdict.transientError(ErrorKind.THROTTLED, Duration.ofSeconds(10))
                        : Verdict.accept());
        List<Long> starts = new ArrayList<>();
        CompletableFuture<Object> call = failingFirst(retry, () -> starts.add(time.nanoTime()));
        for (int second = 1; second < 10; second++) {
            fixture.succeedAfter(Duration.ofSeconds(second), retry, 1);
        }
        fixture.succeedAfter(Duration.ofSeconds(15), retry, 20);
        time.advance(Duration.ofSeconds(14));
        assertThat(starts).isEmpty();
        time.advance(Duration.ofSeconds(5));
        assertThat(call).isCompletedWithValue("value");
        assertThat(starts).containsExactly(Duration.ofSeconds(15).toNanos());
    }

    @Test
    void releasedCallThatFailsAgain_waitsAgain_andTakesTheCreditOfTheOthers() {
        Retry retry = fixture.retrying("max-attempts=5");
        CompletableFuture<Object> call = retry.callAsync(() -> fails());
        time.advance(Duration.ofSeconds(1));
        // Enough for two releases; the call is released by the first, and takes the rest.
        succeed(retry, 20);
        assertThat(retry.counts().budgetWaits().waiting()).isEqualTo(1);
        time.advance(Duration.ofMillis(400));
        RetryCounts.BudgetWaits waits = retry.counts().budgetWaits();
        assertThat(waits.begun()).isEqualTo(2);
        assertThat(waits.ended(Result.RELEASED)).isEqualTo(1);
        assertThat(call).isNotDone();

        succeed(retry, 1);
        time.advance(Duration.ofMillis(400));

        assertThat(retry.counts().budgetWaits().ended(Result.RELEASED)).isEqualTo(1);
    }

    @Test
    void retryThatTheBudgetGrants_doesNotWait() {
        Retry retry =
                Retry.withoutWarnings(RetryPolicy.parse(POLICY + "budget-wait=20s budget=success:0.5/20/10"), time);
        assertThat(failingFirst(retry, () -> {})).isNotDone();
        time.advance(DELAY);
        assertThat(retry.counts().budgetWaits().begun()).isZero();
        assertThat(retry.counts().calls()).isEqualTo(1);
    }

    @Test
    void retriesThatShareABudget_shareItsQueue() {
        Retry first = fixture.retrying("");
        Retry second = Retry.withoutWarnings(RetryPolicy.parse(POLICY), time).withBudget(first.budget());
        CompletableFuture<Object> call = failingFirst(first, () -> {});
        time.advance(Duration.ofSeconds(1));
        succeed(second, 20);
        time.advance(Duration.ofSeconds(1));
        assertThat(call).isCompletedWithValue("value");
    }

    @Test
    void withPolicy_keepsTheQueue() {
        Retry before = Retry.withoutWarnings(
                RetryPolicy.parse(POLICY + "budget-wait=20s budget=grpc:10/0.1 max-attempts=9"), time);
        for (int i = 0; i < 12; i++) {
            var unused = before.callAsyncWithAttempt(
                    attempt -> attempt.number() < 3 ? fails() : CompletableFuture.completedFuture("value"));
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(before.counts().budgetWaits().waiting()).isPositive();
        for (String policy :
                List.of("budget-wait=9s budget=success:0.5/20/10", "budget-wait=9s budget=fleet clients=7")) {
            Retry after = before.withPolicy(RetryPolicy.parse(policy));
            assertThat(RetryBudgets.queueOf(after.budget()).orElseThrow())
                    .isSameAs(RetryBudgets.queueOf(before.budget()).orElseThrow());
        }
    }

    @Test
    void budgetOfAPolicyThatWaits_hasAQueue() {
        RetryPolicy waits = RetryPolicy.parse("budget-wait=20s");
        assertThat(RetryBudgets.queueOf(RetryBudgets.of(waits))).isPresent();
        assertThat(RetryBudgets.queueOf(RetryBudgets.of(RetryPolicy.defaults())))
                .isEmpty();
        assertThat(RetryBudgets.queueOf(RetryBudgets.of(waits.budget()))).isEmpty();
        assertThat(RetryBudgets.of(BudgetSpec.parse("fleet")).retriesLeft())
                .isEqualTo(RetryBudgets.of(waits).retriesLeft());
    }

    /** The budget that pays receives the same as without the queue. */
    @Test
    void budgetThatPays_receivesEachAttempt() throws Throwable {
        RecordingBudget alone = new RecordingBudget(RetryBudget.ClockUse.LATENCY, true);
        RecordingBudget queued = new RecordingBudget(RetryBudget.ClockUse.LATENCY, true);
        for (RecordingBudget budget : List.of(alone, queued)) {
            VirtualTime each = new VirtualTime(3);
            String policy = budget == queued ? POLICY + "budget-wait=20s" : POLICY;
            Retry retry = Retry.withoutWarnings(RetryPolicy.parse(policy), each).withBudget(budget);
            TestDriver.BLOCKING.run(
                    retry,
                    Script.of(
                            (Runnable) () -> each.advance(Duration.ofMillis(3)),
                            new SocketTimeoutException(),
                            new ConnectException(),
                            "value"));
            TestDriver.ASYNCHRONOUS.run(retry, Script.of("value"));
        }
        assertThat(queued.recorded).isEqualTo(alone.recorded).isNotEmpty();
    }
}
