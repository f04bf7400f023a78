package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Work that returns a stage is retried when the stage fails, however and whenever it does; each attempt in its time. */
class Rule16AStageFailureIsRetriedTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final ConnectException real = new ConnectException("real");

    private Retry retrying(String policy) {
        return Retry.of(RetryPolicy.parse("budget=off jitter=none " + policy), time)
                .withListener(recorder);
    }

    @Test
    void stage_thatHasFailedAlready_isRetried() {
        AsyncScript script = AsyncScript.of(real, real, "value");
        CompletableFuture<Object> call = retrying("").callAsync(script);
        time.runAll();
        assertThat(call).isCompletedWithValue("value");
        assertThat(script.ran()).isEqualTo(3);
    }

    @Test
    void stage_thatFailsLater_isRetried() {
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING);
        CompletableFuture<Object> call = retrying("").callAsync(script);
        script.pending(1).completeExceptionally(real);
        assertThat(script.ran()).as("not before the wait is over").isEqualTo(1);
        time.advance(Duration.ofMillis(100));
        assertThat(script.ran()).isEqualTo(2);
        script.pending(2).complete("value");
        assertThat(call).isCompletedWithValue("value");
        assertThat(recorder.delays()).containsExactly(100_000_000L);
    }

    @Test
    void stage_whoseFailureIsWrappedByThoseBetween_isRetriedAndKeepsItsWrapper() {
        List<Throwable> failures = new ArrayList<>();
        CompletableFuture<Object> call = retrying("").callAsync(() -> {
            CompletableFuture<Object> source = new CompletableFuture<>();
            time.schedule(() -> source.completeExceptionally(real), 1_000);
            return source.thenApply(value -> value).whenComplete((value, error) -> failures.add(error));
        });
        time.runAll();
        assertThat(failures).hasSize(3);
        assertThat(call.handle((value, error) -> error).join())
                .isInstanceOf(CompletionException.class)
                .hasCause(real);
    }

    @Test
    void stage_thatFailsForGood_isNotRetried() {
        AsyncScript script = AsyncScript.of(new IOException("broken"));
        CompletableFuture<Object> call = retrying("").callAsync(script);
        time.runAll();
        assertThat(call.handle((value, error) -> error).join()).hasMessage("broken");
        assertThat(script.ran()).isEqualTo(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.FATAL);
    }

    @Test
    void stage_whoseValueIsRejected_isRetried() {
        RetryPolicy picky = RetryPolicy.parse("budget=off").toBuilder()
                .retryOnResult(String.class, "bad"::equals)
                .build();
        AsyncScript script = AsyncScript.of("bad", "bad", "good");
        CompletableFuture<Object> call = Retry.of(picky, time).callAsync(script);
        time.runAll();
        assertThat(call).isCompletedWithValue("good");
    }

    @Test
    void stage_ofNull_isASuccess() {
        CompletableFuture<Object> call = retrying("").callAsync(() -> CompletableFuture.completedFuture(null));
        assertThat(call).isCompletedWithValue(null);
    }

    @Test
    void attempts_ofACall_areTheSameInEveryDriver() {
        AsyncScript script = AsyncScript.of(real);
        retrying("max-attempts=4").callAsync(script);
        time.runAll();
        List<Long> delays = recorder.delays();
        recorder.events.clear();
        Script blocking = Script.of(real);
        try {
            Retry.of(RetryPolicy.parse("budget=off jitter=none max-attempts=4"), new VirtualTime())
                    .withListener(recorder)
                    .call(blocking);
        } catch (Exception expected) {
            assertThat(expected).isSameAs(real);
        }
        assertThat(script.attempts).isEqualTo(blocking.attempts);
        assertThat(recorder.delays()).isEqualTo(delays);
    }

    @Test
    void attempt_thatTakesTooLong_isCancelledAndRetried() {
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING, "value");
        CompletableFuture<Object> call =
                retrying("attempt-timeout=1s base-delay=100ms").callAsync(script);
        time.advance(Duration.ofNanos(999_999_999));
        assertThat(script.pending(1)).isNotDone();
        time.advance(Duration.ofNanos(1));
        assertThat(script.pending(1)).isCancelled();
        time.advance(Duration.ofMillis(100));
        assertThat(call).isCompletedWithValue("value");
        assertThat(recorder.all(RetryEvent.AttemptFailed.class).get(0).kind()).hasToString("timeout");
    }

    @Test
    void attempt_ofWhichLessIsLeftOfTheTotalTimeout_hasOnlyThat() {
        AsyncScript script = AsyncScript.of(AsyncScript.PENDING);
        CompletableFuture<Object> call = retrying(
                        "attempt-timeout=1s base-delay=100ms backoff=fixed total-timeout=1500ms")
                .callAsync(script);
        time.advance(Duration.ofMillis(1_100));
        assertThat(script.ran()).isEqualTo(2);
        time.advance(Duration.ofNanos(399_999_999));
        assertThat(script.pending(2)).isNotDone();
        time.advance(Duration.ofNanos(1));
        assertThat(script.pending(2)).isCancelled();
        assertThat(call.handle((value, error) -> error).join())
                .isInstanceOf(TimeoutException.class)
                .hasMessage("no result within 400ms");
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.TOTAL_TIMEOUT);
        assertThat(recorder.ended().history().elapsed()).isEqualTo(Duration.ofMillis(1_500));
    }

    @Test
    void attempt_whoseOperationIsSlowToStart_hasItsTimeFromTheBeginning() {
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> call = retrying("attempt-timeout=1s max-attempts=1")
                .callAsync(() -> {
                    time.advance(Duration.ofMillis(900));
                    return stage;
                });
        time.advance(Duration.ofMillis(99));
        assertThat(call).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertThat(call).isCompletedExceptionally();
    }

    @Test
    void attempt_thatKeepsItsTimeItself_isLeftAlone() {
        CompletableFuture<Object> stage = new CompletableFuture<>();
        CompletableFuture<Object> call = retrying("attempt-timeout=1s")
                .callAsyncWithAttempt(new AsyncOperation<Object>() {
                    @Override
                    public CompletableFuture<Object> attempt(dev.respite.outcome.Attempt attempt) {
                        return stage;
                    }

                    @Override
                    public boolean enforcesTimeout() {
                        return true;
                    }
                });
        time.advance(Duration.ofHours(1));
        assertThat(stage).isNotDone();
        stage.complete("value");
        assertThat(call).isCompletedWithValue("value");
    }
}
