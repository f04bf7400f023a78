package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The buckets of the published budgets, step by step. */
class BudgetBucketTest {

    private final VirtualTime time = new VirtualTime();

    private RetryBudget budget(String text) {
        return RetryBudgets.of(BudgetSpec.parse(text));
    }

    private static int drain(RetryBudget budget, ErrorKind kind) {
        int granted = 0;
        while (granted < 100_000 && budget.tryAcquire(kind)) {
            granted++;
        }
        return granted;
    }

    @Test
    void tenPercent_isTenThenOneForTenSuccesses() {
        RetryBudget budget = budget("10%");
        assertThat(drain(budget, ErrorKind.TIMEOUT)).isEqualTo(10);
        for (int i = 0; i < 9; i++) {
            budget.succeeded();
        }
        assertThat(budget.tryAcquire(ErrorKind.TIMEOUT)).isFalse();
        assertThat(budget.retriesLeft()).isEqualTo(0.9);
        budget.succeededAfter(2, ErrorKind.TIMEOUT, 0);
        assertThat(budget.tryAcquire(ErrorKind.TIMEOUT)).isTrue();
    }

    @Test
    void aws20_aHundredRetriesOrFiftyTimeouts() {
        assertThat(drain(budget("aws-2.0"), ErrorKind.IO)).isEqualTo(100);
        assertThat(drain(budget("aws-2.0"), ErrorKind.TIMEOUT)).isEqualTo(50);
    }

    @Test
    void aws20_aSuccessAfterRetries_givesTheLastCostBack_andAFirstTryAddsOne() {
        RetryBudget budget = budget("aws-2.0");
        drain(budget, ErrorKind.IO);
        budget.succeededAfter(3, ErrorKind.TIMEOUT, 0);
        assertThat(budget.retriesLeft()).isEqualTo(2);
        budget.succeeded();
        assertThat(budget.retriesLeft()).isEqualTo(2.2);
    }

    @Test
    void aws21_35RetriesOr100Throttled() {
        assertThat(drain(budget("aws-2.1"), ErrorKind.IO)).isEqualTo(35);
        assertThat(drain(budget("aws-2.1"), ErrorKind.TIMEOUT)).isEqualTo(35);
        assertThat(drain(budget("aws-2.1"), ErrorKind.THROTTLED)).isEqualTo(100);
        assertThat(drain(budget("aws-2.1"), ErrorKind.ofStatus(429))).isEqualTo(100);
    }

    @Test
    void aws_aCallByTheEngine_givesBackTheLastCostOnly() {
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=5 backoff=immediate budget=aws-2.0"), time);
        drain(retry.budget(), ErrorKind.IO);
        retry.budget().succeededAfter(2, ErrorKind.TIMEOUT, 0);
        retry.budget().succeededAfter(2, ErrorKind.TIMEOUT, 0);
        // 20 tokens: a timeout takes 10, a reset 5; the success gives 5 back.
        retry.call(Script.of(new TimeoutException(), new ConnectException(), "value"));
        assertThat(retry.budget().retriesLeft()).isEqualTo(2);
    }

    @Test
    void aDepositOfMoreThanIsMissing_fillsTheBucketAndNoMore() {
        RetryBudget generous = budget("success:7/20/10");
        generous.tryAcquire(ErrorKind.IO);
        generous.succeeded();
        assertThat(generous.retriesLeft()).isEqualTo(20);
        generous.tryAcquire(ErrorKind.IO);
        generous.refund(ErrorKind.TIMEOUT);
        assertThat(generous.retriesLeft()).isEqualTo(20);
        RetryBudget aws = budget("aws-2.0");
        aws.tryAcquire(ErrorKind.IO);
        aws.succeededAfter(2, ErrorKind.TIMEOUT, 0);
        assertThat(drain(aws, ErrorKind.IO)).isEqualTo(100);
    }

    @Test
    void grpc_stopsAtHalf_andStartsAgainAboveIt() {
        RetryBudget budget = budget("grpc:10/0.5");
        for (int i = 0; i < 5; i++) {
            assertThat(budget.tryAcquire(ErrorKind.IO)).isTrue();
            budget.failed(new FailedAttempt(ErrorKind.IO, 1, 0, 0));
        }
        assertThat(budget.tryAcquire(ErrorKind.IO)).isFalse();
        assertThat(budget.retriesLeft()).isZero();
        budget.succeeded();
        assertThat(budget.tryAcquire(ErrorKind.IO)).isTrue();
        for (int i = 0; i < 100; i++) {
            budget.failed(new FailedAttempt(ErrorKind.IO, 1, 0, 0));
        }
        for (int i = 0; i < 10; i++) {
            budget.succeededAfter(2, ErrorKind.IO, 0);
        }
        assertThat(budget.tryAcquire(ErrorKind.IO)).isFalse();
        budget.succeeded();
        assertThat(budget.tryAcquire(ErrorKind.IO)).isTrue();
        for (int i = 0; i < 100; i++) {
            budget.succeeded();
        }
        budget.failed(new FailedAttempt(ErrorKind.IO, 1, 0, 0));
        budget.failed(new FailedAttempt(ErrorKind.IO, 1, 0, 0));
        budget.failed(new FailedAttempt(ErrorKind.IO, 1, 0, 0));
        budget.failed(new FailedAttempt(ErrorKind.IO, 1, 0, 0));
        assertThat(budget.tryAcquire(ErrorKind.IO)).isTrue();
    }

    @Test
    void grpc_retriesLeft_isWhatOneCallWouldStillBeGranted() {
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=50 backoff=immediate budget=grpc:10/0.1"), time);
        double left = retry.budget().retriesLeft();
        Script script = Script.of(new ConnectException());
        assertThatThrownBy(() -> retry.call(script)).isInstanceOf(ConnectException.class);
        assertThat(script.ran() - 1).isEqualTo((int) left).isEqualTo(4);
    }

    @Test
    void off_grantsEverything() {
        RetryBudget budget = budget("off");
        assertThat(drain(budget, ErrorKind.TIMEOUT)).isEqualTo(100_000);
        assertThat(budget.retriesLeft()).isInfinite();
    }

    @Test
    void whatNeverReachedItsTarget_isFree() {
        RetryPolicy policy = RetryPolicy.parse("backoff=immediate budget=grpc:10/0.1 max-attempts=50")
                .withClassifier(outcome -> dev.respite.outcome.Verdict.transientError(ErrorKind.REJECTED));
        for (String text : new String[] {"grpc:10/0.1", "10%"}) {
            Retry retry = Retry.of(policy, time).withBudget(budget(text));
            Script script = Script.of("rejected");
            retry.call(script);
            assertThat(script.ran()).as(text).isEqualTo(50);
        }
    }
}
