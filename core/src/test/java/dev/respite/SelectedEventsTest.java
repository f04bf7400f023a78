package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.RetryListener.Interest;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listeners of one kind of event: a retry, a success, a call that gives up. */
class SelectedEventsTest {

    private final List<String> lines = new ArrayList<>();
    private final Retry retry = Retry.withoutWarnings(
                    RetryPolicy.parse("max-attempts=3 budget=off jitter=none"), new VirtualTime())
            .onRetry(retried -> lines.add("retry " + retried.attempt().number()))
            .onSuccess(ended -> lines.add("success " + ended.history().attempts()))
            .onGiveUp(ended -> lines.add("gave up " + ended.reason()));

    private void callThatFails(int times) {
        int[] attempts = {0};
        Throwable unused = catchThrowable(() -> retry.call(() -> {
            if (attempts[0]++ < times) {
                throw new ConnectException();
            }
            return "value";
        }));
    }

    @Test
    void call_thatSucceedsAtOnce_isASuccessOnly() {
        callThatFails(0);
        assertThat(lines).containsExactly("success 1");
    }

    @Test
    void call_thatSucceedsLater_hasItsRetriesAndASuccess() {
        callThatFails(2);
        assertThat(lines).containsExactly("retry 1", "retry 2", "success 3");
    }

    /** The last failure is no retry. */
    @Test
    void call_thatGivesUp_hasItsRetriesAndTheReason() {
        callThatFails(3);
        assertThat(lines).containsExactly("retry 1", "retry 2", "gave up " + StopReason.ATTEMPTS_EXHAUSTED);
    }

    @Test
    void call_thatIsNotRetried_hasNoRetry() {
        Throwable unused = catchThrowable(() -> retry.run(() -> {
            throw new IllegalStateException();
        }));
        assertThat(lines).containsExactly("gave up " + StopReason.FATAL);
    }

    /** A success at the first attempt makes an event only if a listener receives successes. */
    @Test
    void interest_isThatOfTheEvent() {
        Retry bare = Retry.withDefaults();
        assertThat(bare.onRetry(event -> {}).callContext().reporter().interest())
                .isEqualTo(Interest.FAILURES);
        assertThat(bare.onGiveUp(event -> {}).callContext().reporter().interest())
                .isEqualTo(Interest.FAILURES);
        assertThat(bare.onSuccess(event -> {}).callContext().reporter().interest())
                .isEqualTo(Interest.HISTORY);
        assertThatNullPointerException().isThrownBy(() -> bare.onRetry(null)).withMessage("action");
    }
}
