package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.LogLines;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The warnings of a builder. */
class DurableRetryBuilderTest {

    private static List<String> warnings(RetryPolicy policy) {
        try (LogLines lines = LogLines.of("dev.respite.durable")) {
            DurableRetry.builder(TestStore.H2.emptied())
                    .task(PAYMENT, Retry.of(policy), (data, context) -> {})
                    .build()
                    .close();
            return lines.all().stream()
                    .filter(line -> line.startsWith("task 'payment': "))
                    .toList();
        }
    }

    @Test
    void build_withAPolicyThatGivesUpEarly_warnsOnce() {
        assertThat(warnings(RetryPolicy.parse("max-attempts=20 base-delay=50ms max-delay=1h total-timeout=7d")))
                .singleElement()
                .asString()
                .startsWith(
                        "task 'payment': gives-up-early: if every attempt fails at once, half of the calls give up within ")
                .contains("total timeout of 168h", "(policy: max-attempts=20 ");
    }

    @Test
    void build_withAPolicyThatNeverGivesUp_warnsOnce() {
        assertThat(warnings(RetryPolicy.parse("unbounded=x total-timeout=off")))
                .singleElement()
                .asString()
                .startsWith("task 'payment': gives-up-never: ");
    }

    /** The last one would call code of the user, for calls that are not made. */
    @ParameterizedTest
    @ValueSource(strings = {"max-attempts=unlimited max-delay=1h total-timeout=7d", "max-attempts=1", "code"})
    void build_withAnotherPolicy_warnsOfNothing(String policy) {
        assertThat(warnings(
                        policy.equals("code")
                                ? RetryPolicy.builder()
                                        .backoff((attempt, roll) -> {
                                            throw new AssertionError("called at build");
                                        })
                                        .build()
                                : RetryPolicy.parse(policy)))
                .isEmpty();
    }
}
