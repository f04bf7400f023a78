package dev.respite.cli;

import dev.respite.policy.BudgetSpec;
import dev.respite.policy.ErrorKind;
import dev.respite.policy.Explanation;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;

/**
 * Attempts per call when a part of the attempts fails; empty where nothing bounds them.
 *
 * @param failureRate the part of attempts that fail
 * @param ordinary when they fail by an ordinary error
 * @param overload when they fail by a timeout, the plainest sign of overload
 * @param ordinaryWithoutBudget what the first would be without the policy's budget
 * @param overloadWithoutBudget what the second would be without it
 */
record LoadRow(
        double failureRate,
        OptionalDouble ordinary,
        OptionalDouble overload,
        OptionalDouble ordinaryWithoutBudget,
        OptionalDouble overloadWithoutBudget) {

    private static final double[] RATES = {0.1, 0.5, 1};

    static List<LoadRow> of(Explanation explanation) {
        Explanation free = explanation.policy().toBuilder()
                .budget(new BudgetSpec.Off())
                .build()
                .explain();
        return Arrays.stream(RATES)
                .mapToObj(rate -> new LoadRow(
                        rate,
                        load(explanation::amplification, rate),
                        load(p -> explanation.amplification(p, ErrorKind.TIMEOUT), rate),
                        load(free::amplification, rate),
                        load(p -> free.amplification(p, ErrorKind.TIMEOUT), rate)))
                .toList();
    }

    /** An unbounded policy counts as one of as many attempts as can be counted. */
    private static OptionalDouble load(DoubleUnaryOperator amplification, double rate) {
        double load = amplification.applyAsDouble(rate);
        return load >= Integer.MAX_VALUE - 1 ? OptionalDouble.empty() : OptionalDouble.of(load);
    }
}
