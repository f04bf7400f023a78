package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FigureTest {

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");

    private static final Scenario FAILING = Scenario.builder("failing")
            .duration(Duration.ofSeconds(60))
            .service(Service.named("store").workers(100).failures(0.5, 500))
            .load(Load.poisson("store", 20))
            .fault(Fault.down("store").at(Duration.ofSeconds(10)).duration(Duration.ofSeconds(5)))
            .build();

    private static PolicySummary summary(Scenario scenario, int seeds) {
        return Comparison.of(scenario, Map.of("once", ONCE))
                .seeds(1, seeds)
                .run(() -> {})
                .get(0);
    }

    @Test
    void eachFigure_hasAKeyAndAHeadingOfItsOwn() {
        assertThat(new HashSet<>(Stream.of(Figure.values()).map(Figure::key).toList()))
                .hasSameSizeAs(Figure.values());
        assertThat(new HashSet<>(Stream.of(Figure.values()).map(Figure::heading).toList()))
                .hasSameSizeAs(Figure.values());
    }

    @Test
    void range_isThatOfTheSeeds() {
        PolicySummary summary = summary(FAILING, 4);
        List<Double> seeds = summary.results().stream()
                .map(SimulationResult::successRatio)
                .sorted()
                .toList();
        assertThat(seeds.get(0)).isLessThan(seeds.get(3));
        assertThat(Figure.SUCCESS.least(summary)).hasValue(seeds.get(0));
        assertThat(Figure.SUCCESS.greatest(summary)).hasValue(seeds.get(3));
        assertThat(Figure.SUCCESS.of(summary).orElseThrow()).isBetween(seeds.get(0), seeds.get(3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SUCCESS | 0.98754 | 98.75%",
                "AMPLIFICATION | 3.583 | 3.58",
                "PEAK | 1204.4 | 1,204",
                "RECOVERY | 12.4 | 12 s",
                "GOODPUT_AFTER | 279.96 | 280.0/s",
                "P50 | 45.6 | 45.6 ms",
                "ALL_P99 | 4150 | 4.15 s"
            })
    void format_isInTheUnitOfTheFigure(Figure figure, double value, String text) {
        assertThat(figure.format(value)).isEqualTo(text);
    }

    private static void assertFigures(Scenario scenario, RetryPolicy policy, Map<Figure, Double> expected) {
        PolicySummary summary = Comparison.of(scenario, Map.of("mine", policy))
                .seeds(1, 2)
                .run(() -> {})
                .get(0);
        expected.forEach((figure, value) -> {
            assertThat(figure.of(summary).orElseThrow()).as(figure.key()).isCloseTo(value, within(0.005 * value));
            assertThat(figure.of(summary.results().get(1)).orElseThrow())
                    .as(figure.key())
                    .isCloseTo(value, within(0.005 * value));
        });
    }

    private static Scenario even(Service store, Fault... faults) {
        var builder = Scenario.builder("even")
                .duration(Duration.ofSeconds(30))
                .service(store.workers(10))
                .load(Load.even("store", 10).timeout(Duration.ofMillis(100)));
        Stream.of(faults).forEach(builder::fault);
        return builder.build();
    }

    /** Each of 300 calls makes three attempts of 10 ms, 100 ms apart. */
    @Test
    void figures_ofCallsThatFail_areThoseOfTheirAttempts() {
        RetryPolicy thrice = RetryPolicy.parse("max-attempts=3 backoff=fixed base-delay=100ms jitter=none budget=off");

        assertFigures(
                even(Service.named("store").failures(1, 503)),
                thrice,
                Map.of(
                        Figure.SUCCESS, 0.0,
                        Figure.AMPLIFICATION, 3.0,
                        Figure.PEAK, 30.0,
                        Figure.MEAN_WAIT, 200.0,
                        Figure.ALL_P50, 230.0,
                        Figure.ALL_P99, 230.0,
                        Figure.RETRY_SPREAD, 29_900.0,
                        Figure.PEAK_RETRIES, 2.0,
                        Figure.WASTED_WORK, 0.0));
    }

    /** A fault of 2 s fails 20 of 300 calls. */
    @Test
    void figures_ofCallsThatSucceed_areThoseOfTheirAnswers() {
        assertFigures(
                even(
                        Service.named("store"),
                        Fault.errors("store", 1).duration(Duration.ofSeconds(2)).at(Duration.ofSeconds(5))),
                ONCE,
                Map.of(
                        Figure.SUCCESS, 280 / 300.0,
                        Figure.AMPLIFICATION, 1.0,
                        Figure.RECOVERY, 0.0,
                        Figure.GOODPUT_BEFORE, 10.0,
                        Figure.GOODPUT_AFTER, 10.0,
                        Figure.P50, 10.0,
                        Figure.P99, 10.0,
                        Figure.MEAN_WAIT, 0.0));
    }

    @Test
    void wastedWork_isAllThatIsDoneForCallersWhoNoLongerWait() {
        Distribution slow = Distribution.constant(Duration.ofMillis(300));

        assertFigures(
                even(Service.named("store").serviceTime(slow)),
                ONCE,
                Map.of(Figure.WASTED_WORK, 300 * 300.0, Figure.ALL_P50, 100.0, Figure.SUCCESS, 0.0));
    }

    @Test
    void recovery_whereNoCallSucceeds_isMissing() {
        Scenario scenario = Scenario.builder("hopeless")
                .service(Service.named("store").workers(100).failures(1, 500))
                .load(Load.poisson("store", 20))
                .build();
        PolicySummary summary = summary(scenario, 2);

        assertThat(summary.recoverySeconds()).isEmpty();
        assertThat(Figure.RECOVERY.of(summary)).isEmpty();
        assertThat(Figure.RECOVERY.least(summary)).isEmpty();
        assertThat(Figure.RECOVERY.greatest(summary)).isEmpty();
        assertThat(Figure.P99.of(summary)).isEmpty();
        assertThat(Figure.ALL_P99.of(summary)).isPresent();
    }

    @Test
    void stopReasons_areAllCallsThatHaveEnded() {
        PolicySummary summary = summary(FAILING.withRandomFailures(0.5, Duration.ofSeconds(30)), 3);

        assertThat(summary.stopReasons().values().stream().mapToDouble(n -> n).sum())
                .isCloseTo(summary.mean(SimulationResult::calls), within(1e-6));
    }

    @Test
    void comparison_ofAScenarioWithAFault_hasItsCalmRun() {
        PolicySummary summary = summary(FAILING, 2);

        assertThat(summary.calm().keySet()).containsExactlyElementsOf(Comparison.CALM_FAILURE_RATES);
        summary.calm().forEach((rate, calm) -> {
            assertThat(calm.results()).extracting(SimulationResult::seed).containsExactly(1L, 2L);
            assertThat(calm.successRatio()).isCloseTo(1 - rate, within(0.05));
            assertThat(calm.results()).allSatisfy(result -> {
                assertThat(result.scenario().faults()).isEmpty();
                assertThat(result.scenario().duration()).isEqualTo(Duration.ofSeconds(30));
                assertThat(result.series().calls())
                        .isEqualTo(Simulation.simulate(FAILING, ONCE, result.seed())
                                .series()
                                .calls()
                                .subList(0, 30));
            });
        });
    }

    /** Each of two policies and three seeds has a run of 60 s and two calm runs of 30 s. */
    @Test
    void comparison_seconds_areThoseOfAllItsRuns() {
        Comparison comparison = Comparison.of(FAILING, Map.of("once", ONCE, "ours", RetryPolicy.defaults()));

        assertThat(comparison.seeds(1, 3).seconds()).isEqualTo(720);
        assertThatThrownBy(() -> comparison.seeds(1, 0))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("seeds 0: must be at least 1");
    }

    @Test
    void calmRun_looksAtTheServiceThatTheFaultIsFor() {
        Scenario chain = Scenario.builder("chain")
                .service(Service.named("edge").workers(100).calls("store"))
                .service(Service.named("store").workers(100))
                .load(Load.poisson("edge", 20))
                .fault(Fault.errors("edge", 1))
                .build();
        Scenario calm = chain.withRandomFailures(0.2, Duration.ofSeconds(5));

        assertThat(calm.focus().name()).isEqualTo("edge");
        assertThat(calm.focus().work().failureRatio()).isEqualTo(0.2);
        assertThat(calm.service("store").work().failureRatio()).isZero();
        assertThat(chain.withRandomFailures(0, Duration.ofHours(1)).duration()).isEqualTo(chain.duration());
    }

    @Test
    void calmRun_failsAsTheServiceDoes() {
        Scenario silent = Scenario.builder("silent")
                .service(Service.named("store").silences(0.1))
                .load(Load.poisson("store", 20))
                .build();

        assertThat(silent.withRandomFailures(0.2, Duration.ofSeconds(5)).focus().work())
                .isEqualTo(Service.named("store").silences(0.2).work());
        assertThat(silent.hasCalmRun()).isFalse();
        assertThat(summary(silent, 1).calm()).isEmpty();
    }
}
