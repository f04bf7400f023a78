package dev.respite.cli;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.Explanation;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;

/**
 * The attempts per call at one failure rate; empty without a bound.
 *
 * @param failureRate the fraction of attempts that fail
 * @param ordinary if they fail with an ordinary error
 * @param overload if they fail with a timeout, the most common overload signal
 * @param ordinaryWithoutBudget {@code ordinary} without the budget of the policy
 * @param overloadWithoutBudget {@code overload} without the budget of the policy
 */
record LoadRow(
        double failureRate,
        OptionalDouble ordinary,
        OptionalDouble overload,
        OptionalDouble ordinaryWithoutBudget,
        OptionalDouble overloadWithoutBudget) {

    private static final double[] RATES = {0.1, 0.5, 1};

    static List<LoadRow> of(Explanation explanation) {
        Explanation free = Explanation.of(
                explanation.policy().toBuilder().budget(BudgetSpec.off()).build());
        return Arrays.stream(RATES)
                .mapToObj(rate -> new LoadRow(
                        rate,
                        load(explanation::amplification, rate),
                        load(p -> explanation.amplification(p, ErrorKind.TIMEOUT), rate),
                        load(free::amplification, rate),
                        load(p -> free.amplification(p, ErrorKind.TIMEOUT), rate)))
                .toList();
    }

    /** Treats a load of about {@link Integer#MAX_VALUE} attempts as unbounded. */
    private static OptionalDouble load(DoubleUnaryOperator amplification, double rate) {
        double load = amplification.applyAsDouble(rate);
        return load >= Integer.MAX_VALUE - 1 ? OptionalDouble.empty() : OptionalDouble.of(load);
    }
}
