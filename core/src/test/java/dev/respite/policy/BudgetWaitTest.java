package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetWaitTest {

    private static Optional<BudgetWait> wait(String policy) {
        return RetryPolicy.parse(policy).limits().budgetWait();
    }

    @Test
    void policy_byDefault_doesNotWait() {
        assertThat(RetryPolicy.defaults().limits().budgetWait()).isEmpty();
        assertThat(wait("budget-wait=off")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"30s", "30s/1000", "1500ms/1", "1us", "10s/10000000"})
    void text_isReadAsItIsWritten(String text) {
        RetryPolicy policy = RetryPolicy.parse("budget-wait=" + text);
        assertThat(policy.limits().budgetWait().orElseThrow()).hasToString(text);
        assertThat(policy.toString()).contains(" budget-wait=" + text);
        assertThat(RetryPolicy.parse(policy.toString())).isEqualTo(policy);
        assertThat(RetryPolicy.parse(policy.toString())).hasSameHashCodeAs(policy);
    }

    @Test
    void builder_writesTheSame() {
        BudgetWait thirty = BudgetWait.of(Duration.ofSeconds(30));
        assertThat(RetryPolicy.builder().budgetWait(thirty).build()).isEqualTo(RetryPolicy.parse("budget-wait=30s"));
        assertThat(RetryPolicy.builder()
                        .budgetWait(new BudgetWait(Duration.ofSeconds(5), 7))
                        .build())
                .isEqualTo(RetryPolicy.parse("budget-wait=5s/7"));
        assertThat(thirty.maxCalls()).isEqualTo(BudgetWait.DEFAULT_MAX_CALLS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            budget-wait=30                     | budget-wait=30
            budget-wait=0s                     | wait 0ms: must be from 1us
            budget-wait=25h total-timeout=off  | wait 25h: must be from 1us to 24h
            budget-wait=30s/0                  | whole number
            budget-wait=30s/x                  | whole number
            budget-wait=30s/20000000           | waiting calls 20000000: must be from 1 to 10000000
            budget-wait=30s/1/2                | whole number
            budget-wait=31s total-timeout=30s  | is longer than the total-timeout 30s
            budget-wait=30s budget=off         | has no effect with budget=off""")
    void wrongValue_isRefused(String policy, String message) {
        assertThatThrownBy(() -> RetryPolicy.parse(policy))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining(message);
    }

    @Test
    void defaultTotalTimeout_yieldsToALongerWait() {
        RetryPolicy policy = RetryPolicy.parse("budget-wait=1m");
        assertThat(policy.limits().totalTimeout()).contains(Duration.ofMinutes(4));
        assertThat(RetryPolicy.parse("budget-wait=30s").limits().totalTimeout()).contains(Duration.ofMinutes(2));
        assertThat(RetryPolicy.parse("budget-wait=29s").limits().totalTimeout()).contains(Duration.ofSeconds(30));
        assertThat(wait("budget-wait=30s")).isEqualTo(wait("budget-wait=30s total-timeout=30s"));
    }

    @Test
    void inheritedWait_yieldsToWhatIsGiven() {
        RetryPolicy waits = RetryPolicy.parse("budget-wait=20s/9");
        assertThat(waits.toBuilder()
                        .totalTimeout(Duration.ofSeconds(5))
                        .build()
                        .limits()
                        .budgetWait())
                .contains(new BudgetWait(Duration.ofSeconds(5), 9));
        assertThat(waits.toBuilder().budget(BudgetSpec.off()).build().limits().budgetWait())
                .isEmpty();
    }

    @Test
    void hedging_doesNotWait() {
        assertThat(RetryPolicy.parse("budget-wait=20s").withHedging(3).limits().budgetWait())
                .isEmpty();
    }
}
