package dev.respite.cli;

import dev.respite.cli.console.Json;
import dev.respite.sim.Figure;
import dev.respite.sim.GroupResult;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.Series;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.conclusion.Conclusion;
import dev.respite.sim.scenario.Scenario;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Formats the results of policies in a scenario as JSON. */
final class SimulationJson {

    private static final int DECIMALS = 6;

    private static final List<Figure> CALM_FIGURES = List.of(
            Figure.SUCCESS,
            Figure.AMPLIFICATION,
            Figure.PEAK,
            Figure.P50,
            Figure.P99,
            Figure.ALL_P50,
            Figure.ALL_P99,
            Figure.WASTED_WORK);

    private static final List<Figure> FIGURES = Stream.concat(
                    CALM_FIGURES.stream(), Stream.of(Figure.RECOVERY, Figure.GOODPUT_BEFORE, Figure.GOODPUT_AFTER))
            .toList();

    private static final List<Figure> HERD_FIGURES = Stream.concat(
                    FIGURES.stream(), Stream.of(Figure.MEAN_WAIT, Figure.RETRY_SPREAD, Figure.PEAK_RETRIES))
            .toList();

    private SimulationJson() {}

    static String of(Scenario scenario, long seed, List<PolicySummary> summaries) {
        Map<String, Conclusion> conclusions =
                Conclusion.of(summaries).stream().collect(Collectors.toMap(Conclusion::policy, Function.identity()));
        List<Figure> figures = scenario.load().isBurst() ? HERD_FIGURES : FIGURES;
        List<Json> runs = new ArrayList<>();
        for (PolicySummary summary : summaries) {
            Json run = run(summary, figures);
            Optional.ofNullable(conclusions.get(summary.name()))
                    .ifPresent(conclusion -> run.put("conclusion", conclusion(conclusion)));
            if (scenario.hasCalmRun()) {
                run.put(
                        "calm",
                        summary.calm().entrySet().stream()
                                .map(calm -> calm(calm.getKey(), calm.getValue()))
                                .toList());
            }
            if (scenario.load().hasGroups()) {
                run.put(
                        "groups",
                        summary.groups().stream().map(SimulationJson::group).toList());
            }
            run.put("series", series(summary.series()));
            runs.add(run);
        }
        return Json.object()
                .put("scenario", scenario.name())
                .put("seed", seed)
                .put("runs", runs)
                .text();
    }

    private static Json run(PolicySummary summary, List<Figure> figures) {
        Json run = Json.object().put("policy", summary.name());
        run.putAll(counts(summary));
        figures.forEach(figure -> run.put(figure.key(), rounded(figure.of(summary))));
        Json reasons = Json.object();
        summary.stopReasons().forEach((reason, calls) -> reasons.put(reason.name(), rounded(calls)));
        run.put("stopReasons", reasons);
        if (summary.results().size() > 1) {
            Json ranges = Json.object();
            for (Figure figure : figures) {
                ranges.put(figure.key(), List.of(rounded(figure.least(summary)), rounded(figure.greatest(summary))));
            }
            run.put("ranges", ranges);
        }
        return run;
    }

    private static Json counts(PolicySummary summary) {
        return Json.object()
                .put("calls", rounded(summary.mean(SimulationResult::calls)))
                .put("succeeded", rounded(summary.mean(SimulationResult::succeeded)))
                .put("attempts", rounded(summary.mean(SimulationResult::attempts)));
    }

    private static Json conclusion(Conclusion conclusion) {
        Json json = Json.object()
                .put("kind", conclusion.label())
                .put("decidedBy", conclusion.decidedBy().key());
        if (conclusion.calmRate().isPresent()) {
            json.put("failureRate", rounded(conclusion.calmRate()));
        }
        json.put("savedPoints", rounded(conclusion.savedPoints()));
        json.put("savedPointsError", rounded(conclusion.savedPointsError()));
        json.put("text", conclusion.text());
        return json;
    }

    private static Json calm(double failureRate, PolicySummary summary) {
        Json json = Json.object().put("failureRate", rounded(failureRate));
        json.putAll(counts(summary));
        CALM_FIGURES.forEach(figure -> json.put(figure.key(), rounded(figure.of(summary))));
        return json;
    }

    private static Json group(GroupResult group) {
        return Json.object()
                .put("group", group.name())
                .put("calls", rounded(group.calls()))
                .put("succeeded", rounded(group.succeeded()))
                .put("attempts", rounded(group.attempts()));
    }

    private static Json series(Series series) {
        return Json.object()
                .put("calls", rounded(series.calls()))
                .put("requests", rounded(series.requests()))
                .put("goodput", rounded(series.goodput()))
                .put("queue", rounded(series.queue()))
                .put("budget", rounded(series.budget()))
                .put("overloadBudget", rounded(series.overloadBudget()));
    }

    private static List<Number> rounded(List<Double> numbers) {
        return numbers.stream().map(SimulationJson::rounded).toList();
    }

    private static Number rounded(OptionalDouble value) {
        return rounded(value.orElse(Double.POSITIVE_INFINITY));
    }

    /** Returns a number rounded to millionths. An infinite or missing value remains infinite, which is null in JSON. */
    static Number rounded(double value) {
        return Double.isInfinite(value) ? value : BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP);
    }
}
