package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.AsyncScript.Thrown;
import dev.respite.budget.RetryBudget;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.policy.Backoff;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The returned future always completes, whatever throws and wherever; here: operations and parts of the policy. */
class Rule14EveryFutureCompletesTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final ConnectException real = new ConnectException("real");
    private final Retry retry =
            Retry.of(RetryPolicy.parse("max-attempts=3 budget=off"), time).withListener(recorder);

    private Throwable failureOf(CompletableFuture<?> call) {
        time.runAll();
        assertThat(call).isCompletedExceptionally();
        return call.handle((value, error) -> error).join();
    }

    private Object valueOf(CompletableFuture<?> call) {
        time.runAll();
        assertThat(call).isCompleted();
        return call.join();
    }

    /** An attempt of each number that ends in each way. */
    static Stream<Arguments> attemptsThatThrow() {
        return Stream.of(
                        new IllegalStateException("bug"),
                        new AssertionError("bug"),
                        new Exception("checked"),
                        new StackOverflowError())
                .flatMap(error -> Stream.of(1, 2, 3).map(number -> Arguments.of(number, error)));
    }

    @ParameterizedTest
    @MethodSource("attemptsThatThrow")
    void operation_thatThrowsAtAnyAttempt_failsTheCallWithWhatItThrew(int number, Throwable error) {
        AsyncScript script = AsyncScript.of(after(number, new Thrown(error)));
        assertThat(failureOf(retry.callAsync(script))).isSameAs(error);
        assertThat(script.ran()).isEqualTo(number);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.FATAL);
    }

    @Test
    void operation_thatThrowsATransientError_isTriedAgain() {
        AsyncScript script = AsyncScript.of(new Thrown(real), new Thrown(real), "value");
        assertThat(valueOf(retry.callAsync(script))).isEqualTo("value");
        assertThat(script.ran()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void operation_thatReturnsNoStageAtAnyAttempt_failsTheCall(int number) {
        AsyncScript script = AsyncScript.of(after(number, AsyncScript.NO_STAGE));
        assertThat(failureOf(retry.callAsync(script)))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the operation returned no stage");
        assertThat(script.ran()).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"total-timeout=off", "total-timeout=1s"})
    void stage_thatCannotBeListenedTo_failsTheCall(String limits) {
        IllegalStateException bug = new IllegalStateException("no listeners here");
        CompletableFuture<Object> deaf = new CompletableFuture<>() {
            @Override
            public CompletableFuture<Object> whenComplete(BiConsumer<? super Object, ? super Throwable> action) {
                throw bug;
            }
        };
        assertThat(failureOf(Retry.of(RetryPolicy.parse(limits), time).callAsync(AsyncScript.of(deaf))))
                .isSameAs(bug);
    }

    @Test
    void stage_thatOnlyItsMakerCanComplete_isTimedOutAllTheSame() {
        AsyncScript script = AsyncScript.of(new CompletableFuture<>().minimalCompletionStage());
        CompletableFuture<Object> call =
                Retry.of(RetryPolicy.parse("attempt-timeout=1s"), time).callAsync(script);
        assertThat(failureOf(call)).isInstanceOf(TimeoutException.class).hasMessage("no result within 1.0s");
        assertThat(script.ran()).isEqualTo(3);
    }

    @Test
    void stage_whoseCancellationThrows_isTimedOutAllTheSame() {
        CompletableFuture<Object> stubborn = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                throw new IllegalStateException("I will not");
            }
        };
        CompletableFuture<Object> call = Retry.of(RetryPolicy.parse("max-attempts=1 attempt-timeout=1s"), time)
                .callAsync(AsyncScript.of(stubborn));
        assertThat(failureOf(call)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void classifierThatThrows_ofAFailureThatCameLater_leavesTheRealFailure() {
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING);
        IllegalStateException bug = new IllegalStateException("bug");
        CompletableFuture<Object> call = retry.driver()
                .withClassifier(outcome -> {
                    throw bug;
                })
                .callAsync(script);
        script.pending(1).completeExceptionally(real);
        assertThat(failureOf(call)).isSameAs(real);
        assertThat(recorder.all(RetryEvent.CallbackFailed.class))
                .containsExactly(new RetryEvent.CallbackFailed("retry", "classifier", bug));
    }

    @Test
    void listenerThatThrows_atEveryEvent_changesNothing() {
        Retry loud = Retry.of(RetryPolicy.parse("budget=off"), time).withListener(event -> {
            throw new AssertionError("bug");
        });
        assertThat(failureOf(loud.callAsync(AsyncScript.of(real)))).isSameAs(real);
        assertThat(valueOf(loud.callAsync(AsyncScript.of(real, "value")))).isEqualTo("value");
    }

    @Test
    void backoffThatThrows_leavesTheRealFailure() {
        Backoff broken = (attempt, roll) -> {
            throw new StackOverflowError();
        };
        RetryPolicy policy = RetryPolicy.builder().backoff(broken).build();
        assertThat(failureOf(Retry.of(policy, time).callAsync(AsyncScript.of(real))))
                .isSameAs(real);
    }

    /** Carriers that fail in each of the ways in which they can. */
    static Stream<UnaryOperator<Runnable>> brokenCarriers() {
        return Stream.of(
                task -> {
                    throw new IllegalStateException("cannot capture");
                },
                task -> null,
                task -> () -> {
                    throw new IllegalStateException("cannot restore");
                },
                task -> () -> {
                    task.run();
                    throw new IllegalStateException("cannot clean up");
                },
                task -> () -> {});
    }

    @ParameterizedTest
    @MethodSource("brokenCarriers")
    void carrierThatFails_carriesNothingAndStopsNothing(UnaryOperator<Runnable> carrier) {
        AsyncScript script = AsyncScript.of(real, real, "value");
        assertThat(valueOf(retry.withContext(carrier).callAsync(script))).isEqualTo("value");
        assertThat(script.ran()).isEqualTo(3);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ACCEPTED);
    }

    /** All of it throws. */
    private static final class BrokenBudget implements RetryBudget {
        @Override
        public boolean tryAcquire(ErrorKind kind) {
            throw new IllegalStateException("tryAcquire");
        }

        @Override
        public void succeeded() {
            throw new IllegalStateException("succeeded");
        }

        @Override
        public void failed(FailedAttempt failed) {
            throw new IllegalStateException("failed");
        }

        @Override
        public double retriesLeft() {
            throw new IllegalStateException("retriesLeft");
        }
    }

    @Test
    void budgetThatThrows_grantsNothingAndSpoilsNothing() {
        Retry broke = retry.withBudget(new BrokenBudget());
        assertThat(valueOf(broke.callAsync(AsyncScript.of("value")))).isEqualTo("value");
        recorder.events.clear();
        assertThat(failureOf(broke.callAsync(AsyncScript.of(real)))).isSameAs(real);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.BUDGET_EXHAUSTED);
    }

    @Test
    void stages_thatAreDoneAtOnce_doNotGrowTheStack() {
        AsyncScript script = AsyncScript.of(real);
        RetryPolicy endless = RetryPolicy.parse("max-attempts=20000 backoff=immediate budget=off total-timeout=off");
        assertThat(failureOf(Retry.of(endless, time).callAsync(script))).isSameAs(real);
        assertThat(script.ran()).isEqualTo(20_000);
    }

    private final class Deep implements AsyncOperation<Object> {
        private int ran;
        private long deepest;

        @Override
        public CompletionStage<Object> attempt(Attempt attempt) {
            if (++ran % 1_000 == 2) {
                deepest = Math.max(deepest, StackWalker.getInstance().walk(Stream::count));
            }
            return CompletableFuture.failedFuture(real);
        }
    }

    /** A stack holds some ten thousand frames. */
    @Test
    void manyImmediateAttempts_onADirectExecutor_doNotGrowTheStack() {
        Deep operation = new Deep();
        RetryPolicy endless = RetryPolicy.parse("max-attempts=100000 backoff=immediate budget=off total-timeout=off");
        CompletableFuture<Object> call =
                Retry.of(endless, TimeSource.on(Runnable::run)).callAsyncWithAttempt(operation);
        assertThat(failureOf(call)).isSameAs(real);
        assertThat(operation.ran).isEqualTo(100_000);
        assertThat(operation.deepest).isLessThan(200);
    }

    @ParameterizedTest
    @MethodSource("brokenCarriers")
    void immediateAttempts_onADirectExecutorInAnyContext_doNotGrowTheStack(UnaryOperator<Runnable> carrier) {
        Deep operation = new Deep();
        RetryPolicy endless = RetryPolicy.parse("max-attempts=20000 backoff=immediate budget=off total-timeout=off");
        CompletableFuture<Object> call = Retry.of(endless, TimeSource.on(Runnable::run))
                .withContext(carrier)
                .callAsyncWithAttempt(operation);
        assertThat(failureOf(call)).isSameAs(real);
        assertThat(operation.ran).isEqualTo(20_000);
        assertThat(operation.deepest).isLessThan(200);
    }

    @Test
    void immediateAttempts_onADirectExecutor_runWithinATaskOfIt() {
        List<Boolean> inTask = new ArrayList<>();
        boolean[] within = new boolean[1];
        Executor direct = task -> {
            boolean before = within[0];
            within[0] = true;
            try {
                task.run();
            } finally {
                within[0] = before;
            }
        };
        RetryPolicy policy = RetryPolicy.parse("max-attempts=4 backoff=immediate budget=off");
        CompletableFuture<Object> call = Retry.of(policy, TimeSource.on(direct)).callAsync(() -> {
            inTask.add(within[0]);
            return CompletableFuture.failedFuture(real);
        });
        assertThat(call).isCompletedExceptionally();
        assertThat(inTask).containsExactly(false, true, true, true);
    }

    @Test
    void immediateAttempt_thatIsCancelledByItsDirectExecutor_isNotMade() {
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        Executor cancelling = task -> {
            calls.forEach(call -> call.cancel(true));
            task.run();
        };
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING, "never reached");
        RetryPolicy policy = RetryPolicy.parse("max-attempts=4 backoff=immediate budget=off");
        CompletableFuture<Object> call =
                Retry.of(policy, TimeSource.on(cancelling)).callAsync(script);
        calls.add(call);
        script.pending(1).completeExceptionally(real);
        assertThat(call).isCancelled();
        assertThat(script.ran()).isEqualTo(1);
    }

    private Object[] after(int number, Object last) {
        List<Object> outcomes = new ArrayList<>();
        for (int i = 1; i < number; i++) {
            outcomes.add(real);
        }
        outcomes.add(last);
        return outcomes.toArray();
    }
}
