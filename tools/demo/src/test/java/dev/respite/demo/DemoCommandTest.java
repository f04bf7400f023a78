package dev.respite.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.Explanation;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class DemoCommandTest {

    private static final Set<TransferFault> EFFECTIVE =
            EnumSet.of(TransferFault.RESET_AFTER, TransferFault.ERROR_AFTER, TransferFault.NONE);

    @ParameterizedTest
    @CsvSource({"2, --async=false", "3, --async=true"})
    void demo_anySeed_isCleanOnlyWithRespite(long seed, String async) {
        Program.Run run = Program.run("demo", async, "--transfers", "40", "--seed", Long.toString(seed), "--metrics");

        assertThat(run.code()).as(run.err() + run.out()).isZero();
        for (ClientStrategy strategy : ClientStrategy.values()) {
            assertThat(figure(run, "transfers", strategy)).isEqualTo(40);
            assertThat(figure(run, "succeeded", strategy) + figure(run, "failed", strategy))
                    .isEqualTo(40);
            assertThat(figure(run, "requests at the server", strategy))
                    .isPositive()
                    .isLessThanOrEqualTo(attempts(run, strategy));
            assertThat(figure(run, "money after", strategy)).isEqualTo(figure(run, "money before", strategy));
        }
        assertThat(figure(run, "failed", ClientStrategy.NONE)).isPositive();
        assertThat(attempts(run, ClientStrategy.NONE)).isEqualTo(40);
        assertThat(figure(run, "run twice", ClientStrategy.NONE)).isZero();
        assertThat(figure(run, "run twice", ClientStrategy.NAIVE)).isPositive();
        assertThat(figure(run, "succeeded", ClientStrategy.RESPITE)).isEqualTo(40);
        assertThat(figure(run, "run twice", ClientStrategy.RESPITE)).isZero();
        assertThat(figure(run, "money discrepancy", ClientStrategy.RESPITE)).isZero();
        assertThat(attempts(run, ClientStrategy.RESPITE)).isGreaterThan(40);

        assertThat(run.out())
                .contains("respite_calls_total{name=\"transfers\",outcome=\"success\",reason=\"accepted\"} 40.0")
                .contains("respite_attempts_total{error=\"none\",name=\"transfers\"} 40.0")
                .containsPattern("respite_attempts_total\\{error=\"50[03]\",name=\"transfers\"} [1-9]");

        assertFollows(new FaultScript(seed, true), 1, run, ClientStrategy.NONE);
        assertFollows(new FaultScript(seed, true), 4, run, ClientStrategy.NAIVE);
        // A kill of the bank interrupts further attempts.
        assertThat(attempts(run, ClientStrategy.RESPITE))
                .isGreaterThanOrEqualTo(expected(new FaultScript(seed, true), FaultScript.SERVED_EVERY)
                        .attempts());
    }

    /** Returns a cell of the table. */
    private static double figure(Program.Run run, String label, ClientStrategy strategy) {
        String row = run.out()
                .lines()
                .filter(line -> line.matches(label + "  .*"))
                .findFirst()
                .orElseThrow();
        String[] cells = row.substring(label.length()).strip().split(" +", -1);
        return Double.parseDouble(cells[List.of(ClientStrategy.values()).indexOf(strategy)].replace(",", ""));
    }

    /** Returns the attempts of all 40 transfers, which the table has for each, with two decimals. */
    private static double attempts(Program.Run run, ClientStrategy strategy) {
        return Math.round(40 * figure(run, "attempts per call", strategy));
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

    private static void assertFollows(FaultScript script, int maxAttempts, Program.Run run, ClientStrategy strategy) {
        Expected expected = expected(script, maxAttempts);
        assertThat(attempts(run, strategy)).isEqualTo(expected.attempts());
        assertThat(figure(run, "failed", strategy)).isEqualTo(expected.failed());
        assertThat(figure(run, "run twice", strategy)).isEqualTo(expected.duplicated());
        assertThat(figure(run, "requests at the server", strategy)).isEqualTo(expected.attempts() - expected.refused());
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
