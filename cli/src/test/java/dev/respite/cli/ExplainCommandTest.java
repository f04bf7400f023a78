package dev.respite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ExplainCommandTest {

    @Test
    void json_ofTheDefaults_hasTheScheduleAndNoWarning() {
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
    void json_ofTheCourse_isTheCourses() {
        JsonNode json = Cli.run("explain", "preset=course", "--json").json();

        assertRetry(json, 0, 1_000, 1_500, 2_000);
        assertRetry(json, 1, 2_000, 3_000, 4_000);
        assertThat(json.get("policy").asString()).contains("on.timeout.max-attempts=5");
    }

    @Test
    void json_fractionsOfAMillisecond_areKept() {
        JsonNode json =
                Cli.run("explain", "base-delay=900us", "jitter=none", "--json").json();

        assertRetry(json, 0, 0.9, 0.9, 0.9);
        assertThat(Cli.run("explain", "base-delay=1ns jitter=full", "--json").out())
                .contains("\"meanMs\" : 0.0000005")
                .contains("\"maxMs\" : 0.000001");
    }

    @Test
    void json_ofAnUnboundedPolicy_hasNoWorstWait() {
        JsonNode json =
                Cli.run("explain", "unbounded=\"a batch job\"", "--json").json();

        assertThat(json.get("worstWaitMs").isNull()).isTrue();
        assertThat(codes(json)).contains("unbounded-attempts");
        assertThat(json.get("amplification").get(2).get("ordinaryWithoutBudget").isNull())
                .isTrue();
    }

    @Test
    void json_amplification_isLessWithTheBudget() {
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
    void json_ofAPolicyWithAFault_warns(String policy, String code) {
        JsonNode json = Cli.run("explain", policy, "--json").json();

        assertThat(codes(json)).contains(code);
        assertThat(json.get("warnings").get(0).get("message").asString()).isNotBlank();
    }

    @Test
    void method_thatIsUnsafe_warnsUnlessKeyed() {
        assertThat(codes(Cli.run("explain", "--method", "POST", "--json").json()))
                .contains("unsafe-without-key");
        assertThat(codes(Cli.run("explain", "--method", "POST", "--keyed", "--json")
                        .json()))
                .isEmpty();
        assertThat(codes(Cli.run("explain", "--method", "PUT", "--json").json()))
                .isEmpty();
    }

    @Test
    void policy_inSeveralArguments_isOne() {
        assertThat(Cli.run("explain", "max-attempts=4", "base-delay=1s", "--json")
                        .json()
                        .get("policy"))
                .isEqualTo(Cli.run("explain", "max-attempts=4 base-delay=1s", "--json")
                        .json()
                        .get("policy"));
    }

    @Test
    void policy_thatIsRefused_isSaidWithTheWayOut() {
        Cli.Run run = Cli.run("explain", "max-atempts=4");

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr()).contains("unknown key 'max-atempts'; did you mean 'max-attempts'?");
        assertThat(run.stderr()).doesNotContain("Exception");
    }

    @Test
    void text_isReadable() {
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
