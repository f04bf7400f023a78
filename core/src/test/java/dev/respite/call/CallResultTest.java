package dev.respite.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Operation;
import dev.respite.Retry;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallResultTest {

    private static final RetryPolicy POLICY = RetryPolicy.builder()
            .settings(RetryPolicy.parse("max-attempts=3 backoff=fixed base-delay=1s jitter=none budget=off")
                    .settings())
            .retryOnResult(String.class, String::isEmpty)
            .build();

    private final VirtualTime time = new VirtualTime();
    private final Retry retry = Retry.of(POLICY, time);

    /** Returns or throws one after the other. */
    private static Callable<String> script(Object... steps) {
        Deque<Object> left = new ArrayDeque<>(Arrays.asList(steps));
        return () -> {
            Object next = left.size() > 1 ? left.removeFirst() : left.getFirst();
            if (next instanceof Exception failure) {
                throw failure;
            }
            if (next instanceof Error error) {
                throw error;
            }
            return (String) next;
        };
    }

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    @Test
    void call_thatSucceedsAtOnce_hasItsValueAndOneAttempt() throws Exception {
        CallResult<String> result = CallResult.call(retry, script("value"));
        assertThat(result.isAccepted()).isTrue();
        assertThat(result.get()).isEqualTo("value");
        assertThat(result.orElse("other")).isEqualTo("value");
        assertThat(result.failure()).isEmpty();
        assertThat(result.history().attempts()).isEqualTo(1);
    }

    @Test
    void call_afterRetries_hasTheHistoryOfItsAttempts() {
        CallResult<String> result = CallResult.call(retry, script(new ConnectException("a"), "", "value"));
        assertThat(result.outcome()).isEqualTo(Outcome.success("value"));
        assertThat(result.history().summary()).isEqualTo("3 attempts in 2.0 s: connect +1.0s, result +1.0s, ok");
        assertThat(result.stopReason()).isEqualTo(StopReason.ACCEPTED);
    }

    @Test
    void call_thatFails_hasTheLastFailureAsItWasThrown() {
        ConnectException last = new ConnectException("last");
        CallResult<String> result =
                CallResult.call(retry, script(new ConnectException(), new ConnectException(), last));
        assertThat(result.failure()).containsSame(last);
        assertThat(result.stopReason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
        assertThat(result.orElse("other")).isEqualTo("other");
        assertThat(result.orElseGet(failed -> failed.stopReason().phrase())).isEqualTo("attempts exhausted");
        assertThatThrownBy(result::get).isSameAs(last);
        assertThat(last.getSuppressed()).isEmpty();
    }

    @Test
    void call_whoseLastValueIsRejected_hasTheValueAndUsesTheFallback() throws Exception {
        CallResult<String> result = CallResult.call(retry, script(""));
        assertThat(result.isAccepted()).isFalse();
        assertThat(result.get()).isEmpty();
        assertThat(result.orElse("other")).isEqualTo("other");
    }

    @Test
    void orElse_ofNull_returnsAnAcceptedNull() {
        assertThat(CallResult.call(retry, () -> (String) null).orElse("other")).isNull();
    }

    @Test
    void orElse_afterAnError_throwsIt() {
        Error error = new NoClassDefFoundError("gone");
        assertThatThrownBy(() -> CallResult.call(retry, script(error)).orElse("other"))
                .isSameAs(error);
        CompletionException wrapped = new CompletionException(error);
        assertThatThrownBy(() -> CallResult.call(retry, script(wrapped)).orElse("other"))
                .isSameAs(wrapped);
    }

    @Test
    void orElse_afterAnInterruption_throwsItAndKeepsTheFlag() {
        InterruptedException interrupted = new InterruptedException();
        CallResult<String> result = CallResult.call(retry, script(interrupted));
        assertThat(result.stopReason()).isEqualTo(StopReason.INTERRUPTED);
        assertThatThrownBy(() -> result.orElse("other")).isSameAs(interrupted);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void orElse_interruptedInADelay_throwsTheLastFailure() {
        time.schedule(Thread.currentThread()::interrupt, Duration.ofMillis(500).toNanos());
        ConnectException failure = new ConnectException();
        CallResult<String> result = CallResult.call(retry, script(failure));
        assertThatThrownBy(() -> result.orElse("other")).isSameAs(failure);
    }

    @Test
    void call_isOneOfTheRetry_andIsCountedOnce() {
        CallResult.call(retry, script(new ConnectException(), "value"));
        assertThat(retry.counts().calls()).isEqualTo(1);
        assertThat(retry.counts().attempts()).isEqualTo(2);
    }

    @Test
    void call_ofAnOperation_seesItsAttempts() {
        Operation<Integer, IOException> operation = attempt -> {
            if (attempt.number() < 3) {
                throw new ConnectException();
            }
            return attempt.number();
        };
        assertThat(CallResult.call(retry, operation).orElse(0)).isEqualTo(3);
    }

    @Test
    void callWithInterrupt_ofWorkThatHangs_endsByATimeout() {
        Retry limited = Retry.of(RetryPolicy.parse("max-attempts=1 attempt-timeout=20ms total-timeout=off budget=off"));
        CallResult<String> result = CallResult.callWithInterrupt(limited, () -> {
            new CountDownLatch(1).await();
            return "late";
        });
        assertThat(result.failure()).get().isInstanceOf(java.util.concurrent.TimeoutException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void call_ofATimeSourceThatThrows_throws() {
        IllegalStateException bug = new IllegalStateException("no clock");
        TimeSource broken = new TimeSource.Forwarding() {
            @Override
            public TimeSource delegate() {
                return time;
            }

            @Override
            public long nanoTime() {
                throw bug;
            }
        };
        assertThatThrownBy(() -> CallResult.call(Retry.withoutWarnings(POLICY, broken), script("value")))
                .isSameAs(bug);
    }

    @Test
    void callAsync_afterRetries_completesWithTheResult() {
        Deque<CompletableFuture<String>> stages = new ArrayDeque<>();
        stages.add(CompletableFuture.failedFuture(new ConnectException()));
        stages.add(CompletableFuture.completedFuture("value"));
        CompletableFuture<CallResult<String>> later = CallResult.callAsync(retry, stages::removeFirst);
        time.runAll();
        assertThat(later.join().orElse("other")).isEqualTo("value");
        assertThat(later.join().history().attempts()).isEqualTo(2);
    }

    @Test
    void callAsync_thatFails_completesNormallyWithTheFailure() {
        ConnectException failure = new ConnectException();
        CompletableFuture<CallResult<String>> later =
                CallResult.callAsync(retry, () -> CompletableFuture.failedFuture(failure));
        time.runAll();
        assertThat(later.join().failure()).containsSame(failure);
        assertThat(later.join().stopReason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    @Test
    void callAsync_cancelledInAnAttempt_cancelsTheAttemptAndEndsTheCall() {
        CompletableFuture<String> attempt = new CompletableFuture<>();
        CompletableFuture<CallResult<String>> later = CallResult.callAsync(retry, () -> attempt);
        later.cancel(true);
        assertThat(attempt).isCancelled();
        assertThat(later).isCancelled();
        assertThat(retry.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
    }

    @Test
    void callAsync_cancelledInADelay_makesNoFurtherAttempt() {
        CompletableFuture<CallResult<String>> later =
                CallResult.callAsync(retry, () -> CompletableFuture.failedFuture(new ConnectException()));
        later.cancel(false);
        time.runAll();
        assertThat(retry.counts().attempts()).isEqualTo(1);
        assertThatThrownBy(later::join).isInstanceOf(CancellationException.class);
    }
}
