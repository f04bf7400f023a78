package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** {@code parse} and {@code toString} are inverse for policies of named parts, and refuse parts written in code. */
@Tag("cases")
class RetryPolicyRoundTripTest {

    @Property
    void parse_ofTheTextOfAnyPolicy_isAnEqualPolicy(@ForAll long seed) {
        RetryPolicy policy = new Policies(seed).builder().build();
        String text = policy.toString();
        RetryPolicy parsed = RetryPolicy.parse(text);
        assertThat(parsed).isEqualTo(policy).hasSameHashCodeAs(policy).hasToString(text);
    }

    @Property
    void parse_ofTheTextOfAnyLongDuration_isAnEqualPolicy(
            @ForAll("durationKeys") String key,
            @ForAll @LongRange(min = Numbers.MAX_NANOS / 8, max = Numbers.MAX_NANOS) long nanos) {
        RetryPolicy policy = RetryPolicy.parse(key + "=" + nanos + "ns");

        assertThat(RetryPolicy.parse(policy.toString())).isEqualTo(policy);
    }

    @Provide
    Arbitrary<String> durationKeys() {
        return Arbitraries.of(
                "base-delay",
                "max-delay",
                "backoff=linear increment",
                "total-timeout",
                "attempt-timeout",
                "retry-after-limit",
                "on.503.base-delay",
                "on.503.max-delay",
                "base-delay=2400h attempt-timeout");
    }

    @Test
    void parse_ofABaseDelayThatNoTotalTimeoutHolds_hasNone() {
        assertThat(RetryPolicy.parse("base-delay=2400h").limits().totalTimeout())
                .isEmpty();
        assertThat(RetryPolicy.parse("on.503.base-delay=2400h").limits().totalTimeout())
                .isEmpty();
        assertThat(RetryPolicy.parse("base-delay=2399h").limits().totalTimeout())
                .contains(Duration.ofDays(100));
    }

    @Property
    void toBuilder_ofAnyPolicy_buildsAnEqualPolicy(@ForAll long seed) {
        RetryPolicy policy = new Policies(seed).builder().build();
        assertThat(policy.toBuilder().build()).isEqualTo(policy);
        assertThat(policy.toBuilder().maxAttempts(7).build().limits().maxAttempts())
                .isEqualTo(7);
    }

    @Property(tries = 500)
    void equals_ofPoliciesOfDifferentText_isFalse(@ForAll long one, @ForAll long other) {
        RetryPolicy first = new Policies(one).builder().build();
        RetryPolicy second = new Policies(other).builder().build();
        assertThat(first.equals(second)).isEqualTo(first.toString().equals(second.toString()));
    }

    @Test
    void equals_ofPoliciesThatDifferInOneKey_isFalse() {
        List<RetryPolicy> all = new ArrayList<>();
        for (String text : List.of(
                "",
                "max-attempts=4",
                "unbounded=why",
                "backoff=fixed",
                "base-delay=1s",
                "multiplier=3",
                "max-delay=10s",
                "jitter=equal",
                "total-timeout=1m",
                "attempt-timeout=1s",
                "retry-after=cap",
                "retry-after-limit=1s",
                "budget=off",
                "budget=10%",
                "clients=1000",
                "clients=1001",
                "retry-on=503",
                "stop-on=503",
                "on.503.max-attempts=4",
                "on.503.base-delay=1s")) {
            all.add(RetryPolicy.parse(text));
        }
        assertThat(all).doesNotHaveDuplicates();
        assertThat(RetryPolicy.defaults()).isNotEqualTo("policy").isEqualTo(RetryPolicy.parse(" \t\r\n"));
    }

    @Test
    void toString_ofTheDefaults_showsEveryValueThatApplies() {
        assertThat(RetryPolicy.defaults())
                .hasToString("max-attempts=3 backoff=exponential base-delay=100ms multiplier=2 max-delay=20s"
                        + " jitter=full total-timeout=30s retry-after=honour retry-after-limit=1m"
                        + " budget=fleet");
    }

    @Test
    void toString_ofPartsWrittenInCode_saysCustom_andParseRefusesIt() {
        RetryPolicy backoff =
                RetryPolicy.builder().backoff((attempt, roll) -> 5).build();
        RetryPolicy classifier =
                RetryPolicy.builder().classifier(outcome -> Verdict.accept()).build();
        RetryPolicy result = RetryPolicy.builder()
                .retryOnResult(String.class, String::isEmpty)
                .build();
        assertThat(backoff.toString()).contains("backoff=(custom)").doesNotContain("base-delay", "jitter");
        assertThat(classifier.toString()).contains("classifier=(custom)");
        assertThat(result.toString()).contains("retry-on-result=(custom)");
        for (RetryPolicy policy : List.of(backoff, classifier, result)) {
            assertThatThrownBy(() -> RetryPolicy.parse(policy.toString()))
                    .isInstanceOf(InvalidPolicyException.class)
                    .hasMessageContaining("=(custom): ")
                    .hasMessageContaining("no text form")
                    .hasMessageContaining("builder");
        }
    }

    @Test
    void toBuilder_ofPartsWrittenInCode_keepsThem() {
        Backoff five = (attempt, roll) -> 5;
        Classifier accepting = outcome -> Verdict.accept();
        RetryPolicy policy =
                RetryPolicy.builder().backoff(five).classifier(accepting).build();
        RetryPolicy more = policy.toBuilder().maxAttempts(9).build();
        assertThat(more.backoff()).isSameAs(five);
        assertThat(more.classifier()).isSameAs(accepting);
        assertThat(more.limits().maxAttempts()).isEqualTo(9);
        assertThat(policy.toBuilder().build()).isEqualTo(policy);
        assertThat(policy.toBuilder().backoff(BackoffKind.FIXED).build().toString())
                .contains("backoff=fixed base-delay=100ms");
        RetryPolicy result = RetryPolicy.builder()
                .retryOnResult(String.class, String::isEmpty)
                .build();
        assertThat(result.toBuilder().maxAttempts(9).build().classify(Outcome.success("")))
                .isEqualTo(Verdict.transientError(ErrorKind.RESULT));
    }

    @Test
    void parse_ofQuotedValues_takesThemAsTheyAre() {
        RetryPolicy policy = RetryPolicy.parse("unbounded=\"polls \\\"for\\\" ever \\\\\"\tjitter=equal");
        assertThat(policy.limits().unboundedReason()).contains("polls \"for\" ever \\");
        assertThat(RetryPolicy.parse("unbounded=a\\b").limits().unboundedReason())
                .contains("a\\b");
        assertThat(RetryPolicy.parse("max-attempts=\"4\"").limits().maxAttempts())
                .isEqualTo(4);
    }
}
