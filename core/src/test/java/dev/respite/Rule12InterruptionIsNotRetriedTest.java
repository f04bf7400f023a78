package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.ErrorKind;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.StopReason;
import dev.respite.policy.Verdict;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An interruption or a cancellation that comes out of the operation is not retried. */
class Rule12InterruptionIsNotRetriedTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    static Stream<Throwable> interruptions() {
        return Stream.of(
                new InterruptedException(),
                new InterruptedIOException(),
                new ClosedByInterruptException(),
                new UncheckedIOException(new InterruptedIOException()),
                new UncheckedIOException(new ClosedByInterruptException()),
                new RuntimeException(new InterruptedException()),
                new CompletionException(new InterruptedException()),
                new ExecutionException(new InterruptedException()));
    }

    static Stream<Throwable> cancellations() {
        return Stream.of(
                new CancellationException(),
                new CompletionException(new CancellationException()),
                new ExecutionException(new CancellationException()),
                new IllegalStateException(new CancellationException()));
    }

    @ParameterizedTest
    @MethodSource("interruptions")
    void call_ofAnOperationThatWasInterrupted_throwsItAtOnce(Throwable interruption) {
        Script script = Script.of(interruption, "never reached");
        Retry retry = retrying("max-attempts=5");
        assertThatThrownBy(() -> retry.call(script)).isSameAs(interruption);
        assertThat(script.ran()).isEqualTo(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(time.nanoTime()).isZero();
    }

    static Stream<Throwable> interruptionsOfThisThread() {
        InterruptedException interruption = new InterruptedException();
        return Stream.of(
                interruption,
                new InterruptedIOException(),
                new ClosedByInterruptException(),
                new RuntimeException(interruption),
                new Exception(new Exception(interruption)));
    }

    @ParameterizedTest
    @MethodSource("interruptionsOfThisThread")
    void call_ofAnOperationThatWasInterruptedOnThisThread_restoresTheFlag(Throwable error) {
        assertThatThrownBy(() -> retrying("").call(Script.of(error))).isSameAs(error);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void call_ofAnOperationThatWasInterruptedOnAnotherThread_leavesTheFlagAlone() {
        InterruptedException interruption = new InterruptedException();
        for (Throwable error :
                new Throwable[] {new ExecutionException(interruption), new CompletionException(interruption)}) {
            assertThatThrownBy(() -> retrying("").call(Script.of(error))).isSameAs(error);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("cancellations")
    void call_ofAnOperationThatWasCancelled_throwsItAtOnce(Throwable cancellation) {
        Script script = Script.of(cancellation, "never reached");
        Retry retry = retrying("max-attempts=5");
        assertThatThrownBy(() -> retry.call(script)).isSameAs(cancellation);
        assertThat(script.ran()).isEqualTo(1);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
    }

    @ParameterizedTest
    @MethodSource({"interruptions", "cancellations"})
    void call_whenThePolicyWouldRetryIt_doesNot(Throwable error) {
        for (Retry retry : new Retry[] {
            retrying("max-attempts=5 retry-on=any"),
            retrying("max-attempts=5 retry-on=java.lang.Throwable"),
            retrying("max-attempts=5").withClassifier(outcome -> Verdict.transientError(ErrorKind.OTHER))
        }) {
            Script script = Script.of(error, "never reached");
            assertThatThrownBy(() -> retry.call(script)).isSameAs(error);
            assertThat(script.ran()).isEqualTo(1);
            Thread.interrupted();
        }
    }

    @Test
    void call_ofASocketTimeout_isRetriedThoughItIsAnInterruptedIoException() {
        Script script = Script.of(new SocketTimeoutException(), "value");
        assertThat(retrying("max-attempts=5").call(script)).isEqualTo("value");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void call_interruptedAtASecondAttempt_throwsTheInterruption() {
        InterruptedException interruption = new InterruptedException();
        Script script = Script.of(new SocketTimeoutException(), interruption);
        assertThatThrownBy(() -> retrying("max-attempts=5").call(script)).isSameAs(interruption);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(recorder.ended().history().summary()).contains("2 attempts").endsWith("gave up: interrupted");
    }

    private Retry retrying(String policy) {
        return Retry.of(RetryPolicy.parse(policy), time).withListener(recorder);
    }
}
