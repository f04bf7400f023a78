package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudgets;
import dev.respite.hedge.Hedge;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One small caller for each thing that is built on the core's types: does the shape carry it? */
class ShapeTest {

    private final VirtualTime time = new VirtualTime();

    @Test
    void http_aResponseIsAValue_andItsStatusAndHintDecide() {
        record Response(int status, Duration retryAfter) {}
        Classifier byStatus = outcome -> {
            if (outcome instanceof Outcome.Success<?> success && success.value() instanceof Response response) {
                return response.status() < 500
                        ? Verdict.accept()
                        : Verdict.transientError(ErrorKind.ofStatus(response.status()), response.retryAfter());
            }
            return Verdict.fatal();
        };
        AtomicInteger sent = new AtomicInteger();
        Response last = Retry.of(RetryPolicy.defaults(), time)
                .driver()
                .withClassifier(byStatus)
                .call(() -> new Response(sent.incrementAndGet() == 1 ? 503 : 200, Duration.ofSeconds(2)));
        assertThat(last.status()).isEqualTo(200);
        assertThat(time.nanoTime()).isBetween(2_000_000_000L, 3_000_000_000L);
    }

    @Test
    void perErrorRule_aTimeoutIsTriedMoreOften() {
        RetryPolicy policy = RetryPolicy.parse("max-attempts=2 on.timeout.max-attempts=5 budget=off");
        AtomicInteger tries = new AtomicInteger();
        assertThatThrownBy(() -> Retry.of(policy, time).call(() -> {
                    tries.incrementAndGet();
                    throw new SocketTimeoutException();
                }))
                .isInstanceOf(SocketTimeoutException.class);
        assertThat(tries).hasValue(5);
    }

    @Test
    void aws21Budget_theExampleOfItsSpecification_isRefusedAtTheSecondRetry() {
        RetryBudget budget = RetryBudgets.of(BudgetSpec.parse("aws-2.1"));
        for (int i = 0; i < 34; i++) {
            assertThat(budget.tryAcquire(ErrorKind.ofStatus(500))).isTrue();
        }
        for (int i = 0; i < 2; i++) {
            assertThat(budget.tryAcquire(ErrorKind.THROTTLED)).isTrue();
        }
        assertThat(budget.retriesLeft()).isEqualTo(1);
        assertThat(budget.tryAcquire(ErrorKind.ofStatus(500))).isTrue();
        assertThat(budget.tryAcquire(ErrorKind.ofStatus(500))).isFalse();
    }

    @Test
    void grpcBudget_failuresDrainIt_andRetriesStopAtHalf() {
        RetryBudget budget = RetryBudgets.of(BudgetSpec.parse("grpc:10/0.1"));
        for (int failure = 1; failure <= 4; failure++) {
            budget.failed(new FailedAttempt(ErrorKind.TIMEOUT, 1, 0, 0));
            assertThat(budget.tryAcquire(ErrorKind.TIMEOUT)).isTrue();
        }
        budget.failed(new FailedAttempt(ErrorKind.TIMEOUT, 1, 0, 0));
        assertThat(budget.tryAcquire(ErrorKind.TIMEOUT)).isFalse();
    }

    @Test
    void breaker_aRejectionIsWaitedOutAtNoCost() throws IOException {
        class Rejected extends RuntimeException {
            private static final long serialVersionUID = 1L;
        }
        Classifier waitsForBreaker =
                outcome -> outcome instanceof Outcome.Failure<?> failure && failure.error() instanceof Rejected
                        ? Verdict.transientError(ErrorKind.REJECTED, Duration.ofSeconds(5))
                        : Verdict.accept();
        Retry retry = Retry.of(RetryPolicy.parse("budget=10%"), time).driver().withClassifier(waitsForBreaker);
        AtomicBoolean open = new AtomicBoolean(true);
        String result = retry.call(() -> {
            if (open.getAndSet(false)) {
                throw new Rejected();
            }
            return "closed again";
        });
        assertThat(result).isEqualTo("closed again");
        assertThat(time.nanoTime()).isGreaterThanOrEqualTo(Duration.ofSeconds(5).toNanos());
        assertThat(retry.budget().retriesLeft()).isEqualTo(10);
        Verdict terminal = Verdict.fatal(StopReason.CIRCUIT_OPEN, ErrorKind.REJECTED);
        assertThat(terminal).isInstanceOf(Verdict.Fatal.class);
    }

    @Test
    void hedge_usesClassifierBudgetAndTotalTimeout_notTheSchedule() {
        Retry retry = Retry.of(RetryPolicy.parse("total-timeout=1s base-delay=500ms jitter=none budget=10%"), time);
        List<String> sent = new ArrayList<>();
        CompletableFuture<String> result = Hedge.of(retry, Duration.ofMillis(10))
                .callIdempotentWithAttempt(attempt -> {
                    sent.add("attempt " + attempt.number());
                    CompletableFuture<String> reply = new CompletableFuture<>();
                    time.schedule(() -> reply.complete("pong"), sent.size() == 1 ? 900_000_000L : 1_000_000L);
                    return reply;
                });
        time.advance(Duration.ofMillis(11));
        assertThat(result).isCompletedWithValue("pong");
        assertThat(sent).containsExactly("attempt 1", "attempt 2");
        assertThat(retry.budget().retriesLeft()).isEqualTo(9.1);
    }

    @Test
    void asynchronousDriver_keepsTheSameBook() {
        AtomicInteger tries = new AtomicInteger();
        Retry retry = Retry.of(RetryPolicy.parse("budget=success:0.5/20/10"), time);
        CompletableFuture<Integer> result = retry.callAsync(() -> {
            int number = tries.incrementAndGet();
            return number < 3
                    ? CompletableFuture.failedFuture(new SocketTimeoutException())
                    : CompletableFuture.completedFuture(number);
        });
        time.runAll();
        // Two timeouts cost ten tokens each, which is the whole bucket.
        assertThat(result).isCompletedWithValue(3);
        assertThat(retry.budget().retriesLeft()).isEqualTo(0.5);
    }

    @Test
    void simulator_manyCallsInOneVirtualTime() {
        RetryPolicy policy = RetryPolicy.parse("max-attempts=5 base-delay=100ms budget=off");
        Retry retry = Retry.of(policy, time);
        long outageEnds = Duration.ofMillis(200).toNanos();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int client = 0; client < 100; client++) {
            calls.add(retry.callAsync(() -> time.nanoTime() < outageEnds
                    ? CompletableFuture.failedFuture(new SocketTimeoutException())
                    : CompletableFuture.completedFuture("served")));
        }
        time.runAll();
        assertThat(calls).filteredOn(call -> !call.isCompletedExceptionally()).hasSizeGreaterThan(90);
        assertThat(retry.counts().calls()).isEqualTo(100);
    }
}
