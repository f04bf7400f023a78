package dev.respite.cli.simulate;

import dev.respite.cli.console.Json;
import dev.respite.sim.Figure;
import dev.respite.sim.GroupSummary;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.Series;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.conclusion.Conclusion;
import dev.respite.sim.scenario.Scenario;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** Formats the results of policies in a scenario as JSON. */
final class SimulationJson {

    private static final int DECIMALS = 6;

    private static final List<Figure> CALM_FIGURES = List.of(
            Figure.SUCCESS,
            Figure.AMPLIFICATION,
            Figure.PEAK,
            Figure.P50,
            Figure.P99,
            Figure.ANSWER_P50,
            Figure.ANSWER_P99,
            Figure.WASTED_WORK);

    private static final List<Figure> FIGURES = Stream.concat(
                    CALM_FIGURES.stream(), Stream.of(Figure.RECOVERY, Figure.GOODPUT_BEFORE, Figure.GOODPUT_AFTER))
            .toList();

    private static final List<Figure> HERD_FIGURES = Stream.concat(
                    FIGURES.stream(), Stream.of(Figure.MEAN_WAIT, Figure.RETRY_SPREAD, Figure.PEAK_RETRIES))
            .toList();

    private SimulationJson() {}

    static String of(Scenario scenario, long seed, List<PolicySummary> summaries) {
        return Json.text(Json.object(json -> {
            json.writeStringProperty("scenario", scenario.name());
            json.writeNumberProperty("seed", seed);
            Map<String, Conclusion> conclusions = Conclusion.of(summaries).stream()
                    .collect(Collectors.toMap(Conclusion::policy, Function.identity()));
            List<Figure> figures = scenario.load().isBurst() ? HERD_FIGURES : FIGURES;
            json.writeArrayPropertyStart("runs");
            for (PolicySummary summary : summaries) {
                json.writeStartObject();
                write(json, summary, figures);
                Optional.ofNullable(conclusions.get(summary.name()))
                        .ifPresent(conclusion -> writeConclusion(json, conclusion));
                if (scenario.hasCalmRun()) {
                    writeCalm(json, summary);
                }
                if (scenario.load().hasGroups()) {
                    writeGroups(json, summary);
                }
                json.writeObjectPropertyStart("series");
                write(json, summary.series());
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
    }

    private static void write(JsonGenerator json, PolicySummary summary, List<Figure> figures) {
        json.writeStringProperty("policy", summary.name());
        summary.customBudget().ifPresent(name -> json.writeStringProperty("budget", name));
        writeCounts(json, summary);
        figures.forEach(figure -> number(json, figure.key(), figure.of(summary)));
        json.writeObjectPropertyStart("stopReasons");
        summary.stopReasons().forEach((reason, calls) -> number(json, reason.name(), calls));
        json.writeEndObject();
        if (summary.results().size() > 1) {
            json.writeObjectPropertyStart("ranges");
            figures.forEach(figure -> writeRange(json, figure.key(), figure.range(summary)));
            json.writeEndObject();
        }
    }

    private static void writeCounts(JsonGenerator json, PolicySummary summary) {
        number(json, "calls", summary.mean(SimulationResult::calls));
        number(json, "succeeded", summary.mean(SimulationResult::succeeded));
        number(json, "attempts", summary.mean(SimulationResult::attempts));
    }

    private static void writeRange(JsonGenerator json, String name, Figure.Range range) {
        json.writeArrayPropertyStart(name);
        number(json, range.least().orElse(Double.POSITIVE_INFINITY));
        number(json, range.greatest().orElse(Double.POSITIVE_INFINITY));
        json.writeEndArray();
    }

    private static void writeConclusion(JsonGenerator json, Conclusion conclusion) {
        json.writeObjectPropertyStart("conclusion");
        json.writeStringProperty("kind", conclusion.kind().toString());
        json.writeStringProperty("decidedBy", conclusion.decidedBy().key());
        if (conclusion.calmRate().isPresent()) {
            number(json, "failureRate", conclusion.calmRate());
        }
        json.writeStringProperty("text", conclusion.text());
        json.writeEndObject();
    }

    private static void writeCalm(JsonGenerator json, PolicySummary summary) {
        json.writeArrayPropertyStart("calm");
        for (PolicySummary.Calm calm : summary.calm()) {
            json.writeStartObject();
            number(json, "failureRate", calm.failureRate());
            writeCounts(json, calm.summary());
            CALM_FIGURES.forEach(figure -> number(json, figure.key(), figure.of(calm.summary())));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeGroups(JsonGenerator json, PolicySummary summary) {
        json.writeArrayPropertyStart("groups");
        for (GroupSummary group : summary.groups()) {
            json.writeStartObject();
            json.writeStringProperty("group", group.name());
            number(json, "calls", group.calls());
            number(json, "succeeded", group.succeeded());
            number(json, "attempts", group.attempts());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Series series) {
        column(json, "calls", series.calls());
        column(json, "requests", series.requests());
        column(json, "goodput", series.goodput());
        column(json, "queue", series.queue());
        column(json, "budget", series.budget());
    }

    private static void column(JsonGenerator json, String name, List<Double> numbers) {
        json.writeArrayPropertyStart(name);
        numbers.forEach(number -> number(json, number));
        json.writeEndArray();
    }

    static void number(JsonGenerator json, String name, double value) {
        json.writeName(name);
        number(json, value);
    }

    private static void number(JsonGenerator json, String name, OptionalDouble value) {
        number(json, name, value.orElse(Double.POSITIVE_INFINITY));
    }

    /** Writes a number rounded to millionths, or null for an infinite or missing value. */
    private static void number(JsonGenerator json, double value) {
        if (Double.isInfinite(value)) {
            json.writeNull();
        } else {
            Json.number(json, BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP));
        }
    }
}
