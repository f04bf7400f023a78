package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.RecordingBudget.Failed;
import dev.respite.RecordingBudget.LatencyWanted;
import dev.respite.RecordingBudget.Succeeded;
import dev.respite.RecordingBudget.SucceededAfter;
import dev.respite.RecordingBudget.Taken;
import dev.respite.RecordingBudget.Took;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.ClockUse;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudgets;
import dev.respite.hedge.Hedge;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The data that a budget receives about a call, by every driver: attempts, times, the random source and refunds. */
class Rule24TheBudgetReceivesEachAttemptTest {

    private static final long MICRO = 1_000L;
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final long SEED = 24;

    private final VirtualTime time = new VirtualTime(SEED);

    private Retry retrying(RetryBudget budget) {
        time.advance(Duration.ofHours(1));
        return Retry.withoutWarnings(RetryPolicy.parse("max-attempts=5 backoff=fixed base-delay=7ms jitter=none"), time)
                .withBudget(budget);
    }

    /** What an attempt does first: it takes its time, less than after which a hedge would be sent. */
    private Runnable micros(long micros) {
        return () -> time.advance(Duration.ofNanos(micros * MICRO));
    }

    private static long delay(TestDriver driver) {
        return driver == TestDriver.HEDGED ? 0 : 7_000 * MICRO;
    }

    @ParameterizedTest
    @EnumSource
    void successAtTheFirstAttempt_isReportedWithItsBeginning(TestDriver driver) throws Throwable {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, true);
        driver.run(retrying(budget), Script.of(micros(300), "value"));
        assertThat(budget.recorded)
                .containsExactly(
                        new Succeeded(HOUR), new LatencyWanted(HOUR), new Took(300 * MICRO, HOUR + 300 * MICRO));
    }

    @ParameterizedTest
    @EnumSource
    void eachFailedAttempt_isReportedWithItsNumberItsTimeAndItsOwnLatency(TestDriver driver) throws Throwable {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, true);
        driver.run(
                retrying(budget),
                Script.of(
                        micros(200),
                        new ConnectException(),
                        micros(300),
                        new SocketTimeoutException(),
                        micros(100),
                        "value"));
        long first = HOUR + 200 * MICRO;
        long second = first + delay(driver) + 300 * MICRO;
        long third = second + delay(driver) + 100 * MICRO;
        FailedAttempt refused = new FailedAttempt(ErrorKind.CONNECT, 1, first, 200 * MICRO);
        FailedAttempt timeout = new FailedAttempt(ErrorKind.TIMEOUT, 2, second, 300 * MICRO);
        assertThat(budget.all(Failed.class)).containsExactly(new Failed(refused), new Failed(timeout));
        assertThat(budget.all(Taken.class)).extracting(Taken::failed).containsExactly(refused, timeout);
        assertThat(budget.recorded.subList(4, budget.recorded.size()))
                .containsExactly(
                        new SucceededAfter(3, ErrorKind.TIMEOUT, third),
                        new LatencyWanted(third - 100 * MICRO),
                        new Took(100 * MICRO, third));
        assertThat(budget.refunded).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void chance_isThatOfTheCallsTime(TestDriver driver) throws Throwable {
        RecordingBudget budget = new RecordingBudget(ClockUse.NONE, true);
        driver.run(retrying(budget), Script.of(new ConnectException(), new ConnectException(), "value"));
        VirtualTime twin = new VirtualTime(SEED);
        double[] rolls = {twin.roll(), twin.roll(), twin.roll(), twin.roll()};
        // One for the delay before each for the budget.
        assertThat(budget.all(Taken.class)).extracting(Taken::roll).containsExactly(rolls[1], rolls[3]);
    }

    @ParameterizedTest
    @EnumSource
    void latency_thatTheBudgetDoesNotWant_isNotRecorded(TestDriver driver) throws Throwable {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, false);
        Retry retry = retrying(budget);
        driver.run(retry, Script.of("value"));
        driver.run(retry, Script.of(new ConnectException(), "value"));
        assertThat(budget.all(LatencyWanted.class)).hasSize(2);
        assertThat(budget.all(Took.class)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void budgetThatReadsOnlyTheStart_isNotQueriedForTheLatency(TestDriver driver) throws Throwable {
        RecordingBudget budget = new RecordingBudget(ClockUse.START, true);
        Retry retry = retrying(budget);
        driver.run(retry, Script.of(micros(200), new ConnectException(), "value"));
        driver.run(retry, Script.of("value"));
        FailedAttempt failed = new FailedAttempt(ErrorKind.CONNECT, 1, HOUR + 200 * MICRO, 0);
        assertThat(budget.all(Failed.class)).containsExactly(new Failed(failed));
        assertThat(budget.all(Succeeded.class)).hasSize(1).allMatch(reported -> reported.startNanos() > HOUR);
        assertThat(budget.all(LatencyWanted.class)).isEmpty();
        assertThat(budget.all(Took.class)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void errorThatNeverReachedItsTarget_isNotReported(TestDriver driver) throws Throwable {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, true);
        Retry retry = retrying(budget)
                .driver()
                .withClassifier(outcome -> outcome instanceof Outcome.Success<?>
                        ? Verdict.accept()
                        : Verdict.transientError(ErrorKind.REJECTED));
        driver.run(retry, Script.of(new ConnectException(), "value"));
        assertThat(budget.all(Failed.class)).isEmpty();
        assertThat(budget.all(Taken.class)).isEmpty();
        assertThat(budget.all(Succeeded.class)).as("no retry that was paid for").hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void fatalError_isNotReported(TestDriver driver) {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, true);
        assertThatThrownBy(() -> driver.run(retrying(budget), Script.of(new IllegalStateException())))
                .isInstanceOf(IllegalStateException.class);
        assertThat(budget.recorded).isEmpty();
    }

    @Test
    void hedge_isPaidAsAnUnansweredAttemptWithoutLatency_andIsNoFailure() {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, true);
        Retry retry = retrying(budget);
        CompletableFuture<Object> call = Hedge.of(retry, Duration.ofMillis(10)).callIdempotentWithAttempt(attempt -> {
            CompletableFuture<Object> reply = new CompletableFuture<>();
            time.schedule(() -> reply.complete("value"), attempt.number() == 1 ? 900_000_000L : 1_000_000L);
            return reply;
        });
        time.advance(Duration.ofMillis(11));
        assertThat(call).isCompletedWithValue("value");
        long hedged = HOUR + 10_000 * MICRO;
        assertThat(budget.all(Failed.class)).isEmpty();
        assertThat(budget.all(Taken.class))
                .extracting(Taken::failed)
                .containsExactly(new FailedAttempt(RetryBudgets.HEDGE, 1, hedged, 0));
        assertThat(budget.recorded.subList(1, 4))
                .containsExactly(
                        new SucceededAfter(2, RetryBudgets.HEDGE, hedged + 1_000 * MICRO),
                        new LatencyWanted(hedged),
                        new Took(1_000 * MICRO, hedged + 1_000 * MICRO));
    }

    @Test
    void hedgedCall_whoseFirstAttemptWins_recordsItsLatency() {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, true);
        Retry retry = retrying(budget);
        CompletableFuture<Object> call = Hedge.of(retry, Duration.ofMillis(10)).callIdempotentWithAttempt(attempt -> {
            CompletableFuture<Object> reply = new CompletableFuture<>();
            time.schedule(() -> reply.complete("value"), attempt.number() == 1 ? 12_000_000L : 900_000_000L);
            return reply;
        });
        time.advance(Duration.ofMillis(12));
        assertThat(call).isCompletedWithValue("value");
        assertThat(budget.all(Took.class)).containsExactly(new Took(12_000 * MICRO, HOUR + 12_000 * MICRO));
    }

    @ParameterizedTest
    @EnumSource(names = {"BLOCKING", "PAST_A_BREAKER", "INTERRUPTIBLE"})
    void blockingCall_thatIsInterruptedInItsDelay_givesBackTheSameGrant(TestDriver driver) {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, true);
        Retry retry = retrying(budget);
        // The second delay: the first retry was made, and stays paid for.
        Runnable interrupt = () -> time.schedule(() -> Thread.currentThread().interrupt(), 1_000 * MICRO);
        Script script = Script.of(new ConnectException(), interrupt, new ConnectException(), "value");
        assertThatThrownBy(() -> driver.run(retry, script)).isInstanceOf(ConnectException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(script.ran()).isEqualTo(2);
        assertThat(budget.granted).hasSize(2);
        assertThat(budget.refunded).hasSize(1);
        assertThat(budget.refunded.get(0)).isSameAs(budget.granted.get(1));
    }

    @Test
    void asynchronousCall_thatIsCancelledInItsDelay_givesBackTheSameGrant() {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, true);
        CompletableFuture<Object> call =
                retrying(budget).callAsync(AsyncScript.of(new ConnectException(), new ConnectException(), "value"));
        time.advance(Duration.ofMillis(8));
        assertThat(budget.granted).hasSize(2);
        call.cancel(true);
        time.runAll();
        assertThat(budget.refunded).hasSize(1);
        assertThat(budget.refunded.get(0)).isSameAs(budget.granted.get(1));
    }

    @Test
    void asynchronousCall_thatIsCancelledInItsAttempt_givesNothingBack() {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, true);
        CompletableFuture<Object> call =
                retrying(budget).callAsync(AsyncScript.of(new ConnectException(), AsyncScript.PENDING));
        time.advance(Duration.ofMillis(8));
        call.cancel(true);
        time.runAll();
        assertThat(budget.granted).hasSize(1);
        assertThat(budget.refunded).isEmpty();
    }

    @Test
    void hedgedCall_thatIsCancelledBeforeAPaidAttempt_givesBackTheSameGrant() {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, true);
        Retry retry = retrying(budget)
                .driver()
                .withClassifier(outcome -> Verdict.transientError(ErrorKind.ofStatus(503), Duration.ofSeconds(2)));
        CompletableFuture<Object> call =
                Hedge.of(retry, Duration.ofMillis(10)).callIdempotent(() -> CompletableFuture.completedFuture("busy"));
        time.advance(Duration.ofSeconds(1));
        assertThat(budget.granted).hasSize(1);
        call.cancel(true);
        time.runAll();
        assertThat(budget.refunded).hasSize(1);
        assertThat(budget.refunded.get(0)).isSameAs(budget.granted.get(0));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HEDGED")
    void retryThatIsRejectedBeforeItsTarget_isGivenBack(TestDriver driver) throws Throwable {
        RecordingBudget budget = new RecordingBudget(ClockUse.LATENCY, true);
        Retry retry = retrying(budget)
                .driver()
                .withClassifier(outcome -> outcome instanceof Outcome.Success<?>
                        ? Verdict.fatal(StopReason.CIRCUIT_OPEN, ErrorKind.REJECTED)
                        : Verdict.transientError(ErrorKind.IO));
        driver.run(retry, Script.of(new ConnectException(), "rejected"));
        assertThat(budget.granted).hasSize(1);
        assertThat(budget.refunded).hasSize(1);
        assertThat(budget.refunded.get(0)).isSameAs(budget.granted.get(0));
    }

    /** A time that counts how often it is read. */
    private final class CountingTime implements TimeSource.Forwarding {
        private int reads;

        @Override
        public long nanoTime() {
            reads++;
            return time.nanoTime();
        }

        @Override
        public TimeSource delegate() {
            return time;
        }
    }

    /** The forms of a call that need no timer of their own. */
    private enum Form {
        BLOCKING {
            @Override
            void run(Retry retry, Script script) {
                retry.call(script);
            }
        },
        PAST_A_BREAKER {
            @Override
            void run(Retry retry, Script script) {
                BreakerPerAttempt.of(retry, new AlwaysClosed()).call(script);
            }
        },
        INTERRUPTIBLE {
            @Override
            void run(Retry retry, Script script) throws Exception {
                retry.callWithInterrupt(script);
            }
        },
        ASYNCHRONOUS {
            @Override
            void run(Retry retry, Script script) {
                CompletableFuture<Object> unused = retry.callAsyncWithAttempt(
                        attempt -> CompletableFuture.completedFuture(script.attempt(attempt)));
            }
        };

        abstract void run(Retry retry, Script script) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void budgetWithoutReadings_andNoTotalTimeout_neverReadsTheClock(Form form) throws Exception {
        for (String budget : List.of("success:0.5/20/10", "10%", "aws-2.1", "grpc:10/0.1", "off")) {
            CountingTime counting = new CountingTime();
            Retry retry = Retry.withoutWarnings(
                    RetryPolicy.parse("total-timeout=off max-attempts=5 budget=" + budget), counting);
            Script script = Script.of(new ConnectException(), new ConnectException(), "value");
            form.run(retry, script);
            time.runAll();
            form.run(retry, script);
            assertThat(script.ran()).isEqualTo(4);
            assertThat(retry.counts().ended(StopReason.ACCEPTED)).isEqualTo(2);
            assertThat(counting.reads).as(budget).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void defaultBudget_readsTheClockAtMostTwiceForASuccessAtTheFirstAttempt(Form form) throws Exception {
        for (String policy : List.of("total-timeout=off", "")) {
            CountingTime counting = new CountingTime();
            Retry retry = Retry.withoutWarnings(RetryPolicy.parse(policy), counting);
            for (int i = 0; i < 100; i++) {
                int before = counting.reads;
                form.run(retry, Script.of(micros(1), "value"));
                time.runAll();
                int most = form == Form.ASYNCHRONOUS && policy.isEmpty() ? 3 : 2;
                assertThat(counting.reads - before).as(policy).isBetween(1, most);
            }
            int before = counting.reads;
            form.run(retry, Script.of("value"));
            boolean blocking = form == Form.BLOCKING || form == Form.PAST_A_BREAKER;
            if (blocking) {
                assertThat(counting.reads - before)
                        .as("a success soon after another")
                        .isEqualTo(1);
            }
        }
    }
}
