package dev.respite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The figures of simulations as JSON. */
class SimulationJsonTest {

    private static JsonNode metastable;

    @BeforeAll
    static void simulate() {
        metastable = Cli.run("simulate", "metastable", "--json").json();
    }

    @Test
    void json_metastable_recoversOnlyWithRespite() {
        JsonNode json = metastable;

        assertThat(json.get("scenario").asString()).isEqualTo("metastable");
        assertThat(json.get("seed").asLong()).isEqualTo(1);
        Map<String, JsonNode> runs = runs(json);
        assertThat(runs).containsOnlyKeys("none", "naive", "respite");
        assertThat(runs.get("naive").get("recoverySeconds").isNull()).isTrue();
        assertThat(runs.get("naive").get("goodputAfter").asDouble()).isLessThan(1);
        assertThat(runs.get("naive").get("series").get("budget").get(0).isNull())
                .isTrue();
        JsonNode ours = runs.get("respite");
        assertThat(ours.get("recoverySeconds").asInt()).isLessThanOrEqualTo(3);
        assertThat(ours.get("goodputBefore").asDouble()).isBetween(270.0, 290.0);
        assertThat(ours.get("amplification").asDouble())
                .isEqualTo(ours.get("attempts").asDouble() / ours.get("calls").asDouble(), within());
        assertThat(ours.get("succeeded").asLong()).isLessThan(ours.get("calls").asLong());
        assertThat(ours.get("p50Ms").asDouble()).isLessThan(ours.get("p99Ms").asDouble());
        assertThat(ours.get("peakRequestsPerSecond").asDouble()).isLessThan(400);
        assertThat(ours.get("series").get("requests")).hasSize(150);
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.api.Assertions.within(1e-5);
    }

    @Test
    void json_eachPolicy_hasConclusionCalmRunsAndStopReasons() {
        Map<String, JsonNode> runs = runs(metastable);

        JsonNode naive = runs.get("naive");
        assertThat(naive.get("conclusion").get("kind").asString()).isEqualTo("harm");
        assertThat(naive.get("conclusion").get("decidedBy").asString()).isEqualTo("recoverySeconds");
        assertThat(naive.get("conclusion").get("text").asString()).startsWith("Harm (recovery): it never recovers");
        assertThat(naive.get("conclusion").has("failureRate")).isFalse();
        assertThat(naive.get("conclusion").get("savedPoints").asDouble()).isBetween(-80.0, -78.0);
        assertThat(naive.get("conclusion").get("savedPointsError").asDouble()).isBetween(1.0, 30.0);
        assertThat(naive.get("answerP99Ms").asDouble()).isGreaterThan(4_000);
        assertThat(naive.get("wastedWorkMs").asDouble()).isGreaterThan(300_000);
        assertThat(naive.has("ranges")).isFalse();
        JsonNode ours = runs.get("respite");
        assertThat(ours.get("conclusion").get("failureRate").asDouble()).isEqualTo(0.05);
        assertThat(ours.get("calm"))
                .extracting(calm -> calm.get("failureRate").asDouble())
                .containsExactly(0.05, 0.2);
        assertThat(ours.get("calm").get(1).get("success").asDouble())
                .isGreaterThan(
                        runs.get("none").get("calm").get(1).get("success").asDouble());
        assertThat(ours.get("stopReasons").get("ACCEPTED").asDouble())
                .isEqualTo(ours.get("succeeded").asDouble());
        assertThat(ours.get("stopReasons").get("BUDGET_EXHAUSTED").asDouble()).isPositive();
    }

    @Test
    void json_severalSeeds_hasRanges_andPercentilesOfAllCalls() {
        JsonNode none = runs(Cli.run("simulate", "rate-limit", "--seeds", "3", "--only", "none", "--json")
                        .json())
                .get("none");
        JsonNode success = none.get("ranges").get("success");

        assertThat(success.get(0).asDouble()).isLessThan(success.get(1).asDouble());
        assertThat(none.get("success").asDouble())
                .isBetween(success.get(0).asDouble(), success.get(1).asDouble());
        assertThat(none.has("conclusion")).isTrue();
    }

    @Tag("slow")
    @Test
    void json_sameSeed_isIdentical() {
        String[] args = {"simulate", "brownout", "--seeds", "3", "--seed", "9", "--json"};
        assertThat(Cli.run(args).stdout()).isEqualTo(Cli.run(args).stdout());
    }

    @Test
    void json_thunderingHerd_hasStrategiesOfCourse() {
        JsonNode json = Cli.run("simulate", "thundering-herd", "--json").json();
        Map<String, JsonNode> runs = runs(json);
        assertThat(runs)
                .containsOnlyKeys(
                        "none", "immediate", "fixed", "linear", "exponential", "exponential + jitter", "respite");
        assertThat(runs.get("fixed").get("spreadMs").asDouble()).isZero();
        assertThat(runs.get("fixed").get("peakRetriesPer100ms").asInt()).isEqualTo(1_000);
        assertThat(runs.get("exponential + jitter").get("spreadMs").asDouble()).isGreaterThan(1_000);
        assertThat(runs.get("exponential + jitter").get("peakRetriesPer100ms").asInt())
                .isLessThan(200);
        assertThat(runs.get("linear").get("meanWaitMs").asDouble()).isGreaterThan(5_000);
    }

    @Tag("slow")
    @Test
    void latency_noCallSucceeds_isNull() {
        String[] args = {"simulate", "independent-failures", "--set", "failureRate=1", "--policy", "a=max-attempts=1"};
        assertThat(Cli.run(args).out().lines()).anyMatch(line -> line.matches("a +0\\.00%.* - +- .*"));
        JsonNode run = runs(Cli.run(Stream.concat(Stream.of(args), Stream.of("--json"))
                                .toArray(String[]::new))
                        .json())
                .get("a");
        assertThat(run.get("p50Ms").isNull()).isTrue();
        assertThat(run.get("p99Ms").isNull()).isTrue();
    }

    static Map<String, JsonNode> runs(JsonNode json) {
        Map<String, JsonNode> runs = new HashMap<>();
        json.get("runs").forEach(run -> runs.put(run.get("policy").asString(), run));
        return runs;
    }
}
