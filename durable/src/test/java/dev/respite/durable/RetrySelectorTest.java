package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The policies of a task: of this deployment, and of earlier ones. */
class RetrySelectorTest {

    private static final DurableTask<String> PINNED =
            DurableTask.of("payment", DataCodec.text()).withPinnedPolicy();

    private static String policy(int attempts) {
        return RetryPolicy.parse("max-attempts=" + attempts + " budget=success:1/1/1")
                .toString();
    }

    /** Each policy has a budget, and a pace, of its own. */
    @Test
    void deferredRetriesLeft_isTheSumOfAllPolicies() {
        VirtualTime time = new VirtualTime();
        RetrySelector selector =
                RetrySelector.of(PINNED, Retry.of(RetryPolicy.parse(policy(5)), time), RetryPolicy::classifier);
        int ofOne = selector.deferredRetriesLeft();
        assertThat(ofOne).isEqualTo(1);

        assertThat(selector.totalTimeout(Optional.of(policy(6)))).isPresent();
        assertThat(selector.totalTimeout(Optional.of(policy(7)))).isPresent();
        assertThat(selector.totalTimeout(Optional.of(policy(5)))).isPresent();

        assertThat(selector.deferredRetriesLeft()).isEqualTo(3 * ofOne);
        time.advance(Duration.ofHours(1));
        assertThat(selector.deferredRetriesLeft()).isEqualTo(3 * ofOne);
    }

    @Test
    void deferredRetriesLeft_ofPoliciesWithoutABudget_isTheGreatestNumber() {
        String other = RetryPolicy.parse("budget=off max-attempts=6").toString();
        RetrySelector selector = RetrySelector.of(
                PINNED, Retry.of(RetryPolicy.parse("budget=off"), new VirtualTime()), RetryPolicy::classifier);

        assertThat(selector.totalTimeout(Optional.of(other))).isPresent();

        assertThat(selector.deferredRetriesLeft()).isEqualTo(Integer.MAX_VALUE);
    }
}
