package dev.respite.cli.simulate;

import dev.respite.cli.console.Json;
import dev.respite.sim.GroupSummary;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.Series;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.Scenario;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.core.JsonGenerator;

/** Formats the results of policies in a scenario as JSON. */
final class SimulationJson {

    private static final int DECIMALS = 6;

    private SimulationJson() {}

    static String of(Scenario scenario, long seed, List<PolicySummary> summaries) {
        return Json.text(Json.object(json -> {
            json.writeStringProperty("scenario", scenario.name());
            json.writeNumberProperty("seed", seed);
            json.writeArrayPropertyStart("runs");
            for (PolicySummary summary : summaries) {
                json.writeStartObject();
                write(json, summary);
                if (scenario.load().isBurst()) {
                    writeHerd(json, summary);
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

    private static void write(JsonGenerator json, PolicySummary summary) {
        json.writeStringProperty("policy", summary.name());
        summary.customBudget().ifPresent(name -> json.writeStringProperty("budget", name));
        number(json, "calls", summary.mean(SimulationResult::calls));
        number(json, "succeeded", summary.mean(SimulationResult::succeeded));
        number(json, "attempts", summary.mean(SimulationResult::attempts));
        number(json, "amplification", summary.mean(SimulationResult::amplification));
        OptionalInt recovery = summary.recoverySeconds();
        if (recovery.isPresent()) {
            json.writeNumberProperty("recoverySeconds", recovery.getAsInt());
        } else {
            json.writeNullProperty("recoverySeconds");
        }
        number(json, "goodputBefore", summary.mean(SimulationResult::goodputBefore));
        number(json, "goodputAfter", summary.mean(SimulationResult::goodputAfter));
        number(json, "p50Ms", summary.latencyMillis(50).orElse(Double.POSITIVE_INFINITY));
        number(json, "p99Ms", summary.latencyMillis(99).orElse(Double.POSITIVE_INFINITY));
        number(json, "peakRequestsPerSecond", summary.mean(SimulationResult::peakRequestsPerSecond));
    }

    private static void writeHerd(JsonGenerator json, PolicySummary summary) {
        number(json, "meanWaitMs", summary.meanWaitNanos() / 1e6);
        number(json, "spreadMs", summary.mean(result -> result.retrySpread().toNanos() / 1e6));
        number(json, "peakRetriesPer100ms", summary.mean(SimulationResult::peakRetriesPer100ms));
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

    /** Writes a number rounded to millionths, or null for an infinite or missing value. */
    private static void number(JsonGenerator json, double value) {
        if (Double.isInfinite(value)) {
            json.writeNull();
        } else {
            Json.number(json, BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP));
        }
    }
}
