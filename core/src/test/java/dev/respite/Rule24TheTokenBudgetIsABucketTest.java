package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** In a budget of tokens: one deposit per successful call, one withdrawal per retry; a refusal changes nothing. */
@Tag("cases")
class Rule24TheTokenBudgetIsABucketTest {

    private static final RetryPolicy PATIENT =
            RetryPolicy.parse("max-attempts=100 backoff=immediate budget=success:0.5/20/10");

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final Retry retry = Retry.of(PATIENT, time).withListener(recorder);

    @Test
    void aCallThatFailsForGood_spendsTheWholeBucketAndNotMore() {
        Script script = Script.of(new ConnectException());
        assertThatThrownBy(() -> retry.call(script)).isInstanceOf(ConnectException.class);
        assertThat(script.ran()).isEqualTo(21);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.BUDGET_EXHAUSTED);
        assertThat(retry.budget().retriesLeft()).isZero();
    }

    @Test
    void anOverloadSignal_costsTen() {
        Script script = Script.of(new TimeoutException());
        assertThatThrownBy(() -> retry.call(script)).isInstanceOf(TimeoutException.class);
        assertThat(script.ran()).isEqualTo(3);
        assertThat(retry.budget().retriesLeft()).isZero();
    }

    @Test
    void aSuccessfulCall_depositsOnce_howeverManyAttemptsItTook() {
        assertThatThrownBy(() -> retry.call(Script.of(new ConnectException()))).isInstanceOf(ConnectException.class);
        retry.call(Script.of("value"));
        assertThat(retry.budget().retriesLeft()).isEqualTo(0.5);
        retry.call(Script.of("value"));
        assertThat(retry.budget().retriesLeft()).isEqualTo(1);
        retry.call(Script.of(new ConnectException(), "value"));
        assertThat(retry.budget().retriesLeft()).isEqualTo(0.5);
    }

    @Test
    void aCallThatFailsWithoutARetry_changesNothing() {
        retry.call(Script.of(new ConnectException(), "value"));
        assertThat(retry.budget().retriesLeft()).isEqualTo(19.5);
        assertThatThrownBy(() -> retry.call(Script.of(new IllegalStateException())))
                .isInstanceOf(IllegalStateException.class);
        assertThat(retry.budget().retriesLeft()).isEqualTo(19.5);
    }

    @Test
    void aRefusedWithdrawal_changesNothing() {
        RetryBudget budget = retry.budget();
        for (int i = 0; i < 11; i++) {
            assertThat(budget.tryAcquire(ErrorKind.OTHER)).isTrue();
        }
        for (int i = 0; i < 100; i++) {
            assertThat(budget.tryAcquire(ErrorKind.TIMEOUT)).isFalse();
        }
        assertThat(budget.retriesLeft()).isEqualTo(9);
    }

    @Test
    void deposits_neverExceedTheCapacity() {
        for (int i = 0; i < 100; i++) {
            retry.call(Script.of("value"));
        }
        assertThat(retry.budget().retriesLeft()).isEqualTo(20);
    }

    @Property
    void anySequence_isABucketOfTwenty(@ForAll @Size(max = 200) List<@IntRange(min = 0, max = 4) Integer> steps) {
        RetryBudget budget = RetryBudgets.of(PATIENT.budget());
        double tokens = 20;
        for (int step : steps) {
            if (step == 0) {
                budget.succeeded();
                tokens = Math.min(20, tokens + 0.5);
            } else if (step == 1) {
                budget.succeededAfter(3, ErrorKind.TIMEOUT, 0);
                tokens = Math.min(20, tokens + 0.5);
            } else {
                ErrorKind kind = step == 2 ? ErrorKind.THROTTLED : step == 3 ? ErrorKind.IO : ErrorKind.ofStatus(500);
                double cost = step == 2 ? 10 : 1;
                assertThat(budget.tryAcquire(kind)).isEqualTo(tokens >= cost);
                tokens -= tokens >= cost ? cost : 0;
            }
            assertThat(budget.retriesLeft()).isEqualTo(tokens);
        }
    }

    @Test
    void withPolicy_ofTheSameBudget_keepsTheBucket() {
        Retry other = retry.withPolicy(RetryPolicy.parse("max-attempts=7 budget=success:0.5/20/10"));
        assertThat(other.budget()).isSameAs(retry.budget());
        assertThat(retry.withName("other").budget()).isSameAs(retry.budget());
        assertThat(retry.withListener(recorder).budget()).isSameAs(retry.budget());
        assertThat(retry.driver().withClassifier(PATIENT.classifier()).budget()).isSameAs(retry.budget());
    }

    @Test
    void withPolicy_ofAnotherBudget_isNoFullerThanTheOldOne() {
        for (String from : List.of("fleet", "success:0.5/20/10", "10%", "aws-2.0", "aws-2.1", "grpc:10/0.1")) {
            Retry old = Retry.of(RetryPolicy.parse("budget=" + from), time);
            for (int i = 0; i < 1_000; i++) {
                old.budget().failed(new FailedAttempt(ErrorKind.OTHER, 1, 0, 0));
                old.budget().tryAcquire(ErrorKind.OTHER);
            }
            for (String to : List.of(
                    "fleet", "fleet:clients=2", "success:1/50/10", "20%", "aws-2.0", "aws-2.1", "grpc:20/0.1")) {
                Retry next = old.withPolicy(RetryPolicy.parse("budget=" + to));
                assertThat(next.budget().retriesLeft()).as(from + " to " + to).isLessThanOrEqualTo(1);
                assertThat(old.withPolicy(RetryPolicy.parse("budget=off"))
                                .withPolicy(RetryPolicy.parse("budget=" + to))
                                .budget()
                                .retriesLeft())
                        .as(from + " to off to " + to)
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void withPolicy_ofABiggerBudget_carriesTheRetriesThatAreLeft() {
        Retry old = Retry.of(RetryPolicy.parse("budget=10%"), time);
        old.budget().tryAcquire(ErrorKind.OTHER);
        assertThat(old.withPolicy(RetryPolicy.parse("budget=aws-2.0")).budget().retriesLeft())
                .isEqualTo(9);
        assertThat(old.withPolicy(RetryPolicy.parse("budget=success:1/5/1"))
                        .budget()
                        .retriesLeft())
                .isEqualTo(5);
    }

    @Test
    void withBudget_ofOneThatIsShared_spendsFromIt() {
        RetryBudget shared = RetryBudgets.of(BudgetSpec.parse("10%"));
        Retry one = Retry.of(PATIENT, time).withBudget(shared);
        Retry other = Retry.of(PATIENT, time).withBudget(shared);
        one.call(Script.of(new ConnectException(), new ConnectException(), "value"));
        Script script = Script.of(new ConnectException());
        assertThatThrownBy(() -> other.call(script)).isInstanceOf(ConnectException.class);
        assertThat(script.ran()).isEqualTo(1 + 8);
        assertThat(one.withPolicy(RetryPolicy.parse("budget=aws-2.0")).budget()).isSameAs(shared);
    }
}
