package dev.respite.demo;

import dev.respite.cli.console.Json;
import java.math.BigDecimal;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** Formats the results of all strategies as JSON. */
final class RunResultJson {

    private RunResultJson() {}

    static String of(Map<ClientStrategy, RunResult> results) {
        return Json.text(Json.object(json -> results.forEach((strategy, result) -> {
            json.writeObjectPropertyStart(strategy.toString());
            write(json, result);
            json.writeEndObject();
        })));
    }

    private static void write(JsonGenerator json, RunResult result) {
        json.writeNumberProperty("transfers", result.reported().transfers());
        json.writeNumberProperty("succeeded", result.reported().succeeded());
        json.writeNumberProperty("failed", result.reported().failed());
        json.writeNumberProperty("duplicated", result.observed().duplicated());
        json.writeNumberProperty("attempts", result.cost().attempts());
        json.writeNumberProperty("requests", result.cost().requests());
        json.writeName("attemptsPerCall");
        Json.number(json, BigDecimal.valueOf(result.attemptsPerCall()));
        Json.millis(json, "p50Ms", result.cost().p50());
        Json.millis(json, "p99Ms", result.cost().p99());
        json.writeNumberProperty("moneyBefore", result.observed().before());
        json.writeNumberProperty("moneyAfter", result.observed().after());
        json.writeNumberProperty("moneyDiscrepancy", result.observed().discrepancy());
        json.writeNumberProperty("movedDespiteFailure", result.observed().movedDespiteFailure());
    }
}
