package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever completes the returned future from outside stops the call: the attempt in flight is cancelled, the wait is over,
 * and no further attempt runs.
 */
class Rule15CancelStopsEverythingTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final ConnectException real = new ConnectException("real");
    private final Retry retry = Retry.of(RetryPolicy.parse("max-attempts=5 base-delay=1s jitter=none budget=10%"), time)
            .withListener(recorder);

    /** The ways in which a future can be completed by another thread than its maker. */
    enum Ending {
        CANCEL,
        CANCEL_SOFTLY,
        COMPLETE,
        COMPLETE_EXCEPTIONALLY,
        OBTRUDE_VALUE,
        OBTRUDE_EXCEPTION,
        COMPLETE_ASYNC,
        COMPLETE_ASYNC_AND_THROW,
        COMPLETE_ASYNC_HERE,
        OR_TIMEOUT,
        COMPLETE_ON_TIMEOUT;

        void of(CompletableFuture<Object> call) {
            switch (this) {
                case CANCEL -> call.cancel(true);
                case CANCEL_SOFTLY -> call.cancel(false);
                case COMPLETE -> call.complete("from outside");
                case COMPLETE_EXCEPTIONALLY -> call.completeExceptionally(new TimeoutException("from outside"));
                case OBTRUDE_VALUE -> call.obtrudeValue("from outside");
                case OBTRUDE_EXCEPTION -> call.obtrudeException(new TimeoutException("from outside"));
                case COMPLETE_ASYNC -> call.completeAsync(() -> "from outside");
                case COMPLETE_ASYNC_AND_THROW ->
                    call.completeAsync(() -> {
                        throw new IllegalStateException("from outside");
                    });
                case COMPLETE_ASYNC_HERE -> call.completeAsync(() -> "from outside", Runnable::run);
                case OR_TIMEOUT -> call.orTimeout(1, TimeUnit.MILLISECONDS);
                case COMPLETE_ON_TIMEOUT -> call.completeOnTimeout("from outside", 1, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Ends the call; some ways take a moment, on threads of the JDK. */
    private void end(CompletableFuture<Object> call, Ending ending) {
        ending.of(call);
        await().until(() -> retry.counts().ended(StopReason.CANCELLED) == 1);
        assertThat(call).isDone();
    }

    @ParameterizedTest
    @EnumSource
    void ending_whileAnAttemptIsInFlight_cancelsItAndMakesNoOther(Ending ending) {
        AsyncScript script = AsyncScript.of(real, AsyncScript.PENDING);
        CompletableFuture<Object> call = retry.callAsync(script);
        time.advance(Duration.ofSeconds(1));
        assertThat(script.ran()).isEqualTo(2);
        end(call, ending);
        assertThat(script.pending(2)).isCancelled();
        assertNothingFollows(call, script, 2);
        assertThat(recorder.ended().history().toString()).contains("cancelled");
    }

    @ParameterizedTest
    @EnumSource
    void ending_whileTheCallWaits_endsTheWaitAndMakesNoOtherAttempt(Ending ending) {
        AsyncScript script = AsyncScript.of(real);
        double full = retry.budget().retriesLeft();
        CompletableFuture<Object> call = retry.callAsync(script);
        assertThat(retry.budget().retriesLeft()).isEqualTo(full - 1);
        end(call, ending);
        assertThat(retry.budget().retriesLeft())
                .as("the retry that was not made is given back")
                .isEqualTo(full);
        assertNothingFollows(call, script, 1);
    }

    private void assertNothingFollows(CompletableFuture<Object> call, AsyncScript script, int attempts) {
        Outcome<Object> outside = call.handle(
                        (value, error) -> error == null ? Outcome.success(value) : Outcome.<Object>failure(error))
                .join();
        time.runAll();
        assertThat(script.ran()).isEqualTo(attempts);
        assertThat(retry.counts().calls()).isEqualTo(1);
        assertThat(retry.counts().attempts()).isEqualTo(attempts);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(recorder.ended().outcome()).isEqualTo(outside);
    }

    @Test
    void cancel_ofAWait_takesItOutOfTheTimer() {
        ManualTime manual = new ManualTime();
        CompletableFuture<Object> call =
                Retry.of(RetryPolicy.parse("budget=off"), manual).callAsync(AsyncScript.of(real));
        call.cancel(true);
        assertThat(manual.tasks).hasSize(1).allMatch(ManualTime.Entry::isCancelled);
    }

    /** The timer has taken the wait, and the call does not have its future yet. */
    @Test
    void cancel_whileTheWaitIsScheduled_takesItOutOfTheTimer() {
        AtomicReference<CompletableFuture<Object>> call = new AtomicReference<>();
        ManualTime manual = new ManualTime() {
            @Override
            public Future<?> schedule(Task task, long delayNanos) {
                Future<?> wait = super.schedule(task, delayNanos);
                if (call.get() != null) {
                    call.get().cancel(true);
                }
                return wait;
            }
        };
        CompletableFuture<Object> first = new CompletableFuture<>();
        call.set(Retry.of(RetryPolicy.parse("budget=off"), manual).callAsync(() -> first));
        first.completeExceptionally(real);
        assertThat(call.get()).isCancelled();
        assertThat(manual.tasks).isNotEmpty().allMatch(ManualTime.Entry::isCancelled);
    }

    @Test
    void cancel_ofAnAttemptWithATimeout_takesThatOutOfTheTimer() {
        ManualTime manual = new ManualTime();
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING);
        CompletableFuture<Object> call =
                Retry.of(RetryPolicy.parse("attempt-timeout=1s"), manual).callAsync(script);
        call.cancel(true);
        assertThat(script.pending(1)).isCancelled();
        assertThat(manual.tasks).hasSize(1).allMatch(ManualTime.Entry::isCancelled);
    }

    @Test
    void completion_ofAnAttemptWithATimeout_takesThatOutOfTheTimer() {
        ManualTime manual = new ManualTime();
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING);
        CompletableFuture<Object> call =
                Retry.of(RetryPolicy.parse("attempt-timeout=1s"), manual).callAsync(script);
        script.pending(1).complete("value");
        assertThat(call).isCompletedWithValue("value");
        assertThat(manual.tasks).hasSize(1).allMatch(ManualTime.Entry::isCancelled);
    }

    @Test
    void cancel_whileTheOperationIsStartingAnAttempt_cancelsTheStageThatItReturns() {
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        CompletableFuture<Object> stage = new CompletableFuture<>();
        calls.add(retry.callAsyncWithAttempt(attempt -> {
            if (attempt.number() == 1) {
                throw real;
            }
            calls.get(0).cancel(true);
            return stage;
        }));
        time.advance(Duration.ofSeconds(1));
        assertThat(calls.get(0)).isCancelled();
        assertThat(stage).isCancelled();
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(retry.counts().attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cancel_whileAnOutcomeIsJudged_isObeyedBeforeTheWait(boolean byListener) {
        List<CompletableFuture<Object>> calls = new ArrayList<>();
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING);
        Retry cancelling = byListener
                ? retry.withListener(event -> calls.get(0).cancel(true))
                : retry.driver().withClassifier(outcome -> {
                    calls.get(0).cancel(true);
                    return Verdict.transientError(ErrorKind.IO);
                });
        double full = retry.budget().retriesLeft();
        calls.add(cancelling.callAsync(script));
        script.pending(1).completeExceptionally(real);
        assertThat(calls.get(0)).isCancelled();
        time.runAll();
        assertThat(script.ran()).isEqualTo(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(retry.budget().retriesLeft()).isEqualTo(full);
    }

    @Test
    void cancel_ofAStageThatWillNot_stillEndsTheCall() {
        AsyncScript script = AsyncScript.of(new CompletableFuture<>().minimalCompletionStage());
        CompletableFuture<Object> call = retry.callAsync(script);
        call.cancel(true);
        time.runAll();
        assertThatThrownBy(call::join).isInstanceOf(CancellationException.class);
        assertThat(script.ran()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            names = {"COMPLETE_ASYNC", "OR_TIMEOUT", "COMPLETE_ON_TIMEOUT"},
            mode = EnumSource.Mode.EXCLUDE)
    void ending_afterTheEnd_changesNoCount(Ending ending) {
        CompletableFuture<Object> call = retry.callAsync(AsyncScript.of("value"));
        ending.of(call);
        time.runAll();
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ACCEPTED);
        assertThat(retry.counts().calls()).isEqualTo(1);
    }

    @Test
    void cancel_ofADependentStage_leavesTheCallAlone() {
        CompletableFuture<Object> call = retry.callAsync(AsyncScript.of(real, "value"));
        call.thenApply(value -> value).cancel(true);
        time.runAll();
        assertThat(call).isCompletedWithValue("value");
    }

    @Test
    void cancellation_ofTheStageByItsOwner_isNotRetried() {
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING);
        CompletableFuture<Object> call = retry.callAsync(script);
        script.pending(1).cancel(true);
        time.runAll();
        assertThat(call).isCompletedExceptionally();
        assertThat(script.ran()).isEqualTo(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
    }
}
