package dev.respite.sim.conclusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Comparison;
import dev.respite.sim.Figure;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.Series;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.conclusion.Conclusion.Kind;
import dev.respite.sim.conclusion.Evidence.Setting;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioBuilder;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The figures of runs that conclusions are drawn from. */
class EvidenceTest {

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");
    private static final RetryPolicy TWICE =
            RetryPolicy.parse("max-attempts=2 backoff=fixed base-delay=100ms jitter=none budget=off");
    private static final Load LOAD = Load.even("store", 20);
    private static final Fault ERRORS =
            Fault.errors("store", 1).at(Duration.ofSeconds(10)).duration(Duration.ofSeconds(5));

    private static ScenarioBuilder builder(double failures) {
        return Scenario.builder("made")
                .duration(Duration.ofSeconds(40))
                .service(Service.named("store").workers(10).failures(failures, 503));
    }

    private static Map<String, RetryPolicy> policies(
            String first, RetryPolicy policy, String second, RetryPolicy next) {
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        policies.put(first, policy);
        policies.put(second, next);
        return policies;
    }

    private static List<PolicySummary> run(Scenario scenario, int seeds) {
        return Comparison.of(scenario, policies("none", ONCE, "twice", TWICE))
                .seeds(1, seeds)
                .run(() -> {});
    }

    private static Evidence evidence(List<PolicySummary> summaries) {
        return Evidence.of(summaries.get(0), summaries.get(1));
    }

    /** 100 of 800 calls meet the errors; the last two of them retry after these. */
    @Test
    void conclusions_areOfEachPolicyInItsOrder() {
        Scenario scenario = builder(0).load(LOAD).fault(ERRORS).build();
        List<Conclusion> conclusions = Conclusion.of(
                Comparison.of(scenario, policies("twice", TWICE, "none", ONCE)).run(() -> {}));

        assertThat(conclusions).extracting(Conclusion::policy).containsExactly("twice", "none");
        assertThat(conclusions.get(0).kind()).isNotEqualTo(Kind.BASELINE);
        assertThat(conclusions.get(1).kind()).isEqualTo(Kind.BASELINE);
        assertThat(conclusions.get(1).label()).isEqualTo("baseline");
        assertThat(conclusions.get(1).text())
                .startsWith("Baseline: without retries 87.50% of calls succeed, and without the fault ")
                .endsWith("% with 20% random failures.");
    }

    @Test
    void conclusions_withoutAPolicyThatDoesNotRetry_areNone() {
        Scenario scenario = builder(0).load(LOAD).build();

        assertThat(Conclusion.of(Comparison.of(scenario, Map.of("twice", TWICE)).run(() -> {})))
                .isEmpty();
    }

    @Test
    void conclusion_ofASecondPolicyWithoutRetries_isComparedWithTheFirst() {
        Scenario scenario = builder(0).load(LOAD).build();
        List<Conclusion> conclusions = Conclusion.of(
                Comparison.of(scenario, policies("none", ONCE, "once", ONCE)).run(() -> {}));

        assertThat(conclusions).extracting(Conclusion::kind).containsExactly(Kind.BASELINE, Kind.NO_DIFFERENCE);
        assertThat(conclusions.get(0).text()).isEqualTo("Baseline: without retries 100.00% of calls succeed.");
    }

    @Test
    void evidence_ofAFault_hasTheSuccessBeforeItAndTheCalmRuns() {
        List<PolicySummary> summaries =
                run(builder(0.3).load(LOAD).fault(ERRORS).build(), 1);
        Evidence evidence = evidence(summaries);

        assertThat(evidence.setting()).isEqualTo(Setting.FAULT);
        double before = summaries.get(0).series().goodput().subList(0, 10).stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        assertThat(before).isBetween(100.0, 180.0);
        assertThat(evidence.baselineBefore()).isCloseTo(before / 200, within(1e-9));
        assertThat(evidence.calm()).extracting(Evidence.Calm::failureRate).containsExactly(0.05, 0.2);
        Contrast calm = evidence.calm().get(1).contrast();
        assertThat(calm.baseline().success())
                .isEqualTo(summaries.get(0).calm().get(0.2).successRatio());
        assertThat(calm.policy().success())
                .isEqualTo(summaries.get(1).calm().get(0.2).successRatio());
        assertThat(calm.baseline().recovery()).isEmpty();
        assertThat(evidence.outcome().baseline().amplification()).isEqualTo(1);
        assertThat(evidence.outcome().policy().amplification()).isBetween(1.3, 1.5);
    }

    @Test
    void evidence_ofTwoFaults_hasTheSuccessBeforeTheFirst() {
        Fault next = Fault.errors("store", 1).at(Duration.ofSeconds(25)).duration(Duration.ofSeconds(5));
        List<PolicySummary> summaries = run(
                builder(0.3)
                        .load(Load.poisson("store", 20))
                        .fault(ERRORS)
                        .fault(next)
                        .build(),
                1);
        Series series = summaries.get(0).series();

        assertThat(evidence(summaries).baselineBefore())
                .isCloseTo(sum(series.goodput()) / sum(series.calls()), within(1e-9));
    }

    private static double sum(List<Double> seconds) {
        return seconds.subList(0, 10).stream().mapToDouble(Double::doubleValue).sum();
    }

    @Test
    void evidence_ofAFaultThatEnds_hasTheRecovery() {
        List<PolicySummary> summaries = run(builder(0).load(LOAD).fault(ERRORS).build(), 1);

        assertThat(evidence(summaries).outcome().baseline().recovery()).hasValue(0);
        assertThat(evidence(summaries).baselineBefore()).isEqualTo(1);
    }

    @Test
    void evidence_ofAScenarioThatDoesNotChange_hasNoRecovery() {
        Evidence evidence = evidence(run(builder(0.3).load(LOAD).build(), 1));

        assertThat(evidence.setting()).isEqualTo(Setting.STEADY);
        assertThat(evidence.outcome().baseline().recovery()).isEmpty();
        assertThat(evidence.calm()).isEmpty();
        assertThat(evidence.baselineBefore()).isZero();
        assertThat(evidence.outcome().policy().peak()).isBetween(21.0, 40.0);
    }

    @Test
    void evidence_ofBursts_hasThePeakOfTheRetries() {
        Load burst = Load.burst("store", 30, Duration.ofSeconds(10));
        List<PolicySummary> summaries = run(builder(1).load(burst).build(), 1);
        Evidence evidence = evidence(summaries);

        assertThat(evidence.setting()).isEqualTo(Setting.BURST);
        assertThat(evidence.outcome().baseline().peak()).isZero();
        assertThat(evidence.outcome().policy().peak())
                .isEqualTo(Figure.PEAK_RETRIES.of(summaries.get(1)).orElseThrow())
                .isBetween(10.0, 30.0);
        assertThat(Conclusion.of(summaries).get(1).text())
                .startsWith("Cost without gain (attempts/call): ")
                .contains(" and up to ", " retries within 100 ms");
    }

    private static double[] differences(List<PolicySummary> summaries, int seeds) {
        double[] differences = new double[seeds];
        for (int seed = 0; seed < seeds; seed++) {
            SimulationResult none = summaries.get(0).results().get(seed);
            SimulationResult twice = summaries.get(1).results().get(seed);
            differences[seed] = (twice.succeeded() - none.succeeded()) / 800.0;
        }
        return differences;
    }

    /** Student's quantile of four degrees of freedom is 2.776. */
    @Test
    void difference_ofFiveSeeds_hasTheErrorOfTheirSpread() {
        List<PolicySummary> summaries = run(builder(0.3).load(LOAD).build(), 5);
        double[] differences = differences(summaries, 5);
        double mean = Arrays.stream(differences).average().orElseThrow();
        double variance =
                Arrays.stream(differences).map(each -> Math.pow(each - mean, 2)).sum() / 4;
        Difference difference = evidence(summaries).outcome().success();

        assertThat(difference.mean()).isCloseTo(mean, within(1e-9));
        assertThat(difference.error()).isCloseTo(2.776 * Math.sqrt(variance / 5), withinPercentage(3));
        assertThat(difference.isBetter()).isTrue();
    }

    /** A block has two of the 40 s. */
    @Test
    void difference_ofOneSeed_hasTheErrorOfItsBlocks() {
        List<PolicySummary> summaries = run(builder(0.3).load(LOAD).build(), 1);
        List<Double> with = summaries.get(1).series().successes();
        List<Double> without = summaries.get(0).series().successes();
        double squares = IntStream.range(0, 20)
                .map(block -> 2 * block)
                .mapToDouble(second ->
                        with.get(second) + with.get(second + 1) - without.get(second) - without.get(second + 1))
                .map(saved -> saved * saved)
                .sum();
        Difference difference = evidence(summaries).outcome().success();

        assertThat(difference.mean()).isCloseTo(differences(summaries, 1)[0], within(1e-9));
        assertThat(difference.error())
                .isCloseTo(1.96 * Math.sqrt(squares) / 800, within(1e-9))
                .isBetween(0.03, 0.2);
    }

    @Test
    void successes_areThoseOfTheCallsThatBeginInASecond() {
        Series series =
                run(builder(0).load(LOAD).fault(ERRORS).build(), 1).get(1).series();

        // The last two calls of the fault retry after it.
        assertThat(series.successes().subList(9, 16)).containsExactly(20.0, 0.0, 0.0, 0.0, 0.0, 2.0, 20.0);
        assertThat(series.goodput().get(15)).isEqualTo(22);
    }
}
