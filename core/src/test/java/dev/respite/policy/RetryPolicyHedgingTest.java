package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A policy for attempts that run side by side. */
class RetryPolicyHedgingTest {

    private static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=9 base-delay=1s jitter=none total-timeout=30s"
                    + " attempt-timeout=10s budget=10% on.timeout.max-attempts=5 on.connect.max-attempts=1"
                    + " on.io.base-delay=7s");

    private static final RetryPolicy HEDGING = POLICY.withHedging(3);

    private static Decision<String> decide(int attempt, Throwable error) {
        Outcome<String> failure = Outcome.failure(error);
        return HEDGING.decide(new Attempt(attempt, 0, 0), failure, 0.5);
    }

    @Test
    void decide_ofAnErrorThatMayPass_hasNoDelayOfItsOwn() {
        assertThat(decide(1, new SocketTimeoutException()))
                .isEqualTo(new Decision.RetryAfter<>(0, 0, ErrorKind.TIMEOUT));
        assertThat(decide(1, new SocketException())).isEqualTo(new Decision.RetryAfter<>(0, 0, ErrorKind.IO));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void withHedging_withoutAnAttempt_isRejected(int attempts) {
        assertThatThrownBy(() -> POLICY.withHedging(attempts))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage("max-attempts=" + attempts + ": expected a whole number from 1 to 1000000000, such as 3");
        assertThat(POLICY.withHedging(1).limits().maxAttempts()).isEqualTo(1);
    }

    @Test
    void decide_ofAHint_waitsForIt() {
        Verdict busy = Verdict.transientError(ErrorKind.ofStatus(503), Duration.ofSeconds(2));
        Decision<String> decision = HEDGING.decide(Attempt.FIRST, Outcome.success("busy"), busy, 0.5);
        assertThat(((Decision.RetryAfter<String>) decision).delay())
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
    }

    @Test
    void decide_atTheLimit_stopsWhateverARuleAllows() {
        assertThat(decide(3, new SocketTimeoutException())).isInstanceOf(Decision.Throw.class);
        assertThat(decide(2, new SocketTimeoutException())).isInstanceOf(Decision.RetryAfter.class);
    }

    @Test
    void decide_ofAnErrorThatARuleLimitsMore_obeysTheRule() {
        ConnectException error = new ConnectException();
        assertThat(decide(1, error)).isEqualTo(new Decision.Throw<>(error, StopReason.ATTEMPTS_EXHAUSTED));
    }

    @Test
    void hedging_keepsTimesBudgetAndClassifier() {
        assertThat(HEDGING.limits().totalTimeout()).contains(Duration.ofSeconds(30));
        assertThat(HEDGING.limits().attemptTimeout()).contains(Duration.ofSeconds(10));
        assertThat(HEDGING.budget()).isEqualTo(POLICY.budget());
        assertThat(HEDGING.classifier()).isSameAs(POLICY.classifier());
    }
}
