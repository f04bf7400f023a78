package dev.respite.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.Explanation;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Tag("slow")
class DemoCommandTest {

    private static final Set<TransferFault> EFFECTIVE =
            EnumSet.of(TransferFault.RESET_AFTER, TransferFault.ERROR_AFTER, TransferFault.NONE);

    @ParameterizedTest
    @CsvSource({"2, --async=false", "3, --async=true"})
    void demo_anySeed_isCleanOnlyWithRespite(long seed, String async) {
        Program.Run run =
                Program.run("demo", async, "--transfers", "40", "--seed", Long.toString(seed), "--json", "--metrics");

        assertThat(run.code()).as(run.err() + run.out()).isZero();
        JsonNode json = run.json();
        assertThat(json.propertyNames()).containsExactly("none", "naive", "respite");
        for (JsonNode strategy : json) {
            assertThat(strategy.get("transfers").asInt()).isEqualTo(40);
            assertThat(strategy.get("succeeded").asInt()
                            + strategy.get("failed").asInt())
                    .isEqualTo(40);
            assertThat(strategy.get("requests").asInt())
                    .isPositive()
                    .isLessThanOrEqualTo(strategy.get("attempts").asInt());
            assertThat(strategy.get("moneyAfter")).isEqualTo(strategy.get("moneyBefore"));
        }
        assertThat(json.get("none").get("failed").asInt()).isPositive();
        assertThat(json.get("none").get("attempts").asInt()).isEqualTo(40);
        assertThat(json.get("none").get("duplicated").asInt()).isZero();
        assertThat(json.get("naive").get("duplicated").asInt()).isPositive();
        JsonNode respite = json.get("respite");
        assertThat(respite.get("succeeded").asInt()).isEqualTo(40);
        assertThat(respite.get("duplicated").asInt()).isZero();
        assertThat(respite.get("moneyDiscrepancy").asInt()).isZero();
        assertThat(respite.get("attempts").asInt()).isGreaterThan(40);

        assertThat(run.err())
                .contains("respite_calls_total{name=\"transfers\",outcome=\"success\",reason=\"accepted\"} 40.0")
                .contains("respite_attempts_total{error=\"none\",name=\"transfers\"} 40.0")
                .containsPattern("respite_attempts_total\\{error=\"50[03]\",name=\"transfers\"} [1-9]");

        assertFollows(new FaultScript(seed, true), 1, json.get("none"));
        assertFollows(new FaultScript(seed, true), 4, json.get("naive"));
        // A kill of the bank interrupts further attempts.
        assertThat(respite.get("attempts").asInt())
                .isGreaterThanOrEqualTo(expected(new FaultScript(seed, true), FaultScript.SERVED_EVERY)
                        .attempts());
    }

    /** The results that follow from the script for 40 transfers of a client without a key. */
    private record Expected(int attempts, int failed, int duplicated, int refused) {}

    private static Expected expected(FaultScript script, int maxAttempts) {
        int attempts = 0;
        int failed = 0;
        int duplicated = 0;
        int refused = 0;
        for (int transfer = 0; transfer < 40; transfer++) {
            int run = 0;
            TransferFault fault = TransferFault.REFUSE;
            for (int attempt = 1; attempt <= maxAttempts && fault != TransferFault.NONE; attempt++) {
                fault = script.fault(transfer, attempt);
                attempts++;
                refused += fault == TransferFault.REFUSE ? 1 : 0;
                run += EFFECTIVE.contains(fault) ? 1 : 0;
            }
            failed += fault == TransferFault.NONE ? 0 : 1;
            duplicated += run > 1 ? 1 : 0;
        }
        return new Expected(attempts, failed, duplicated, refused);
    }

    private static void assertFollows(FaultScript script, int maxAttempts, JsonNode strategy) {
        Expected expected = expected(script, maxAttempts);
        assertThat(strategy.get("attempts").asInt()).isEqualTo(expected.attempts());
        assertThat(strategy.get("failed").asInt()).isEqualTo(expected.failed());
        assertThat(strategy.get("duplicated").asInt()).isEqualTo(expected.duplicated());
        assertThat(strategy.get("requests").asInt()).isEqualTo(expected.attempts() - expected.refused());
    }

    @Test
    void seed_notANumber_isRejected() {
        assertThat(Program.run("demo", "--seed", "x").err()).contains("'--seed': 'x' is not a long");
    }

    @Test
    void demo_text_hasPolicyBeforeTable() {
        Program.Run run = Program.run("demo", "--transfers", "20", "--seed", "5");

        assertThat(run.code()).as(run.err() + run.out()).isZero();
        assertThat(run.out().replaceAll("\\s+", " ")).contains("more time than the default: " + ClientStrategy.POLICY);
        assertThat(run.out())
                .containsSubsequence(
                        "policy",
                        "transfers",
                        "succeeded",
                        "failed",
                        "run twice",
                        "attempts per call",
                        "requests at the server",
                        "p50",
                        "p99",
                        "money before",
                        "money after",
                        "every transfer executed exactly once");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(run.err().lines()).hasSize(3);
    }

    /** The excluded warning is for fleets of clients; the demo has one client. */
    @Test
    void policy_ofDemo_hasNoWarning() {
        assertThat(Explanation.of(ClientStrategy.POLICY).warnings())
                .filteredOn(warning -> !warning.code().equals("budget-per-client"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "100001"})
    void transfers_outOfRange_isRejected(String transfers) {
        Program.Run run = Program.run("demo", "--transfers", transfers);

        assertThat(run.code()).isEqualTo(64);
        assertThat(run.err()).contains("--transfers").contains("1 to 100,000");
    }
}
