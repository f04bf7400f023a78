package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every warning once where it is due, and once where it just is not. */
class LintTest {

    private static List<String> codes(String policy) {
        return Explanation.of(RetryPolicy.parse(policy)).warnings().stream()
                .map(Explanation.Warning::code)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // the code | a policy that has it | one that just has not | what the message names
                "unbounded-attempts | unbounded=because | max-attempts=1000000000 | because",
                "no-retries | max-attempts=1 | max-attempts=2 | max-attempts=1",
                "no-retries | max-attempts=1 on.timeout.max-attempts=1 | max-attempts=1 on.timeout.max-attempts=5 | ever",
                "retries-by-rule-only | max-attempts=1 on.timeout.max-attempts=5 | max-attempts=1 on.timeout.base-delay=1s | timeout (5 attempts)",
                "retries-by-rule-only | max-attempts=1 on.io.max-attempts=2 on.503.max-attempts=3 | max-attempts=2 on.io.max-attempts=3 | 503 (3 attempts), io (2 attempts)",
                "retry-on-without-effect | retry-on=503 on.503.max-attempts=1 | retry-on=503 on.503.max-attempts=2 | retry-on=503 has no effect",
                "retry-on-without-effect | retry-on=io max-attempts=1 on.io.base-delay=1s | retry-on=io on.503.max-attempts=1 | on.io",
                "retries-permanent-error | retry-on=grpc:NOT_FOUND | retry-on=grpc:UNAVAILABLE | grpc:NOT_FOUND",
                "retries-permanent-error | retry-on=sqlstate:23 | retry-on=sqlstate:40 | sqlstate:23",
                "unknown-error-name | retry-on=tiemout | retry-on=tremolo | did you mean 'timeout'?",
                "unknown-error-name | stop-on=grpc-unavailabel | stop-on=grpc-unavailable | did you mean 'grpc-unavailable'?",
                "unknown-error-name | retry-on=sqll | retry-on=abc | did you mean 'sql'?",
                "no-retries | stop-on=any | stop-on=503 | stop-on=any",
                "no-retries | stop-on=any | stop-on=any retry-on=503 | stop-on=any",
                "long-delay | base-delay=61s | base-delay=1m | 61s",
                "many-attempts | max-attempts=11 | max-attempts=10 | 11 attempts",
                "many-attempts | on.timeout.max-attempts=11 | on.timeout.max-attempts=10 | on.timeout.max-attempts=11",
                "no-total-timeout | total-timeout=off | total-timeout=10h | total-timeout",
                "schedule-does-not-fit | max-attempts=4 backoff=fixed base-delay=10s | max-attempts=4 backoff=fixed base-delay=9s | 30s",
                "schedule-does-not-fit | unbounded=x | unbounded=x total-timeout=off | 30s",
                "attempt-timeouts-exceed-total | attempt-timeout=11s | attempt-timeout=10s | 3 attempts of 11s",
                "attempt-timeouts-exceed-total | attempt-timeout=11s | attempt-timeout=11s total-timeout=off | 30s",
                "attempt-timeouts-exceed-total | attempt-timeout=11s | attempt-timeout=11s unbounded=x | 30s",
                "no-delay | backoff=immediate | base-delay=1ns | at once",
                "no-delay | backoff=fixed base-delay=0ms | backoff=immediate max-attempts=1 | at once",
                "no-delay | on.503.backoff=immediate | on.503.backoff=immediate on.503.max-attempts=1 | on.503",
                "short-delay | base-delay=4999us | base-delay=5ms | 4999us",
                "short-delay | on.503.base-delay=1ms | on.503.base-delay=5ms | on.503: a base delay of 1ms",
                "no-jitter | jitter=none | jitter=equal | jitter=full",
                "no-jitter | backoff=decorrelated base-delay=1s max-delay=1s | backoff=decorrelated base-delay=1s max-delay=2s | decorrelated",
                "hints-ignored | retry-after=ignore | retry-after=cap | honour",
                "hints-capped | retry-after=cap retry-after-limit=7s | retry-after=honour | 7s",
                "retries-everything | retry-on=any | retry-on=503 | retry-on=any",
                "retries-everything | retry-on=java.lang.RuntimeException | stop-on=java.lang.RuntimeException | RuntimeException",
                "retries-everything | retry-on=java.lang.Exception | retry-on=java.io.IOException | java.lang.Exception",
                "retries-everything | retry-on=java.lang.Throwable | retry-on=timeout | java.lang.Throwable",
                "retries-permanent-error | retry-on=404 | retry-on=408 | 404",
                "retries-permanent-error | retry-on=java.lang.NullPointerException | stop-on=404 | NullPointerException",
                "rule-without-effect | stop-on=503 on.503.max-attempts=5 | stop-on=504 on.503.max-attempts=5 | on.503",
                "unknown-error-name | retry-on=timeot | retry-on=timeout | did you mean 'timeout'?",
                "unknown-error-name | on.conect.max-attempts=4 | on.my-own-kind.max-attempts=4 | did you mean 'connect'?",
                "no-budget | budget=off max-attempts=4 | budget=10% | 4 times",
                "budget-per-client | budget=success:0.5/20/10 | budget=success:0.5/20/10.5 | may retry 2 overload signals at once",
                "budget-per-client | budget=10% | budget=success:0.1/10/10 | 10 overload signals",
                "budget-per-client | budget=aws-2.0 | budget=fleet | 50 overload signals",
                "budget-per-client | budget=aws-2.1 | budget=grpc:10/0.1 | about 1000 clients on",
            })
    void warning_whereItIsDue_isGivenOnceAndSaysWhy(String code, String due, String notDue, String named) {
        assertThat(codes(due)).as(due).containsOnlyOnce(code);
        assertThat(codes(notDue)).as(notDue).doesNotContain(code);
        String message = Explanation.of(RetryPolicy.parse(due)).warnings().stream()
                .filter(warning -> warning.code().equals(code))
                .map(Explanation.Warning::message)
                .collect(Collectors.joining());
        assertThat(message).contains(named);
    }

    @Test
    void warnings_ofTheDefaults_areNone() {
        assertThat(codes("")).isEmpty();
    }

    @Test
    void warnings_ofRandomPolicies_areAmongTheKnownCodes() {
        Set<String> seen = new TreeSet<>();
        for (int seed = 0; seed < 600; seed++) {
            for (Explanation.Warning warning :
                    Explanation.of(new Policies(seed).builder().build()).warnings()) {
                seen.add(warning.code());
                assertThat(warning.message()).isNotBlank();
            }
        }
        assertThat(Acknowledgements.CODES).containsAll(seen);
    }

    @Test
    void acknowledgedWarning_isNotGiven_andTheOthersAre() {
        assertThat(codes("jitter=none budget=off acknowledge=no-jitter")).containsExactly("no-budget");
        assertThat(codes("jitter=none budget=off acknowledge=no-jitter,no-budget"))
                .isEmpty();
        RetryPolicy policy = RetryPolicy.parse("jitter=none acknowledge=no-jitter");
        assertThat(Explanation.of(policy.toBuilder()
                                .settings(Map.of("budget", "off", "acknowledge", "no-budget"))
                                .build())
                        .warnings())
                .as("inherited and given")
                .isEmpty();
        assertThat(Explanation.of(policy.withClassifier(policy.classifier())).warnings())
                .isEmpty();
        assertThat(policy.withHedging(2).acknowledged()).containsExactly("no-jitter");
    }

    @Test
    void acknowledgement_isPartOfTheText_andOfThePolicy() {
        RetryPolicy policy = RetryPolicy.parse("budget=off jitter=none acknowledge=no-jitter,no-budget");
        assertThat(policy.toString()).endsWith(" acknowledge=no-budget,no-jitter");
        assertThat(RetryPolicy.parse(policy.toString())).isEqualTo(policy);
        assertThat(policy).isNotEqualTo(RetryPolicy.parse("budget=off jitter=none"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no-jiter | acknowledge=no-jiter: is the code of no warning, such as no-jitter; did you mean 'no-jitter'?",
                "no-jitter, | acknowledge=no-jitter,: '' is the code of no warning, such as no-jitter; use one of attempt-timeouts-exceed-total, budget"
            })
    void acknowledgement_ofNoWarning_isRejected(String codes, String message) {
        assertThatThrownBy(() -> RetryPolicy.of(Map.of("acknowledge", codes)))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void ruleForWhatIsNotRetried_isWithoutEffect() {
        assertThat(codes("on.404.max-attempts=5")).contains("rule-without-effect");
        assertThat(codes("on.404.max-attempts=5 retry-on=404")).doesNotContain("rule-without-effect");
        assertThat(codes("on.404.max-attempts=5 retry-on=4xx")).doesNotContain("rule-without-effect");
        assertThat(codes("on.404.max-attempts=1")).doesNotContain("rule-without-effect");
        assertThat(codes("on.503.max-attempts=5")).doesNotContain("rule-without-effect");
    }
}
