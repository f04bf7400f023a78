package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Decision;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interrupted while waiting: the flag is restored, the wait ends, and the real last failure is what the caller gets. */
class Rule11InterruptedWhileWaitingTest {

    private static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=5 backoff=fixed base-delay=1s jitter=none budget=off");

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final Retry retry = Retry.of(POLICY, time).withListener(recorder);

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    private void interruptAt(Duration when) {
        time.schedule(Thread.currentThread()::interrupt, when.toNanos());
    }

    @Test
    void call_interruptedInItsSecondWait_throwsTheSecondFailureAndRestoresTheFlag() {
        ConnectException first = new ConnectException("first");
        SocketTimeoutException second = new SocketTimeoutException("second");
        Script script = Script.of(first, second, "never reached");
        interruptAt(Duration.ofMillis(1_400));
        assertThatThrownBy(() -> retry.call(script)).isSameAs(second);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(script.ran()).isEqualTo(2);
        assertThat(time.nanoTime()).isEqualTo(Duration.ofMillis(1_400).toNanos());
        assertThat(second.getSuppressed()).isEmpty();
    }

    @Test
    void call_interruptedInAWait_reportsInterruptedOnceAndWithTheRealOutcome() {
        ConnectException failure = new ConnectException();
        interruptAt(Duration.ofMillis(300));
        assertThatThrownBy(() -> retry.call(Script.of(failure))).isSameAs(failure);
        RetryEvent.CallEnded ended = recorder.ended();
        assertThat(ended.reason()).isEqualTo(StopReason.INTERRUPTED);
        assertThat(ended.outcome()).isEqualTo(dev.respite.outcome.Outcome.failure(failure));
        assertThat(ended.history().elapsed()).isEqualTo(Duration.ofMillis(300));
        assertThat(ended.history().summary()).endsWith("connect +1.0s; gave up: interrupted");
        assertThat(recorder.all(RetryEvent.AttemptFailed.class)).hasSize(1);
        assertThat(retry.counts().calls()).isEqualTo(1);
        assertThat(retry.counts().ended(StopReason.INTERRUPTED)).isEqualTo(1);
    }

    @Test
    void call_interruptedBeforeAWait_doesNotWait() {
        ConnectException failure = new ConnectException();
        Script script = Script.of(failure);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> retry.call(script)).isSameAs(failure);
        assertThat(time.nanoTime()).isZero();
        assertThat(script.ran()).isEqualTo(1);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void call_interruptedBeforeAWaitOfNothing_stopsToo() {
        Retry immediate = Retry.of(RetryPolicy.parse("backoff=immediate"), time);
        Script script = Script.of(new ConnectException());
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> immediate.call(script)).isInstanceOf(ConnectException.class);
        assertThat(script.ran()).isEqualTo(1);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void call_interruptedInSystemTime_endsItsWait() {
        ConnectException failure = new ConnectException();
        Thread.currentThread().interrupt();
        Retry hours = Retry.of(RetryPolicy.parse("backoff=fixed jitter=none base-delay=9h"));
        assertThatThrownBy(() -> hours.call(Script.of(failure))).isSameAs(failure);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void call_interruptedAfterAValueThatIsNotAccepted_returnsThatValue() {
        Retry pending = Retry.of(
                        POLICY.toBuilder()
                                .retryOnResult(String.class, "pending"::equals)
                                .build(),
                        time)
                .withListener(recorder);
        interruptAt(Duration.ofMillis(10));
        assertThat(pending.call(Script.of("pending"))).isEqualTo("pending");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.INTERRUPTED);
    }

    @Test
    void call_interruptedInAWait_getsBackWhatItHadPaidForTheRetry() {
        Retry budgeted = Retry.of(
                        POLICY.toBuilder()
                                .budget(dev.respite.policy.BudgetSpec.parse("10%"))
                                .build(),
                        time)
                .withListener(recorder);
        interruptAt(Duration.ofMillis(10));
        assertThatThrownBy(() -> budgeted.call(Script.of(new ConnectException())))
                .isInstanceOf(ConnectException.class);
        assertThat(budgeted.budget().retriesLeft()).isEqualTo(10);
        Decision<?> decided =
                recorder.all(RetryEvent.AttemptFailed.class).get(0).decision();
        assertThat(decided).isInstanceOf(Decision.RetryAfter.class);
    }

    @Test
    void call_interruptedButAtItsEnd_keepsItsResultAndTheFlag() {
        Thread.currentThread().interrupt();
        assertThat(retry.call(Script.of("value"))).isEqualTo("value");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ACCEPTED);
    }
}
