package dev.respite.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The retries of overload signals that a budget has left. */
class OverloadAccountTest {

    @Test
    void retriesOfTimeouts_leaveTheAccountOfOrdinaryErrorsAsItIs() {
        RetryBudget budget = RetryBudgets.of(BudgetSpec.parse("fleet"));
        double ordinary = budget.retriesLeft();
        assertThat(budget.overloadRetriesLeft()).isEqualTo(2);
        assertThat(budget.tryAcquire(ErrorKind.TIMEOUT)).isTrue();
        assertThat(budget.overloadRetriesLeft()).isEqualTo(1);
        assertThat(budget.retriesLeft()).isEqualTo(ordinary);
    }

    @Test
    void tokens_areCountedByTheCostOfAnOverloadSignal() {
        RetryBudget costly = RetryBudgets.of(BudgetSpec.parse("aws-2.0"));
        assertThat(costly.retriesLeft()).isEqualTo(100);
        assertThat(costly.overloadRetriesLeft()).isEqualTo(50);
        RetryBudget single = RetryBudgets.of(BudgetSpec.parse("grpc:10/0.1"));
        assertThat(single.overloadRetriesLeft()).isEqualTo(single.retriesLeft()).isPositive();
        assertThat(RetryBudgets.of(BudgetSpec.off()).overloadRetriesLeft()).isInfinite();
    }

    @Test
    void budgetWithAQueue_hasTheAccountsOfItsBudget() {
        RetryBudget budget = RetryBudgets.withQueue(new Accounts());
        assertThat(budget.retriesLeft()).isEqualTo(7);
        assertThat(budget.overloadRetriesLeft()).isEqualTo(3);
    }

    @Test
    void guardedBudget_hasNothingLeft_ifItThrows() {
        List<Throwable> bugs = new ArrayList<>();
        assertThat(RetryBudgets.guarded(new Accounts(), bugs::add).overloadRetriesLeft())
                .isEqualTo(3);
        RetryBudget broken = RetryBudgets.guarded(
                new Accounts() {
                    @Override
                    public double overloadRetriesLeft() {
                        throw new IllegalStateException("bug");
                    }
                },
                bugs::add);
        assertThat(broken.overloadRetriesLeft()).isZero();
        assertThat(bugs).singleElement().isInstanceOf(IllegalStateException.class);
    }

    private static class Accounts implements RetryBudget {
        @Override
        public boolean tryAcquire(ErrorKind kind) {
            return true;
        }

        @Override
        public void succeeded() {}

        @Override
        public double retriesLeft() {
            return 7;
        }

        @Override
        public double overloadRetriesLeft() {
            return 3;
        }
    }
}
