package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.hedge.Hedge;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A budget with a bug breaks no call, and its bug is reported. */
class GuardedBudgetTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final LogLines logged = new LogLines();

    @AfterEach
    void stopLogging() {
        logged.close();
    }

    /** Faults of a budget: one method each. */
    enum Fault {
        READINGS,
        READINGS_NULL,
        SUCCEEDED,
        SUCCEEDED_AFTER,
        WANTS_LATENCY,
        TOOK,
        FAILED,
        TAKE,
        TAKE_NULL,
        REFUND;

        boolean isNull() {
            return this == READINGS_NULL || this == TAKE_NULL;
        }

        boolean grantsNothing() {
            return this == TAKE || this == TAKE_NULL;
        }
    }

    /** Grants everything, but for its fault. */
    private record Faulty(Fault fault) implements RetryBudget {
        private void throwAt(Fault here) {
            if (fault == here) {
                throw new IllegalStateException("bug in " + here);
            }
        }

        @Override
        @SuppressWarnings("NullAway") // the fault
        public ClockUse clockUse() {
            throwAt(Fault.READINGS);
            return fault == Fault.READINGS_NULL ? null : ClockUse.LATENCY;
        }

        @Override
        public void succeeded(long startNanos) {
            throwAt(Fault.SUCCEEDED);
        }

        @Override
        public void succeededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {
            throwAt(Fault.SUCCEEDED_AFTER);
        }

        @Override
        public boolean wantsLatency(long startNanos) {
            throwAt(Fault.WANTS_LATENCY);
            return true;
        }

        @Override
        public void recordLatency(long latencyNanos, long nowNanos) {
            throwAt(Fault.TOOK);
        }

        @Override
        public void failed(FailedAttempt failed) {
            throwAt(Fault.FAILED);
        }

        @Override
        @SuppressWarnings({"NullAway", "OptionalAssignedToNull"}) // the fault
        public Optional<Grant> tryAcquire(FailedAttempt failed, DoubleSupplier random) {
            throwAt(Fault.TAKE);
            return fault == Fault.TAKE_NULL ? null : Optional.of(new Grant(failed.kind(), 1, 0));
        }

        @Override
        public void refund(Grant grant) {
            throwAt(Fault.REFUND);
        }

        @Override
        public boolean tryAcquire(ErrorKind kind) {
            return true;
        }

        @Override
        public void succeeded() {}

        @Override
        public double retriesLeft() {
            return 1;
        }
    }

    private Retry retrying(Fault fault) {
        return Retry.withoutWarnings(RetryPolicy.parse("base-delay=1s jitter=none"), time)
                .withListener(recorder)
                .withBudget(new Faulty(fault));
    }

    private void assertReported(Fault fault) {
        List<RetryEvent.CallbackFailed> reports = recorder.all(RetryEvent.CallbackFailed.class);
        assertThat(logged.containing("the budget of retry 'retry' has thrown")).isNotEmpty();
        assertThat(reports).isNotEmpty().allMatch(report -> report.callback().equals("budget"));
        if (fault.isNull()) {
            assertThat(reports)
                    .allSatisfy(report -> assertThat(report.error())
                            .isInstanceOf(NullPointerException.class)
                            .hasMessage("the budget returned null"));
        } else {
            assertThat(reports).allSatisfy(report -> assertThat(report.error()).hasMessage("bug in " + fault));
        }
    }

    @ParameterizedTest
    @EnumSource
    void fault_ofOneMethod_breaksNoCallOfAnyDriver(Fault fault) throws Throwable {
        for (TestDriver driver : TestDriver.values()) {
            Retry retry = retrying(fault);
            assertThat(driver.run(retry, Script.of("value"))).as("%s", driver).isEqualTo("value");
            ConnectException real = new ConnectException();
            Script script = Script.of(real, "value");
            if (fault.grantsNothing()) {
                assertThatThrownBy(() -> driver.run(retry, script)).isSameAs(real);
                assertThat(retry.counts().ended(StopReason.BUDGET_EXHAUSTED)).isPositive();
            } else {
                assertThat(driver.run(retry, script)).as("%s", driver).isEqualTo("value");
            }
            if (fault != Fault.REFUND) {
                assertReported(fault);
            }
            recorder.events.clear();
        }
    }

    @Test
    void fault_ofARefund_letsTheCallEnd() {
        CompletableFuture<Object> call = retrying(Fault.REFUND).callAsync(AsyncScript.of(new ConnectException()));
        call.cancel(true);
        time.runAll();
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.CANCELLED);
        assertReported(Fault.REFUND);
    }

    @Test
    void fault_ofATakeForAHedge_sendsNone() {
        for (Fault fault : List.of(Fault.TAKE, Fault.TAKE_NULL)) {
            CompletableFuture<Object> call = Hedge.of(retrying(fault), Duration.ofMillis(10))
                    .callIdempotentWithAttempt(attempt -> {
                        CompletableFuture<Object> reply = new CompletableFuture<>();
                        time.schedule(() -> reply.complete(attempt.number()), 50_000_000L);
                        return reply;
                    });
            time.runAll();
            assertThat(call).isCompletedWithValue(1);
            assertReported(fault);
            recorder.events.clear();
        }
    }

    @Test
    void budgetsOfOurs_areNotWrapped() {
        List<Throwable> bugs = new ArrayList<>();
        for (String text : List.of("fleet", "fleet:clients=5", "10%", "aws-2.0", "grpc:10/0.1", "off")) {
            RetryBudget budget = RetryBudgets.of(BudgetSpec.parse(text));
            assertThat(RetryBudgets.guarded(budget, bugs::add)).isSameAs(budget);
        }
        RetryBudget faulty = new Faulty(Fault.TAKE);
        assertThat(RetryBudgets.guarded(faulty, bugs::add)).isNotSameAs(faulty);
        assertThat(bugs).isEmpty();
    }

    /** A budget that has no clock, and grants by the kind of error. */
    private static final class Plain implements RetryBudget {
        private int left = 1;
        private int succeeded;
        private int after;
        private int failed;

        @Override
        public boolean tryAcquire(ErrorKind kind) {
            return left-- > 0;
        }

        @Override
        public void succeeded() {
            succeeded++;
        }

        @Override
        public void succeededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {
            after++;
        }

        @Override
        public void failed(FailedAttempt failedAttempt) {
            failed++;
        }

        @Override
        public void refund(ErrorKind kind) {
            left++;
        }

        @Override
        public double retriesLeft() {
            return left;
        }
    }

    @ParameterizedTest
    @EnumSource
    void budgetWithoutTheMethodsOfAttempts_worksByKindsOfErrors(TestDriver driver) throws Throwable {
        Plain plain = new Plain();
        Retry retry = Retry.withoutWarnings(RetryPolicy.defaults(), time)
                .withListener(recorder)
                .withBudget(plain);
        driver.run(retry, Script.of("value"));
        driver.run(retry, Script.of(new ConnectException(), "value"));
        assertThatThrownBy(() -> driver.run(retry, Script.of(new ConnectException())))
                .isInstanceOf(ConnectException.class);
        assertThat(List.of(plain.succeeded, plain.after, plain.failed)).containsExactly(1, 1, 2);
        assertThat(recorder.all(RetryEvent.CallbackFailed.class)).isEmpty();
    }

    @Test
    void budgetWithoutTheMethodsOfAttempts_getsARetryBackThatWasNotMade() {
        Plain plain = new Plain();
        CompletableFuture<Object> call = Retry.withoutWarnings(RetryPolicy.defaults(), time)
                .withBudget(plain)
                .callAsync(AsyncScript.of(new ConnectException()));
        assertThat(plain.left).isZero();
        call.cancel(true);
        assertThat(plain.left).isEqualTo(1);
    }
}
