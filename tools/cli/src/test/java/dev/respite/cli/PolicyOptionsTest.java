package dev.respite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.policy.RetryPolicy;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyOptionsTest {

    /** The error message for an unknown key lists all keys. No other call could release the wait of a single call. */
    @Test
    void addTo_everyPolicyKeyButBudgetWait_isFlag() {
        String message = catchThrowable(() -> RetryPolicy.parse("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=1"))
                .getMessage();
        List<String> keys = Arrays.asList(
                message.substring(message.indexOf("use one of ") + 11).split(", ", -1));
        String help = Cli.run("call", "--help").out();

        assertThat(keys)
                .hasSizeGreaterThan(10)
                .contains("max-attempts")
                .allSatisfy(key ->
                        assertThat(help.contains("--" + key + "=")).as(key).isEqualTo(!key.equals("budget-wait")));
    }

    @Test
    void read_policyWithBudgetWait_isRejected() {
        Cli.Run run = Cli.run("call", "--policy", "max-attempts=2 budget-wait=30s", "http://localhost:1/");
        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stderr()).contains("--policy: budget-wait=30s has no effect", "remove it");
    }

    @Test
    void withRuleFlags_callOnly_areRewritten() {
        assertThat(PolicyOptions.withRuleFlags(
                        new String[] {"call", "--on.503.jitter", "none", "--on.5xx.jitter=full"}))
                .containsExactly("call", "--on=503.jitter=none", "--on=5xx.jitter=full");
        assertThat(PolicyOptions.withRuleFlags(new String[] {"call", "--", "--on.503.jitter"}))
                .containsExactly("call", "--", "--on.503.jitter");
        assertThat(PolicyOptions.withRuleFlags(new String[] {"explain", "--on.503.jitter"}))
                .containsExactly("explain", "--on.503.jitter");
    }
}
