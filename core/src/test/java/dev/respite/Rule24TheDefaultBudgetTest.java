package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.respite.budget.FleetBudgets;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudgets;
import dev.respite.hedge.Hedge;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.policy.FleetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The default budget: one deposit per successful call, one withdrawal per retry or hedge; a refusal takes no token. */
class Rule24TheDefaultBudgetTest {

    /** So much credit that only the tokens limit. */
    private final VirtualTime time = new VirtualTime();

    private final Recorder recorder = new Recorder();

    private Retry retrying(String policy) {
        return Retry.withoutWarnings(RetryPolicy.parse("max-attempts=100 backoff=immediate " + policy), time)
                .withListener(recorder);
    }

    private static int hedgesLeft(RetryBudget budget) {
        int granted = 0;
        while (budget.tryAcquire(new FailedAttempt(RetryBudgets.HEDGE, 1, 0, 0), () -> 1)
                .isPresent()) {
            granted++;
        }
        return granted;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HEDGED")
    void callThatFailsForGood_spendsTheCreditAndNotMore(TestDriver driver) {
        Retry retry = retrying("");
        Script script = Script.of(new ConnectException());
        assertThatThrownBy(() -> driver.run(retry, script)).isInstanceOf(ConnectException.class);
        assertThat(script.ran()).isEqualTo(1 + 8);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.BUDGET_EXHAUSTED);
        assertThat(retry.budget().retriesLeft()).isZero();
        Script overload = Script.of(new TimeoutException());
        assertThatThrownBy(() -> driver.run(retry, overload)).isInstanceOf(TimeoutException.class);
        assertThat(overload.ran()).isEqualTo(1 + 2);
        assertThat(hedgesLeft(retry.budget())).as("tokens").isEqualTo(20 - 8);
    }

    @Test
    void hedgedCallThatFailsForGood_paysForEachOfItsRetries() {
        Retry retry = retrying("");
        Script script = Script.of(new ConnectException());
        assertThatThrownBy(() -> TestDriver.HEDGED.run(
                        retry.withPolicy(RetryPolicy.parse("max-attempts=5 backoff=immediate")), script))
                .isInstanceOf(ConnectException.class);
        assertThat(script.ran()).isEqualTo(5);
        assertThat(retry.budget().retriesLeft()).isEqualTo(8 - 4);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HEDGED")
    void successfulCall_depositsOnce_howeverManyAttemptsItTook(TestDriver driver) throws Throwable {
        Retry retry = retrying("").withBudget(FleetBudgets.limitedByTokens());
        Script script = Script.of(new ConnectException());
        assertThatThrownBy(() -> driver.run(retry, script)).isInstanceOf(ConnectException.class);
        assertThat(script.ran()).isEqualTo(1 + 20);
        driver.run(retry, Script.of("value"));
        assertThat(retry.budget().retriesLeft()).isEqualTo(0.5);
        driver.run(retry, Script.of("value"));
        assertThat(retry.budget().retriesLeft()).isEqualTo(1);
        driver.run(retry, Script.of(new ConnectException(), "value"));
        assertThat(retry.budget().retriesLeft()).isEqualTo(0.5);
    }

    @Test
    void hedge_isOneWithdrawal() {
        Retry retry = retrying("").withBudget(FleetBudgets.limitedByTokens());
        CompletableFuture<Object> call = Hedge.of(retry, Duration.ofMillis(10)).callIdempotentWithAttempt(attempt -> {
            CompletableFuture<Object> reply = new CompletableFuture<>();
            time.schedule(() -> reply.complete("value"), attempt.number() == 1 ? 900_000_000L : 1_000_000L);
            return reply;
        });
        time.advance(Duration.ofMillis(11));
        assertThat(call).isCompletedWithValue("value");
        assertThat(retry.budget().retriesLeft()).isEqualTo(20 - 1 + 0.5);
    }

    @ParameterizedTest
    @EnumSource
    void callThatFailsWithoutARetry_changesNothing(TestDriver driver) {
        Retry retry = Retry.withoutWarnings(RetryPolicy.defaults(), time);
        assertThatThrownBy(() -> driver.run(retry, Script.of(new IllegalStateException())))
                .isInstanceOf(IllegalStateException.class);
        assertThat(retry.budget()).hasToString("retries left: 8.0, of overload signals: 2.0");
    }

    @Test
    void refusedWithdrawal_takesNoToken() {
        Retry retry = retrying("");
        for (int i = 0; i < 1_000; i++) {
            retry.budget().tryAcquire(new FailedAttempt(ErrorKind.IO, 1, 0, 0), () -> 1);
            retry.budget().tryAcquire(new FailedAttempt(ErrorKind.TIMEOUT, 1, 0, 0), () -> 1);
        }
        assertThat(hedgesLeft(retry.budget())).isEqualTo(20 - 8);
    }

    @Test
    void refusedWithdrawal_forLackOfTokens_takesNoCredit() {
        Retry retry = retrying("");
        assertThat(hedgesLeft(retry.budget())).isEqualTo(20);
        for (int i = 0; i < 100; i++) {
            assertThat(retry.budget().tryAcquire(ErrorKind.IO)).isFalse();
        }
        retry.budget().succeeded(0);
        retry.budget().succeeded(0);
        assertThat(retry.budget().tryAcquire(ErrorKind.IO)).isTrue();
        retry.budget().refund(new RetryBudget.Grant(ErrorKind.IO, 20, 0));
        assertThat(retry.budget().retriesLeft()).isEqualTo(7);
    }

    @Test
    void withPolicy_ofTheSameBudget_keepsTheBudget() {
        Retry retry = retrying("clients=50");
        for (Retry other : List.of(
                retry.withPolicy(RetryPolicy.parse("max-attempts=7 budget=fleet:clients=50")),
                retry.withName("other"),
                retry.driver().withClassifier(RetryPolicy.defaults().classifier()))) {
            assertThat(other.budget()).isSameAs(retry.budget());
        }
    }

    @Test
    void withPolicy_ofAnotherBudget_carriesOverWhatIsLeft() {
        for (String from : List.of("fleet", "fleet:clients=1", "success:1/8/1", "success:0.5/20/10")) {
            Retry old = Retry.withoutWarnings(RetryPolicy.parse("budget=" + from), time);
            while (old.budget().retriesLeft() > 5) {
                old.budget().tryAcquire(ErrorKind.OTHER);
            }
            for (String to : List.of("fleet", "fleet:clients=1", "success:1/8/1", "10%")) {
                if (!from.equals(to)) {
                    Retry next = old.withPolicy(RetryPolicy.parse("budget=" + to));
                    assertThat(next.budget().retriesLeft())
                            .as(from + " to " + to)
                            .isCloseTo(5, within(1e-6));
                    assertThat(old.withPolicy(RetryPolicy.parse("budget=off"))
                                    .withPolicy(RetryPolicy.parse("budget=" + to))
                                    .budget()
                                    .retriesLeft())
                            .as(from + " to off to " + to)
                            .isCloseTo(5, within(1e-6));
                }
            }
        }
    }

    @Test
    void withPolicy_ofAnotherNumberOfClients_keepsAFullBudgetFull() {
        Retry retry = retrying("");
        for (String clients : List.of("1000", "1", "50000", "1000")) {
            retry = retry.withPolicy(RetryPolicy.parse("clients=" + clients));
        }
        assertThat(retry.budget().retriesLeft()).isLessThanOrEqualTo(0.08);
        Retry few = retrying("clients=10").withPolicy(RetryPolicy.parse("clients=5"));
        assertThat(few.budget()).hasToString("retries left: 8.0, of overload signals: 2.0");
        Retry many = retrying("").withPolicy(RetryPolicy.parse("clients=50000"));
        assertThat(many.budget().retriesLeft()).isCloseTo(80.0 / 50_000, within(1e-9));
        assertThat(hedgesLeft(many.budget())).as("tokens").isEqualTo(20);
    }

    @Test
    void withBudget_ofOneThatIsShared_spendsFromIt() {
        RetryBudget shared = RetryBudgets.of(FleetSpec.DEFAULT);
        Retry one = retrying("").withBudget(shared);
        Retry other = retrying("").withBudget(shared);
        Script first = Script.of(new ConnectException());
        assertThatThrownBy(() -> one.call(first)).isInstanceOf(ConnectException.class);
        Script second = Script.of(new ConnectException());
        assertThatThrownBy(() -> other.call(second)).isInstanceOf(ConnectException.class);
        assertThat(second.ran()).isEqualTo(1);
    }
}
