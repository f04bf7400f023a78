package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.ErrorKind;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The specifications of budgets: published constants, ranges and text forms. */
@Tag("cases")
class BudgetSpecTest {

    @ParameterizedTest
    @ValueSource(strings = {"off", "10%", "0.5%", "100%", "success:0.5/20/10", "aws-2.0", "aws-2.1", "grpc:10/0.1"})
    void parse_ofEachForm_isTheInverseOfToString(String text) {
        assertThat(BudgetSpec.parse(text)).hasToString(text);
    }

    @Test
    void parse_saysWhatWasPublished() {
        assertThat(BudgetSpec.parse("10%")).isEqualTo(BudgetSpec.perSuccess(0.1, 10, 1));
        assertThat(BudgetSpec.parse("success:0.5/20/10")).isEqualTo(BudgetSpec.perSuccess(0.5, 20, 10));
        assertThat(BudgetSpec.parse("grpc:10/0.1")).isEqualTo(new GrpcSpec(10, 0.1));
        assertThat(BudgetSpec.parse("off")).isEqualTo(BudgetSpec.off());
    }

    @Property
    void perSuccess_ofAnyNumbers_hasAnExactText(
            @ForAll @Scale(9) @DoubleRange(min = 0.000_001, max = 1_000) double perSuccess,
            @ForAll @Scale(9) @DoubleRange(min = 1, max = 1_000_000) double burst,
            @ForAll @Scale(9) @DoubleRange(min = 0, max = 1) double ratio) {
        double cost = 1 + ratio * (burst - 1);
        assertExact(BudgetSpec.perSuccess(perSuccess, burst, cost));
        assertExact(BudgetSpec.perSuccess(perSuccess, 10, 1));
    }

    @Property
    void grpc_ofAnyNumbers_hasAnExactText(
            @ForAll @IntRange(min = 1, max = 1_000) int max,
            @ForAll @Scale(9) @DoubleRange(min = 0.001, max = 1_000) double ratio) {
        assertExact(new GrpcSpec(max, ratio));
    }

    private static void assertExact(BudgetSpec spec) {
        assertThat(BudgetSpec.parse(spec.toString())).isEqualTo(spec);
    }

    @Test
    void perSuccess_costs_areTenForAnOverloadSignalAndOneForOthers() {
        TokenSpec spec = (TokenSpec) BudgetSpec.parse("success:0.5/20/10");
        for (ErrorKind overload : new ErrorKind[] {
            ErrorKind.TIMEOUT,
            ErrorKind.THROTTLED,
            ErrorKind.ofStatus(429),
            ErrorKind.ofStatus(503),
            ErrorKind.ofStatus(504),
            ErrorKind.overload("busy")
        }) {
            assertThat(spec.cost(overload)).isEqualTo(10);
        }
        for (ErrorKind ordinary :
                new ErrorKind[] {ErrorKind.IO, ErrorKind.CONNECT, ErrorKind.OTHER, ErrorKind.ofStatus(500)}) {
            assertThat(spec.cost(ordinary)).isEqualTo(1);
        }
        assertThat(spec.cost(ErrorKind.REJECTED)).isZero();
        assertThat(spec.capacity()).isEqualTo(20);
        assertThat(spec.firstAttemptDeposit()).isEqualTo(0.5);
        assertThat(spec.afterRetryDeposit(ErrorKind.TIMEOUT)).isEqualTo(0.5);
    }

    @Test
    void grpc_keepsThreeDecimals() {
        assertThat(new GrpcSpec(10, 0.1239).tokenRatio()).isEqualTo(0.123);
        assertThat(new GrpcSpec(10, 0.001).tokenRatio()).isEqualTo(0.001);
        assertThat(new GrpcSpec(10, 0.57).tokenRatio()).isEqualTo(0.57);
        // As doubles, 1.001 times 1000 is less than 1001.
        assertThat(new GrpcSpec(10, 1.001).tokenRatio()).isEqualTo(1.001);
    }

    @Test
    void numbersOutOfRange_areRefusedWithTheRange() {
        assertRefused(() -> BudgetSpec.perSuccess(0, 10, 1), "tokens per success 0: must be from 0.000001 to 1000");
        assertRefused(() -> BudgetSpec.perSuccess(Double.NaN, 10, 1), "tokens per success NaN");
        assertRefused(() -> BudgetSpec.perSuccess(1_001, 10, 1), "tokens per success 1001");
        assertRefused(() -> BudgetSpec.perSuccess(1, 0.5, 1), "burst 0.5: must be from 1 to 1000000");
        assertRefused(() -> BudgetSpec.perSuccess(1, 10, 11), "overload cost 11: must be from 1 to 10");
        assertRefused(() -> new GrpcSpec(0, 0.1), "max tokens 0: must be from 1 to 1000");
        assertRefused(() -> new GrpcSpec(10, 0), "token ratio 0");
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable make, String message) {
        assertThatThrownBy(make).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
