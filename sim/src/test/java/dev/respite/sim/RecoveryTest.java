package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Scenario;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a service needs after a fault, under each published budget. Never is written as −1. */
class RecoveryTest {

    private static final String SCHEDULE = "max-attempts=4 backoff=fixed base-delay=50ms jitter=none budget=";

    private static final double[] UTILISATIONS = {0.5, 0.7, 0.9, 0.95};

    @ParameterizedTest
    @CsvSource({
        "aws-2.1,     8, 13, 40, 81",
        "grpc:10/0.1, 1,  3,  9, 20",
        "10%,         3,  5, 15, 32",
        "off,        -1, -1, -1, -1",
        "success:0.5/20/10, 1, 2, 7, 16"
    })
    void afterAPause_ofASmallServer_isAsPublished(String budget, int u50, int u70, int u90, int u95) {
        int[] published = {u50, u70, u90, u95};
        for (int i = 0; i < published.length; i++) {
            OptionalInt took = pause(10, UTILISATIONS[i], SCHEDULE + budget);
            String about = budget + " at " + UTILISATIONS[i];
            if (published[i] < 0) {
                assertThat(took).as(about).isEmpty();
            } else {
                // A simplified model: the order is to be trusted, so a fifth is allowed, and two seconds.
                int slack = 2 + published[i] / 5;
                assertThat(took.orElseThrow()).as(about).isBetween(published[i] - slack, published[i] + slack);
            }
        }
    }

    @Test
    void afterAPause_withoutRetries_isTheTimeThatTheQueueNeeds() {
        assertThat(pause(10, 0.5, "max-attempts=1")).hasValue(1);
        assertThat(pause(10, 0.7, "max-attempts=1")).hasValue(1);
        assertThat(pause(10, 0.9, "max-attempts=1")).hasValue(5);
        assertThat(pause(10, 0.95, "max-attempts=1").orElseThrow()).isBetween(11, 12);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.7, 0.9, 0.95})
    void afterAPause_ourDefaults_takeNoMoreThanAThirdLongerAndTwoSeconds(double utilisation) {
        int none = pause(10, utilisation, "max-attempts=1").orElseThrow();
        int limit = (int) Math.ceil(1.3 * none + 2);
        assertThat(pause(10, utilisation, "").orElseThrow()).isLessThanOrEqualTo(limit);
        assertThat(pause(10, utilisation, 5, "").orElseThrow()).isLessThanOrEqualTo(limit);
    }

    @Test
    void afterAPause_theOrderOfTheBudgets_isThePublishedOne() {
        String[] fromBest = {"success:0.5/20/10", "grpc:10/0.1", "10%", "aws-2.1", "aws-2.0"};
        int before = pause(10, 0.9, "max-attempts=1").orElseThrow();
        for (String budget : fromBest) {
            int took = pause(10, 0.9, SCHEDULE + budget).orElseThrow();
            assertThat(took).as(budget).isGreaterThan(before);
            before = took;
        }
    }

    @Tag("slow")
    @Test
    void metastable_naiveRetries_keepTheStoreDownPermanently() {
        Scenario scenario = BuiltIn.named("metastable").scenario();
        Map<String, RetryPolicy> policies = BuiltIn.named("metastable").policies();
        SimulationResult naive = Simulation.simulate(scenario, policies.get("naive"));
        assertThat(naive.recoverySeconds()).isEmpty();
        assertThat(naive.goodputAfter()).isLessThan(1);
        SimulationResult once =
                Simulation.simulate(scenario, RetryPolicy.parse("max-attempts=2 backoff=immediate budget=off"));
        assertThat(once.recoverySeconds()).isEmpty();
        // One retry: 280 a second become 560 permanently, as the paper says.
        assertThat(RecoveryTime.meanAfter(onlyRequests(once))).isBetween(530.0, 590.0);
        SimulationAssert.assertThat(Simulation.simulate(scenario, policies.get("respite")))
                .recoversWithin(Duration.ofSeconds(5))
                .amplifiesAtMost(1.05);
    }

    private static Series onlyRequests(SimulationResult result) {
        Series series = result.series();
        List<Double> requests = series.requests();
        return new Series(
                series.calls(), requests, requests, requests, series.queue(), series.budget(), series.overloadBudget());
    }

    /** The published table has one client. */
    private static OptionalInt pause(double rate, double utilisation, String policy) {
        return pause(rate, utilisation, 1, policy);
    }

    private static OptionalInt pause(double rate, double utilisation, int clients, String policy) {
        Scenario scenario = BuiltIn.named("pause")
                .scenario(Map.of(
                        "rate", ValueFormat.format(rate),
                        "utilisation", Double.toString(utilisation),
                        "clients", Integer.toString(clients)));
        return Simulation.simulate(scenario, RetryPolicy.parse(policy)).recoverySeconds();
    }
}
