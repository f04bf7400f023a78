package dev.respite.sim.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Comparison;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.Series;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the charts of a comparison show. */
class ChartsTest {

    private static final Map<String, RetryPolicy> THREE =
            BuiltIn.named("metastable").policies();

    private static Map<String, ReportFigure> figures(Scenario scenario, List<PolicySummary> summaries) {
        Map<String, ReportFigure> figures = new LinkedHashMap<>();
        Charts.of(scenario, summaries).forEach(figure -> figures.put(figure.id(), figure));
        return figures;
    }

    private static Map<String, ReportFigure> figures(String name, Map<String, String> given, int seeds) {
        BuiltIn builtIn = BuiltIn.named(name);
        Scenario scenario = builtIn.scenario(given);
        return figures(
                scenario,
                Comparison.of(scenario, builtIn.policies()).seeds(1, seeds).run(() -> {}));
    }

    private static Chart chart(Map<String, ReportFigure> figures, String id) {
        return (Chart) figures.get(id);
    }

    private static Rows rows(Map<String, ReportFigure> figures, String id) {
        return (Rows) figures.get(id);
    }

    @Test
    void lines_areMeansOfTheRuns_andBandsTheirRange() {
        Scenario scenario = Scenario.builder("small")
                .duration(Duration.ofSeconds(100))
                .service(Service.named("store").serviceTime(Distribution.exponential(Duration.ofMillis(15))))
                .load(Load.poisson("store", 50).clients(5).timeout(Duration.ofSeconds(1)))
                .fault(Fault.down("store").at(Duration.ofSeconds(20)).duration(Duration.ofSeconds(3)))
                .build();
        List<PolicySummary> summaries =
                Comparison.of(scenario, THREE).seeds(4, 3).run(() -> {});
        Map<String, ReportFigure> figures = figures(scenario, summaries);
        Map<String, Function<Series, List<Double>>> columns = Map.of(
                "requests", Series::requests,
                "goodput", Series::goodput,
                "queue", Series::queue,
                "budget", Series::budget);
        columns.forEach((id, column) -> {
            // Results have a number for each second, and this run is drawn in seconds.
            List<List<Double>> runs = summaries.get(2).results().stream()
                    .map(SimulationResult::series)
                    .map(column)
                    .toList();
            Chart.Line line = chart(figures, id).lines().get(2);
            assertThat(line.name()).isEqualTo("respite");
            assertThat(line.xs()).hasSize(100).startsWith(0.0, 1.0);
            for (int second = 0; second < 100; second++) {
                int at = second;
                double[] numbers =
                        runs.stream().mapToDouble(run -> run.get(at)).sorted().toArray();
                assertThat(line.low().get(at)).as(id).isEqualTo(numbers[0]);
                assertThat(line.high().get(at)).as(id).isEqualTo(numbers[2]);
                assertThat(line.ys().get(at))
                        .as(id)
                        .isCloseTo((numbers[0] + numbers[1] + numbers[2]) / 3, within(1e-9));
            }
        });
        assertThat(figures.get("requests").about()).contains("bands go from the lowest to the highest of 3 runs");
        assertThat(figures.get("requests").numbers().head())
                .containsSubsequence("seconds", "none", "none lowest", "none highest", "naive");
    }

    @Test
    void oneRun_hasNoBand() {
        Map<String, ReportFigure> figures = figures("tail", Map.of(), 1);
        assertThat(chart(figures, "requests").lines())
                .allSatisfy(line -> assertThat(line.low()).isEmpty());
        assertThat(figures.get("requests").about()).doesNotContain("bands");
        assertThat(figures.get("requests").inPage(Format.WIDE)).doesNotContain("class=\"band");
        assertThat(figures).doesNotContainKey("breakers");
    }

    @Test
    void rates_areNumbersPerSecond_inShorterBins() {
        Map<String, ReportFigure> figures = figures("rate-limit", Map.of(), 1);
        Chart.Line none = chart(figures, "requests").lines().get(0);
        assertThat(none.xs()).hasSize(120);
        assertThat(none.ys().stream().mapToDouble(rate -> rate).average().orElse(0))
                .isBetween(110.0, 130.0);
    }

    private static Rows.Row row(Rows rows, String name) {
        return rows.rows().stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void herd_isDrawnInWaves() {
        Map<String, ReportFigure> figures = figures("thundering-herd", Map.of(), 1);
        Rows requests = rows(figures, "requests");
        Rows.Row fixed = row(requests, "fixed");
        // All come back each second, within a bin of 100 ms; between them there is nothing.
        assertThat(IntStream.range(0, 50).mapToObj(bin -> fixed.filled().get(bin)))
                .isEqualTo(IntStream.range(0, 50)
                        .mapToObj(bin -> bin % 10 == 0 ? 1_000.0 : 0.0)
                        .toList());
        List<Double> jitter = row(requests, "exponential + jitter").filled();
        assertThat(jitter.subList(1, jitter.size()))
                .allSatisfy(count -> assertThat(count).isLessThan(200));
        // The highest of all is cut off, so that the others are seen; what is after the last wave is left out.
        assertThat(requests.y().most()).isEqualTo(1_000);
        assertThat(row(requests, "immediate").remark()).isEqualTo("peak 6000, cut off");
        assertThat(fixed.remark()).isEqualTo("peak 1000");
        assertThat(fixed.filled()).hasSizeBetween(311, 350);
        assertThat(requests.about()).contains("capacity 20 per 100 ms");
        assertThat(rows(figures, "queue").rows()).hasSize(7);
    }

    @Test
    void budget_ofALayerUnderItsOwnPolicy_isThatOfItsPolicy() {
        Scenario scenario = Scenario.builder("layers")
                .duration(Duration.ofSeconds(40))
                .service(Service.named("web").workers(100).calls("store").policy(RetryPolicy.defaults()))
                .service(Service.named("store").workers(100))
                .load(Load.poisson("web", 50).timeout(Duration.ofSeconds(1)))
                .fault(Fault.errors("store", 1).at(Duration.ofSeconds(20)).duration(Duration.ofSeconds(5)))
                .build();
        Chart budget = chart(figures(scenario, Comparison.of(scenario, THREE).run(() -> {})), "budget");
        assertThat(budget.title()).isEqualTo("Retries that the budget of 'web' has left");
        assertThat(budget.key()).containsExactly("none", "naive", "respite");
    }

    @Tag("slow")
    @Test
    void budget_isThatOfTheLayerThatPays() {
        Map<String, ReportFigure> figures = figures("deep-stack", Map.of("lasting", "10s"), 1);
        Chart budget = chart(figures, "budget");
        assertThat(budget.title()).isEqualTo("Retries that the budget of 'middle' has left");
        Chart.Line respite = budget.lines().get(2);
        double before = respite.ys().get(respite.xs().indexOf(19.0));
        double during = respite.ys().get(respite.xs().indexOf(29.0));
        assertThat(before).isGreaterThan(1);
        assertThat(during).isLessThan(1);
        assertThat(budget.key()).containsExactly("none (no line)", "naive (no line)", "respite");
        assertThat(chart(figures("outage-ride", Map.of(), 1), "budget").title())
                .isEqualTo("Retries that the budgets have left");
    }

    @Test
    void breakers_haveTheirStates() {
        Rows breakers = rows(figures("circuit-breaker", Map.of(), 1), "breakers");
        assertThat(breakers.rows()).extracting(Rows.Row::name).containsExactly("none", "naive", "respite");
        assertThat(breakers.rows()).allSatisfy(row -> {
            List<Double> open = row.filled();
            List<Double> openOrHalf = row.outlined();
            assertThat(open.subList(0, 20)).containsOnly(0.0);
            assertThat(open.subList(20, 32))
                    .anySatisfy(percent -> assertThat(percent).isGreaterThan(90));
            assertThat(openOrHalf.subList(40, open.size())).containsOnly(0.0);
            for (int bin = 0; bin < open.size(); bin++) {
                assertThat(openOrHalf.get(bin)).isBetween(open.get(bin), 100.0 + 1e-9);
            }
            assertThat(IntStream.range(0, open.size()).anyMatch(bin -> openOrHalf.get(bin) > open.get(bin)))
                    .isTrue();
        });
    }

    @Test
    void curvesThatLieOnEachOther_areNamed() {
        Map<String, ReportFigure> figures = figures("tail", Map.of(), 1);
        assertThat(figures.get("answers").notes()).containsExactly("The lines of naive and respite lie on each other.");
        assertThat(figures.get("answers").description()).endsWith(" lie on each other.");
    }

    @Tag("slow")
    @Test
    void answers_areOfAllCalls_andLatenciesOfSuccesses() {
        Map<String, ReportFigure> figures = figures("metastable", Map.of("outage", "3s"), 1);
        Chart.Line answers = chart(figures, "answers").lines().get(0);
        Chart.Line successes = chart(figures, "latency").lines().get(0);
        // Without retries, about 2 % fail after a second; no success takes that long.
        assertThat(answers.xs().get(answers.ys().indexOf(1.0))).isCloseTo(1_000, within(10.0));
        assertThat(successes.xs().get(successes.ys().indexOf(1.0))).isLessThan(900);
        assertThat(figures.get("answers").numbers().head())
                .startsWith("percent of all calls that take longer", "none, milliseconds until success or failure");
    }
}
