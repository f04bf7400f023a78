package dev.respite;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.testsupport.Cases;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.util.LoggingLevel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the interleaving, a bucket answers as if its calls had come one after the other: checked by model checking. */
@Tag("cases")
class Rule24TokenBudgetIsLinearizableTest {

    /** Public, since Lincheck makes it. */
    public static final class Concurrent {
        private final RetryBudget budget = RetryBudgets.of(BudgetSpec.perSuccess(0.5, 2, 2));

        @Operation
        public boolean ordinary() {
            return budget.tryAcquire(ErrorKind.IO);
        }

        @Operation
        public boolean overload() {
            return budget.tryAcquire(ErrorKind.TIMEOUT);
        }

        @Operation
        public void succeeded() {
            budget.succeeded();
        }

        @Operation
        public void refund() {
            budget.refund(ErrorKind.IO);
        }

        @Operation
        public double retriesLeft() {
            return budget.retriesLeft();
        }
    }

    /** The same bucket without threads. */
    public static final class Sequential {
        private double tokens = 2;

        public boolean ordinary() {
            return take(1);
        }

        public boolean overload() {
            return take(2);
        }

        public void succeeded() {
            tokens = Math.min(2, tokens + 0.5);
        }

        public void refund() {
            tokens = Math.min(2, tokens + 1);
        }

        public double retriesLeft() {
            return tokens;
        }

        private boolean take(double cost) {
            boolean granted = tokens >= cost;
            tokens -= granted ? cost : 0;
            return granted;
        }
    }

    @Test
    void tokenBudget_underEveryInterleaving_isLinearizable() {
        new ModelCheckingOptions()
                .iterations(8)
                .invocationsPerIteration(Integer.getInteger("respite.interleavings", Cases.of(600)))
                .threads(2)
                .actorsPerThread(3)
                .logLevel(LoggingLevel.ERROR)
                .sequentialSpecification(Sequential.class)
                .check(Concurrent.class);
    }
}
