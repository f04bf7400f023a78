package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a server that has called others advises its own caller not to retry. */
class RetryAdviceTest {

    private final RetryAdvice advice = new RetryAdvice();

    private Retry retry(String policy) {
        return Retry.of(RetryPolicy.parse("budget=off " + policy), new VirtualTime())
                .withListener(advice);
    }

    private static void timingOut(Retry retry) {
        try {
            retry.run(() -> {
                throw new SocketTimeoutException("read");
            });
        } catch (SocketTimeoutException expected) {
            assertThat(expected).hasMessage("read");
        }
    }

    private void receive(StopReason reason, int attempts) {
        History history = new History(attempts, Duration.ZERO, reason, List.of(), List.of());
        advice.on(new RetryEvent.CallEnded("below", reason, Outcome.success("?"), history));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "ACCEPTED",
                "FATAL",
                "INPUT_CONSUMED",
                "PARTLY_DELIVERED",
                "EXECUTOR_REFUSED",
                "INTERRUPTED",
                "CANCELLED"
            })
    void hint_afterGivingUp_isNotToRetry(StopReason reason) {
        receive(reason, 2);
        assertThat(advice.hint()).isEqualTo(ServerHint.doNotRetry());
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "ACCEPTED",
                "FATAL",
                "INPUT_CONSUMED",
                "PARTLY_DELIVERED",
                "EXECUTOR_REFUSED",
                "INTERRUPTED",
                "CANCELLED"
            })
    void hint_afterAnyOtherEnd_isTheCallersToSay(StopReason reason) {
        receive(reason, 2);
        assertThat(advice.hint()).isEqualTo(ServerHint.NONE);
    }

    @Test
    void hint_beforeAnyCall_isNone() {
        assertThat(advice.hint()).isEqualTo(ServerHint.NONE);
        assertThat(advice.interest()).isEqualTo(RetryListener.Interest.FAILURES);
    }

    @Test
    void hint_whereRetriesWereMade_isNotToRetry() {
        timingOut(retry("max-attempts=3"));
        assertThat(advice.hint()).isEqualTo(ServerHint.doNotRetry());
    }

    /** Who may make but one attempt has not retried: the caller may. */
    @Test
    void hint_whereNoneWereAllowed_isNone() {
        timingOut(retry("max-attempts=1"));
        assertThat(advice.hint()).isEqualTo(ServerHint.NONE);
    }

    @Test
    void hint_afterAnAsynchronousCall_isThereWhenItsFutureIs() {
        VirtualTime time = new VirtualTime();
        CompletableFuture<ServerHint> seen = Retry.of(RetryPolicy.parse("max-attempts=2 budget=off"), time)
                .withListener(advice)
                .callAsync(() -> CompletableFuture.failedStage(new SocketTimeoutException("read")))
                .handle((value, error) -> advice.hint());
        time.runAll();
        assertThat(seen).isCompletedWithValue(ServerHint.doNotRetry());
    }

    @Test
    void hint_afterOneOfSeveralCallsHasGivenUp_staysNotToRetry() {
        receive(StopReason.TOTAL_TIMEOUT, 1);
        receive(StopReason.ACCEPTED, 1);
        assertThat(advice.hint()).isEqualTo(ServerHint.doNotRetry());
    }
}
