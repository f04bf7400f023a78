package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.hedge.Hedge;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An invalid argument is rejected at once, with its name and the rule. */
@SuppressWarnings({"NullAway", "DataFlowIssue"})
class WrongArgumentsTest {

    private final Retry retry = Retry.of(RetryPolicy.parse("max-attempts=4"), new VirtualTime());

    @Test
    void null_isRefusedByName() {
        assertThatNullPointerException().isThrownBy(() -> Retry.of(null)).withMessage("policy");
        assertThatNullPointerException()
                .isThrownBy(() -> Retry.of(RetryPolicy.defaults(), null))
                .withMessage("time");
        assertThatNullPointerException()
                .isThrownBy(() -> RetryPolicy.parse(null))
                .withMessage("text");
        assertThatNullPointerException().isThrownBy(() -> retry.withName(null)).withMessage("name");
        assertThatNullPointerException()
                .isThrownBy(() -> retry.withPolicy(null))
                .withMessage("policy");
        assertThatNullPointerException()
                .isThrownBy(() -> retry.withBudget(null))
                .withMessage("budget");
        assertThatNullPointerException().isThrownBy(() -> retry.withTime(null)).withMessage("time");
        assertThatNullPointerException()
                .isThrownBy(() -> retry.withListener(null))
                .withMessage("listener");
        assertThatNullPointerException()
                .isThrownBy(() -> retry.driver().withClassifier(null))
                .withMessage("classifier");
    }

    @Test
    void operationThatIsNull_isNoCall() {
        assertThatNullPointerException()
                .isThrownBy(() -> retry.callWithAttempt((Operation<Object, RuntimeException>) null))
                .withMessage("operation");
        assertThatNullPointerException()
                .isThrownBy(() -> retry.callAsyncWithAttempt((AsyncOperation<Object>) null))
                .withMessage("operation");
        assertThat(retry.counts().calls()).isZero();
    }

    @Test
    void hedgeThatComesTooLate_isRefusedInTheUnitsOfThePolicy() {
        assertThatThrownBy(() -> Hedge.of(retry, Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("hedge after 3600.0s: the policy's total-timeout of 30.0s comes first");
    }

    @Test
    void toString_saysNamePolicyAndBudget() {
        assertThat(retry.withName("quotes"))
                .hasToString("Retry[quotes: " + retry.policy() + "; retries left: 8.0, of overload signals: 2.0]");
    }
}
