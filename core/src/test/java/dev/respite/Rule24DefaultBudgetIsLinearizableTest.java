package dev.respite;

import dev.respite.budget.FleetBudgets;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudget.Grant;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.testsupport.Cases;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.util.LoggingLevel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the interleaving, the default budget answers as if its calls had come one after the other. */
@Tag("cases")
class Rule24DefaultBudgetIsLinearizableTest {

    /** Public, since Lincheck makes it. All happens at one moment, and a part of a retry is never granted. */
    public static final class Concurrent {
        private final RetryBudget budget = FleetBudgets.small();

        @Operation
        public boolean ordinary() {
            return take(ErrorKind.IO);
        }

        @Operation
        public boolean overload() {
            return take(ErrorKind.TIMEOUT);
        }

        @Operation
        public boolean hedge() {
            return take(RetryBudgets.HEDGE);
        }

        private boolean take(ErrorKind kind) {
            return budget.tryAcquire(new FailedAttempt(kind, 1, 0, 0), () -> 1).isPresent();
        }

        @Operation
        public void succeeded() {
            budget.succeeded(0);
        }

        @Operation
        public void refund() {
            budget.refund(new Grant(ErrorKind.IO, 1, 1));
        }

        @Operation
        public double retriesLeft() {
            return budget.retriesLeft();
        }
    }

    /** The same accounts without threads. */
    public static final class Sequential {
        private double tokens = 3;
        private double ordinary = 2;
        private double overload = 1;

        public boolean ordinary() {
            if (tokens < 1) {
                return false;
            }
            boolean granted = ordinary >= 1;
            ordinary = granted ? ordinary - 1 : 0;
            tokens -= granted ? 1 : 0;
            return granted;
        }

        public boolean overload() {
            boolean granted = overload >= 1 - 1e-9;
            overload = granted ? Math.max(0, overload - 1) : 0;
            return granted;
        }

        public boolean hedge() {
            boolean granted = tokens >= 1;
            tokens -= granted ? 1 : 0;
            return granted;
        }

        public void succeeded() {
            tokens = Math.min(3, tokens + 1);
            ordinary = Math.min(2, ordinary + 1);
            overload = Math.min(1, overload + 0.1);
        }

        public void refund() {
            tokens = Math.min(3, tokens + 1);
            ordinary = Math.min(2, ordinary + 1);
        }

        public double retriesLeft() {
            return Math.min(tokens, ordinary);
        }
    }

    @Test
    void defaultBudget_underEveryInterleaving_isLinearizable() {
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
