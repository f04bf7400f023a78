package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A retry in another time is the same retry: only its clock, its waits and its chance are others. */
class RetryWithTimeTest {

    private final VirtualTime first = new VirtualTime();
    private final VirtualTime second = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final Retry retry = Retry.withoutWarnings(
                    RetryPolicy.parse("base-delay=1s jitter=none budget=success:0.5/3/1"), first)
            .withName("moved")
            .withListener(recorder);
    private final Retry moved = retry.withTime(second);

    private void failOnce(Retry by) {
        assertThatThrownBy(() -> by.call(Script.of(new ConnectException("down"))))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void withTime_ofACall_waitsThere() {
        failOnce(moved);
        assertThat(moved.time()).isSameAs(second);
        assertThat(second.nanoTime()).isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(first.nanoTime()).isZero();
    }

    /** A driver may measure a call by a clock of its own, such as the one of a test's scheduler. */
    @Test
    void forCall_withATimeOfItsOwn_waitsThere() {
        Retry driven = retry.driver().forCall(retry.policy().classifier(), Object.class, hook -> hook, second);
        failOnce(driven);
        assertThat(second.nanoTime()).isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(first.nanoTime()).isZero();
    }

    @Test
    void withTime_ofTwoCalls_sharesBudgetCountsListenersAndName() {
        failOnce(retry);
        failOnce(moved);
        assertThat(moved.budget()).isSameAs(retry.budget());
        assertThat(moved.driver().hasOwnBudget()).isTrue();
        assertThat(retry.counts().calls()).isEqualTo(2);
        assertThat(retry.counts().ended(StopReason.BUDGET_EXHAUSTED)).isEqualTo(1);
        assertThat(recorder.all(RetryEvent.CallEnded.class))
                .hasSize(2)
                .allSatisfy(ended -> assertThat(ended.name()).isEqualTo("moved"));
    }
}
