package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The policies that are compared where none are given. */
class BuiltInPoliciesTest {

    private static final String SCHEDULE = "max-attempts=4 backoff=fixed base-delay=50ms jitter=none";
    private static final List<String> PUBLISHED = List.of("aws-2.0", "aws-2.1", "grpc:10/0.1", "10%");

    @Test
    void three_areNoRetries_aPlainLoopAndTheDefaults() {
        Map<String, RetryPolicy> three = BuiltInPolicies.three();

        assertThat(three.keySet()).containsExactly("none", "naive", "respite");
        assertThat(three.get("none")).isEqualTo(RetryPolicy.parse("max-attempts=1"));
        assertThat(three.get("naive"))
                .isEqualTo(RetryPolicy.parse(SCHEDULE + " budget=off nested=retry retry-after=ignore"));
        assertThat(three.get("respite")).isEqualTo(RetryPolicy.defaults());
    }

    @Test
    void waiting_addsCallsThatWaitForTheBudget() {
        Map<String, RetryPolicy> waiting = BuiltInPolicies.waiting();

        assertThat(waiting.get("waiting")).isEqualTo(RetryPolicy.parse("budget-wait=30s total-timeout=60s"));
        assertThat(waiting).containsAllEntriesOf(BuiltInPolicies.three()).hasSize(4);
    }

    @Test
    void published_budgetsHaveTheSameSchedule() {
        Map<String, RetryPolicy> published = BuiltInPolicies.published(SCHEDULE);

        assertThat(published).containsAllEntriesOf(BuiltInPolicies.three()).hasSize(7);
        for (String budget : PUBLISHED) {
            assertThat(published.get(budget)).isEqualTo(RetryPolicy.parse(SCHEDULE + " budget=" + budget));
        }
    }

    @Test
    void course_strategiesDifferInTheirDelaysOnly() {
        Map<String, RetryPolicy> course = BuiltInPolicies.course();

        assertThat(course.keySet())
                .containsExactly(
                        "none", "immediate", "fixed", "linear", "exponential", "exponential + jitter", "respite");
        for (String strategy : List.of("immediate", "fixed", "linear", "exponential", "exponential + jitter")) {
            assertThat(course.get(strategy).limits())
                    .isEqualTo(
                            RetryPolicy.parse("max-attempts=6 total-timeout=2m").limits());
            assertThat(course.get(strategy).budget())
                    .isEqualTo(RetryPolicy.parse("budget=off").budget());
        }
    }
}
