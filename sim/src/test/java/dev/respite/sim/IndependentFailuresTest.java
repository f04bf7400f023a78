package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Scenario;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attempts that fail by chance: closed forms without a budget, and what each published budget was found to do. */
@Tag("slow")
class IndependentFailuresTest {

    @ParameterizedTest
    @CsvSource({"0.1, 2", "0.3, 3", "0.5, 3", "0.5, 5", "1.0, 4"})
    void withoutBudget_attemptsAndSuccess_areTheGeometricSums(double p, int attempts) {
        SimulationResult result = run(p, "max-attempts=" + attempts + " budget=off total-timeout=10m");
        double calls = result.calls();
        double expected = p == 1 ? attempts : (1 - Math.pow(p, attempts)) / (1 - p);
        // The number of attempts of a call deviates by no more than sqrt(p)/(1 − p), and by no more than the limit.
        double deviation = Math.min(attempts, p == 1 ? 0 : Math.sqrt(p) / (1 - p)) / Math.sqrt(calls);
        assertThat(result.amplification()).isCloseTo(expected, within(4 * deviation + 1e-9));
        assertThat(result.succeeded() / calls).isCloseTo(1 - Math.pow(p, attempts), within(4 * 0.5 / Math.sqrt(calls)));
    }

    @ParameterizedTest
    @CsvSource({
        "off,         1.11, 1.24, 1.39, 1.75, 3.00",
        "aws-2.0,     1.11, 1.24, 1.39, 1.20, 1.00",
        "aws-2.1,     1.11, 1.24, 1.17, 1.07, 1.00",
        "grpc:10/0.1, 1.02, 1.00, 1.00, 1.00, 1.00",
        "10%,         1.10, 1.09, 1.08, 1.05, 1.03"
    })
    void attempts_ofEachPublishedBudget_areAsPublished(
            String budget, double p10, double p20, double p30, double p50, double p100) {
        double[] rates = {0.1, 0.2, 0.3, 0.5, 1.0};
        double[] expected = {p10, p20, p30, p50, p100};
        for (int i = 0; i < rates.length; i++) {
            SimulationResult result = run(rates[i], "max-attempts=3 budget=" + budget);
            assertThat(result.amplification())
                    .as("%s at p = %s", budget, rates[i])
                    .isCloseTo(expected[i], within(0.04));
        }
    }

    @ParameterizedTest
    @CsvSource({"0.2, 0.99", "0.3, 0.97"})
    void success_ofOurDefaults_atIndependentFailures_isHigh(double p, double least) {
        SimulationAssert.assertThat(run(p, "")).succeedsAtLeast(least - 0.01);
    }

    @ParameterizedTest
    @CsvSource({"timeout", "503"})
    void overloadSignals_areRetriedLess(String failure) {
        Scenario scenario =
                BuiltIn.named("independent-failures").scenario(Map.of("failureRate", "0.2", "failure", failure));
        SimulationResult result = Simulation.simulate(scenario, RetryPolicy.defaults());
        assertThat(result.amplification()).isBetween(1.01, 1.12);
    }

    private static SimulationResult run(double p, String policy) {
        // The published table has one client.
        Scenario scenario = BuiltIn.named("independent-failures")
                .scenario(Map.of("failureRate", Double.toString(p), "clients", "1"));
        return Simulation.simulate(scenario, RetryPolicy.parse(policy));
    }
}
