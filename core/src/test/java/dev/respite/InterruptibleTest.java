package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Blocking attempts that are interrupted when their time is up. */
class InterruptibleTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    private Retry retrying(String policy) {
        return Retry.of(RetryPolicy.parse("jitter=none budget=off " + policy), time)
                .withListener(recorder);
    }

    private String hangs() throws InterruptedException {
        time.sleep(Duration.ofHours(1).toNanos());
        return "an hour later";
    }

    @Test
    void callInterruptibly_ofAnAttemptThatHangs_interruptsItAndTriesAgain() throws Exception {
        List<Long> began = new ArrayList<>();
        String value = retrying("attempt-timeout=50ms base-delay=100ms").callWithInterrupt(() -> {
            began.add(time.nanoTime() / 1_000_000);
            return began.size() == 1 ? hangs() : "pong";
        });
        assertThat(value).isEqualTo("pong");
        assertThat(began).containsExactly(0L, 150L);
        assertThat(recorder.ended().history().summary()).isEqualTo("2 attempts in 150 ms: timeout +100ms, ok");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void callInterruptibly_whoseLastAttemptHangs_throwsATimeoutThatShowsWhatWasThrown() {
        assertThatThrownBy(() -> retrying("max-attempts=1 attempt-timeout=50ms").callWithInterrupt(this::hangs))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("no result within 50ms")
                .hasNoCause()
                .satisfies(error -> assertThat(error.getSuppressed()[0]).isInstanceOf(InterruptedException.class));
        assertThat(Thread.interrupted()).isFalse();
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
        assertThat(recorder.all(RetryEvent.AttemptFailed.class).get(0).kind()).isEqualTo(ErrorKind.TIMEOUT);
    }

    @Test
    void callInterruptibly_withATotalTimeout_givesTheLastAttemptWhatIsLeft() {
        List<Long> began = new ArrayList<>();
        Retry retry = retrying("max-attempts=5 attempt-timeout=400ms total-timeout=1s backoff=fixed base-delay=100ms");
        assertThatThrownBy(() -> retry.callWithInterrupt(() -> {
                    began.add(time.nanoTime() / 1_000_000);
                    return hangs();
                }))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("no result within 400ms");
        // The second ends at 900; the third would begin at 1000, which is no time at all.
        assertThat(began).containsExactly(0L, 500L);

        began.clear();
        long start = time.nanoTime();
        Retry longer =
                retrying("max-attempts=5 attempt-timeout=400ms total-timeout=1100ms backoff=fixed base-delay=100ms");
        assertThatThrownBy(() -> longer.callWithInterrupt(() -> {
                    began.add((time.nanoTime() - start) / 1_000_000);
                    return hangs();
                }))
                .hasMessage("no result within 100ms");
        assertThat(began).containsExactly(0L, 500L, 1000L);
        assertThat(time.nanoTime() - start).isEqualTo(1_100_000_000L);
    }

    @Test
    void callInterruptibly_ofWorkThatWrapsOrSetsTheFlagAgain_isATimeoutAllTheSame() {
        List<Exception> waysOut = List.of(
                new UncheckedIOException(new ClosedByInterruptException()),
                new IllegalStateException("interrupted"),
                new InterruptedException());
        for (Exception wayOut : waysOut) {
            assertThatThrownBy(() -> retrying("max-attempts=2 attempt-timeout=50ms")
                            .callWithInterrupt(() -> {
                                try {
                                    return hangs();
                                } catch (InterruptedException interrupted) {
                                    Thread.currentThread().interrupt();
                                    throw wayOut;
                                }
                            }))
                    .isInstanceOf(TimeoutException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void callInterruptibly_ofWorkThatIgnoresTheInterrupt_takesItsValueAndTheFlagBack() throws Exception {
        String value = retrying("attempt-timeout=50ms").callWithInterrupt(() -> {
            time.advance(Duration.ofMillis(60));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            return "late";
        });
        assertThat(value).isEqualTo("late");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void callInterruptibly_inTime_leavesNoAlarmBehind() throws Exception {
        assertThat(retrying("attempt-timeout=50ms").<String, RuntimeException>callWithInterrupt(() -> "pong"))
                .isEqualTo("pong");
        time.runAll();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void callInterruptibly_interruptedFromOutside_isInterrupted() {
        time.schedule(Thread.currentThread()::interrupt, 1_000_000);
        assertThatThrownBy(() -> retrying("attempt-timeout=50ms").callWithInterrupt(this::hangs))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.INTERRUPTED);
    }

    @Test
    void callInterruptibly_interruptedFromOutsideBeforeItsTimeIsUp_keepsThatInterrupt() throws Exception {
        String value = retrying("attempt-timeout=50ms").callWithInterrupt(() -> {
            Thread.currentThread().interrupt();
            time.advance(Duration.ofMillis(60));
            return "busy until 60";
        });
        assertThat(value).isEqualTo("busy until 60");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void callInterruptibly_ofAnErrorAfterItsTime_throwsTheError() {
        AssertionError bug = new AssertionError();
        assertThatThrownBy(() -> retrying("attempt-timeout=50ms").callWithInterrupt(() -> {
                    time.advance(Duration.ofMillis(60));
                    throw bug;
                }))
                .isSameAs(bug);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void callInterruptibly_inAnother_isEndedByTheOuterTimeWhereThatIsShorter() {
        Retry inner = retrying("max-attempts=3 attempt-timeout=10s");
        Recorder outerRecorder = new Recorder();
        Retry outer = Retry.of(RetryPolicy.parse("max-attempts=2 attempt-timeout=50ms budget=off"), time)
                .withListener(outerRecorder);
        assertThatThrownBy(() -> outer.callWithInterrupt(() -> inner.callWithInterrupt(this::hangs)))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("no result within 50ms");
        assertThat(outer.counts().attempts()).isEqualTo(2);
        assertThat(Thread.interrupted()).isFalse();
    }

    /** The inner alarm's interrupt is still there when the outer time is up, and is taken back later. */
    @Test
    void callInterruptibly_inAnotherThatIsSlowToUnwind_isEndedByTheOuterTimeAllTheSame() {
        Retry inner = retrying("max-attempts=2 attempt-timeout=40ms base-delay=1ms");
        Retry outer = Retry.of(RetryPolicy.parse("max-attempts=1 attempt-timeout=50ms budget=off"), time);
        AtomicInteger begun = new AtomicInteger();
        List<String> ends = new ArrayList<>();
        assertThatThrownBy(() -> outer.callWithInterrupt(() -> inner.callWithInterrupt(() -> {
                    if (begun.incrementAndGet() == 1) {
                        // Runs on while its thread is interrupted.
                        time.advance(Duration.ofMillis(60));
                        throw new ConnectException("at last");
                    }
                    time.advance(Duration.ofMillis(20));
                    ends.add(Thread.interrupted() ? "interrupted" : "left alone");
                    throw new InterruptedException();
                })))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("no result within 50ms");
        assertThat(ends).containsExactly("interrupted");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void callInterruptibly_withoutATimeLimit_isACall() throws IOException, TimeoutException {
        Retry retry = retrying("total-timeout=off");
        String value = retry.callWithInterrupt(() -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException();
            }
            return "pong";
        });
        assertThat(value).isEqualTo("pong");
    }

    @Test
    void call_isNeverInterrupted() {
        String value = retrying("attempt-timeout=50ms").call(() -> {
            time.advance(Duration.ofMillis(60));
            return Thread.currentThread().isInterrupted() ? "interrupted" : "left alone";
        });
        assertThat(value).isEqualTo("left alone");
    }
}
