package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An interruption or a cancellation that the operation throws is not retried under any policy; a timeout of the
 * same family of exceptions is. In every driver of core; {@code Rule12WhatIsAnInterruptionTest} has the pure part.
 */
class Rule12InterruptionIsNotRetriedTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    /** Interruptions that are known without the thread's flag. */
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

    private static Stream<Arguments> inEveryDriver(Stream<Throwable> errors) {
        return errors.flatMap(error -> Stream.of(TestDriver.values()).map(driver -> Arguments.of(driver, error)));
    }

    static Stream<Arguments> interruptionsInEveryDriver() {
        return inEveryDriver(interruptions());
    }

    static Stream<Arguments> cancellationsInEveryDriver() {
        return inEveryDriver(cancellations());
    }

    static Stream<Arguments> timeoutsInEveryDriver() {
        return Timeouts.all()
                .flatMap(row ->
                        Stream.of(TestDriver.values()).map(driver -> Arguments.of(driver, row.get()[0], row.get()[1])));
    }

    @ParameterizedTest
    @MethodSource("interruptionsInEveryDriver")
    void call_ofAnOperationThatWasInterrupted_failsWithItAtOnce(TestDriver driver, Throwable interruption) {
        Script script = Script.of(interruption, "never reached");
        Retry retry = retrying("max-attempts=5");
        assertThatThrownBy(() -> driver.run(retry, script)).isSameAs(interruption);
        assertThat(script.ran()).isEqualTo(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(recorder.ended().history().elapsed()).isZero();
    }

    @ParameterizedTest
    @MethodSource("cancellationsInEveryDriver")
    void call_ofAnOperationThatWasCancelled_failsWithItAtOnce(TestDriver driver, Throwable cancellation) {
        Script script = Script.of(cancellation, "never reached");
        Retry retry = retrying("max-attempts=5");
        assertThatThrownBy(() -> driver.run(retry, script)).isSameAs(cancellation);
        assertThat(script.ran()).isEqualTo(1);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
    }

    @ParameterizedTest
    @MethodSource("timeoutsInEveryDriver")
    void call_ofATimeout_isRetriedAndLeavesTheFlagClear(TestDriver driver, Exception timeout, ErrorKind kind)
            throws Throwable {
        Script script = Script.of(timeout, timeout, "value");
        assertThat(driver.run(retrying("max-attempts=3"), script)).isEqualTo("value");
        assertThat(script.ran()).isEqualTo(3);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(recorder.all(RetryEvent.AttemptFailed.class))
                .extracting(RetryEvent.AttemptFailed::kind)
                .containsExactly(kind, kind);
    }

    @ParameterizedTest
    @MethodSource("timeoutsInEveryDriver")
    void call_whoseLastAttemptTimesOut_failsWithItAndLeavesTheFlagClear(
            TestDriver driver, Exception timeout, ErrorKind kind) {
        Script script = Script.of(timeout);
        assertThatThrownBy(() -> driver.run(retrying("max-attempts=2"), script)).isSameAs(timeout);
        assertThat(script.ran()).isEqualTo(2);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    /** What Okio and Apache throw for an interrupt: the flag is set, and the class is that of a timeout. */
    @ParameterizedTest
    @MethodSource("timeoutsInEveryDriver")
    void call_whoseAttemptThrowsATimeoutWithTheFlagSet_isAnInterruptionIfItHasAThread(
            TestDriver driver, Exception timeout, ErrorKind kind) throws Throwable {
        Script script = Script.of((Runnable) Thread.currentThread()::interrupt, timeout, "value");
        Retry retry = retrying("max-attempts=3 retry-on=any");
        if (driver.isBlocking()) {
            assertThatThrownBy(() -> driver.run(retry, script)).isSameAs(timeout);
            assertThat(recorder.ended().reason()).isEqualTo(StopReason.INTERRUPTED);
            assertThat(recorder.all(RetryEvent.AttemptFailed.class).get(0).kind())
                    .isEqualTo(ErrorKind.of("interrupted"));
        } else {
            // An asynchronous attempt has no thread: the flag is that of the thread which happens to be there.
            assertThat(driver.run(retry, script)).isEqualTo("value");
        }
        assertThat(Thread.interrupted()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void call_ofAnotherFailureWithTheFlagSet_isClassifiedByItsClass(TestDriver driver) throws Throwable {
        ConnectException failure = new ConnectException();
        Script script = Script.of((Runnable) Thread.currentThread()::interrupt, failure, "value");
        if (driver.isBlocking()) {
            assertThatThrownBy(() -> driver.run(retrying(""), script)).isSameAs(failure);
            assertThat(recorder.ended().reason()).isEqualTo(StopReason.INTERRUPTED);
        } else {
            assertThat(driver.run(retrying(""), script)).isEqualTo("value");
        }
        assertThat(recorder.all(RetryEvent.AttemptFailed.class).get(0).kind()).isEqualTo(ErrorKind.CONNECT);
        assertThat(Thread.interrupted()).isTrue();
    }

    @ParameterizedTest
    @MethodSource({"interruptions", "cancellations"})
    void call_whenThePolicyWouldRetryIt_doesNot(Throwable error) {
        for (Retry retry : new Retry[] {
            retrying("max-attempts=5 retry-on=any"),
            retrying("max-attempts=5 retry-on=java.lang.Throwable"),
            retrying("max-attempts=5").driver().withClassifier(outcome -> Verdict.transientError(ErrorKind.OTHER))
        }) {
            Script script = Script.of(error, "never reached");
            assertThatThrownBy(() -> retry.call(script)).isSameAs(error);
            assertThat(script.ran()).isEqualTo(1);
            Thread.interrupted();
        }
    }

    /** Whether the flag is set afterwards: it was lost by the first two classes, where they were thrown on this thread. */
    static Stream<Arguments> flagsAfterwards() {
        InterruptedException interruption = new InterruptedException();
        return Stream.of(
                Arguments.of(interruption, true),
                Arguments.of(new ClosedByInterruptException(), true),
                Arguments.of(new RuntimeException(interruption), true),
                Arguments.of(new Exception(new Exception(interruption)), true),
                Arguments.of(new UncheckedIOException(new ClosedByInterruptException()), true),
                Arguments.of(new ExecutionException(interruption), false),
                Arguments.of(new CompletionException(interruption), false),
                Arguments.of(new RuntimeException(new ExecutionException(interruption)), false),
                Arguments.of(new InterruptedIOException(), false),
                Arguments.of(new CancellationException(), false),
                Arguments.of(new InterruptedIOException("timeout"), false));
    }

    @ParameterizedTest
    @MethodSource("flagsAfterwards")
    void flag_afterAnOperationThatThrew_isSetIfThisThreadLostIt(Throwable error, boolean set) {
        for (TestDriver driver : TestDriver.values()) {
            boolean thrownHere = driver.isBlocking() || driver == TestDriver.ASYNCHRONOUS_THROWING;
            assertThatThrownBy(() -> driver.run(retrying("max-attempts=1"), Script.of(error)))
                    .isSameAs(error);
            assertThat(Thread.interrupted()).as(driver.name()).isEqualTo(set && thrownHere);
        }
    }

    @Test
    void flag_thatWasSetBeforeTheCall_isSetAfterwardsWhateverHappens() {
        for (Object outcome : new Object[] {
            "value", new InterruptedIOException("timeout"), new IllegalStateException(), new InterruptedException()
        }) {
            for (TestDriver driver : TestDriver.values()) {
                Thread.currentThread().interrupt();
                try {
                    driver.run(retrying("max-attempts=1"), Script.of(outcome));
                } catch (Throwable failure) {
                    assertThat(failure).isSameAs(outcome);
                }
                assertThat(Thread.interrupted()).as(driver + " " + outcome).isTrue();
            }
        }
    }

    @Test
    void call_interruptedAtASecondAttempt_throwsTheInterruption() {
        InterruptedException interruption = new InterruptedException();
        Script script = Script.of(new SocketTimeoutException(), interruption);
        assertThatThrownBy(() -> retrying("max-attempts=5").call(script)).isSameAs(interruption);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(recorder.ended().history().summary()).contains("2 attempts").endsWith("gave up: interrupted");
    }

    /** The interrupt by which an attempt is ended in its time is Respite's own: what the client makes of it is retried. */
    @Test
    void callInterruptibly_whoseClientMakesATimeoutOfOurInterrupt_isRetriedAndLeavesTheFlagClear() throws Exception {
        Script script = Script.of(
                (Runnable) () -> time.advance(Duration.ofSeconds(2)),
                new InterruptedIOException("interrupted"),
                "value");
        Retry retry = retrying("attempt-timeout=1s");
        assertThat(retry.callWithInterrupt(script)).isEqualTo("value");
        assertThat(Thread.interrupted()).isFalse();
        assertThat(recorder.all(RetryEvent.AttemptFailed.class).get(0).kind()).isEqualTo(ErrorKind.TIMEOUT);
    }

    private Retry retrying(String policy) {
        recorder.events.clear();
        return Retry.of(RetryPolicy.parse(policy), time).withListener(recorder);
    }
}
