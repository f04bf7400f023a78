package dev.respite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ExplainCommandTest {

    @Test
    void json_defaults_hasScheduleAndNoWarning() {
        JsonNode json = Cli.run("explain", "--json").json();

        assertThat(json.get("policy").asString())
                .isEqualTo(RetryPolicy.defaults().toString());
        assertThat(json.get("retries")).hasSize(2);
        assertRetry(json, 0, 0, 50, 100);
        assertRetry(json, 1, 0, 100, 200);
        assertThat(json.get("worstWaitMs").asDouble()).isEqualTo(300);
        assertThat(json.get("fitsTotalTimeout").asBoolean()).isTrue();
        assertThat(json.get("warnings")).isEmpty();
    }

    @Test
    void json_coursePreset_hasScheduleOfCourse() {
        JsonNode json = Cli.run("explain", "preset=course", "--json").json();

        assertRetry(json, 0, 1_000, 1_500, 2_000);
        assertRetry(json, 1, 2_000, 3_000, 4_000);
        assertThat(json.get("policy").asString()).contains("on.timeout.max-attempts=5");
    }

    @Test
    void json_fractionsOfMillisecond_areKept() {
        JsonNode json =
                Cli.run("explain", "base-delay=900us", "jitter=none", "--json").json();

        assertRetry(json, 0, 0.9, 0.9, 0.9);
        assertThat(Cli.run("explain", "base-delay=1ns jitter=full", "--json").out())
                .contains("\"meanMs\" : 0.0000005")
                .contains("\"maxMs\" : 0.000001");
    }

    @Test
    void json_unboundedPolicy_hasNoWorstWait() {
        JsonNode json =
                Cli.run("explain", "unbounded=\"a batch job\"", "--json").json();

        assertThat(json.get("worstWaitMs").isNull()).isTrue();
        assertThat(codes(json)).contains("unbounded-attempts");
        assertThat(json.get("amplification").get(2).get("ordinaryWithoutBudget").isNull())
                .isTrue();
    }

    @Test
    void json_amplification_isLowerWithBudget() {
        JsonNode outage = Cli.run("explain", "max-attempts=4", "--json")
                .json()
                .get("amplification")
                .get(2);

        assertThat(outage.get("failureRate").asDouble()).isEqualTo(1);
        assertThat(outage.get("ordinaryWithoutBudget").asDouble()).isEqualTo(4);
        assertThat(outage.get("overloadWithoutBudget").asDouble()).isEqualTo(4);
        assertThat(outage.get("ordinary").asDouble()).isEqualTo(1);
        assertThat(outage.get("overload").asDouble()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "jitter=none,no-jitter",
        "budget=off,no-budget",
        "retry-on=any,retries-everything",
        "max-attempts=20,many-attempts"
    })
    void json_policyWithFault_hasWarning(String policy, String code) {
        JsonNode json = Cli.run("explain", policy, "--json").json();

        assertThat(codes(json)).contains(code);
        assertThat(json.get("warnings").get(0).get("message").asString()).isNotBlank();
    }

    @Test
    void durable_policy_printsWhenACallGivesUp() {
        JsonNode json = Cli.run("explain", "--durable", "max-attempts=20 max-delay=1h total-timeout=7d", "--json")
                .json();

        assertThat(codes(json)).contains("gives-up-early").doesNotContain("many-attempts");
        assertThat(Cli.run("explain", "--durable", "max-attempts=unlimited max-delay=1h total-timeout=7d")
                        .out())
                .contains("gives-up-after", "within 168 h");
    }

    @Test
    void method_unsafe_warnsWithoutKey() {
        assertThat(codes(Cli.run("explain", "--method", "POST", "--json").json()))
                .contains("unsafe-without-key");
        assertThat(codes(Cli.run("explain", "--method", "POST", "--keyed", "--json")
                        .json()))
                .isEmpty();
        assertThat(codes(Cli.run("explain", "--method", "PUT", "--json").json()))
                .isEmpty();
    }

    @Test
    void policy_severalArguments_areJoined() {
        assertThat(Cli.run("explain", "max-attempts=4", "base-delay=1s", "--json")
                        .json()
                        .get("policy"))
                .isEqualTo(Cli.run("explain", "max-attempts=4 base-delay=1s", "--json")
                        .json()
                        .get("policy"));
    }

    @Test
    void argument_valueWithSpaces_isOnePair() {
        assertThat(Cli.run("explain", "unbounded=needs it \\o/", "jitter=none", "--json")
                        .json()
                        .get("policy")
                        .asString())
                .contains("unbounded=\"needs it \\\\o/\"")
                .contains("jitter=none");
        assertThat(Cli.run("explain", "max-attempts=5 or so").stderr())
                .contains("max-attempts=5 or so: expected a whole number");
    }

    @Test
    void option_policyKey_suggestsPair() {
        for (String[] line :
                new String[][] {{"--max-attempts", "4"}, {"--max-attempts=4"}, {"--json", "--max-attempts", "4"}}) {
            Cli.Run run =
                    Cli.run(Stream.concat(Stream.of("explain"), Stream.of(line)).toArray(String[]::new));
            assertThat(run.code()).isEqualTo(64);
            assertThat(run.stderr()).contains("; write max-attempts=4\n");
        }
    }

    @Test
    void rule_hasOwnSchedule() {
        String[] policy = {"max-attempts=3", "jitter=none", "on.timeout.base-delay=10s", "on.503.max-attempts=2"};
        Cli.Run run =
                Cli.run(Stream.concat(Stream.of("explain"), Stream.of(policy)).toArray(String[]::new));
        JsonNode rules = Cli.run(Stream.concat(Stream.of("explain", "--json"), Stream.of(policy))
                        .toArray(String[]::new))
                .json()
                .get("rules");

        assertThat(run.out())
                .containsPattern("After 503, by its own rule:\n +retry +least +mean +greatest\n"
                        + " +1 +100 ms +100 ms +100 ms\n  After timeout")
                .containsPattern("After timeout, by its own rule:\n.*\n +1 +10 s +10 s +10 s\n +2 +20 s +20 s +20 s\n")
                .contains("All together at most 30 s (timeout), which does not fit");
        assertThat(rules.get(0).get("error").asString()).isEqualTo("503");
        assertThat(rules.get(0).get("retries")).hasSize(1);
        assertRetry(rules.get(1), 1, 20_000, 20_000, 20_000);
        assertThat(rules.get(1).get("worstWaitMs").asDouble()).isEqualTo(30_000);
    }

    @Test
    void rule_withGeneralSchedule_isNotPrinted() {
        assertThat(Cli.run("explain", "preset=course").out())
                .contains("After timeout, by its own rule:", "After 400, by its own rule:\n  There is no retry.")
                .doesNotContain("After 503");
    }

    /** Every rule of a policy can be explained, and the longest one determines the total delay. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "preset=course",
                "preset=aws-standard-2.0",
                "preset=aws-standard-2.1",
                "preset=grpc on.timeout.backoff=immediate",
                "backoff=linear on.503.backoff=fibonacci on.429.increment=2s",
                "total-timeout=5s on.429.base-delay=4s on.429.max-attempts=9",
                "on.timeout.base-delay=40s",
                "unbounded=\"a batch\" on.503.max-attempts=4 on.reset.backoff=decorrelated",
                "max-attempts=1 on.503.max-attempts=4"
            })
    void rules_anyPolicy_areExplained(String policy) {
        JsonNode json = Cli.run("explain", policy, "--json").json();
        Cli.Run text = Cli.run("explain", policy);

        assertThat(text.code()).isZero();
        assertThat(text.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        if (!json.get("worstWaitMs").isNull()) {
            double listed = 0;
            for (JsonNode retry : json.get("retries")) {
                listed += retry.get("maxMs").asDouble();
            }
            for (JsonNode rule : json.get("rules")) {
                listed = Math.max(listed, rule.get("worstWaitMs").asDouble());
            }
            assertThat(json.get("worstWaitMs").asDouble())
                    .isCloseTo(listed, org.assertj.core.api.Assertions.within(1e-5));
        }
    }

    @Test
    void policy_invalid_isRejectedWithRemedy() {
        Cli.Run run = Cli.run("explain", "max-atempts=4");

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr()).contains("unknown key 'max-atempts'; did you mean 'max-attempts'?");
        assertThat(run.stderr()).doesNotContain("Exception");
    }

    @Test
    void text_policy_hasAllSections() {
        Cli.Run run = Cli.run("explain", "preset=grpc", "jitter=none");

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("Policy\n  max-attempts=4 backoff=exponential")
                .containsPattern("retry +least +mean +greatest\n +1 +100 ms +100 ms +100 ms\n +2 +200 ms")
                .contains("All together at most 700 ms, which fits the total timeout of 30 s.")
                .contains("no-jitter");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(run.stderr()).isEmpty();
    }

    private static Iterable<String> codes(JsonNode json) {
        return StreamSupport.stream(json.get("warnings").spliterator(), false)
                .map(warning -> warning.get("code").asString())
                .toList();
    }

    private static void assertRetry(JsonNode json, int index, double min, double mean, double max) {
        JsonNode retry = json.get("retries").get(index);
        assertThat(retry.get("number").asInt()).isEqualTo(index + 1);
        assertThat(retry.get("minMs").asDouble()).isEqualTo(min);
        assertThat(retry.get("meanMs").asDouble()).isEqualTo(mean);
        assertThat(retry.get("maxMs").asDouble()).isEqualTo(max);
    }
}
