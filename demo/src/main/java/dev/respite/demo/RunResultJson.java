package dev.respite.demo;

import dev.respite.cli.console.Json;
import java.util.Map;

/** Formats the results of all strategies as JSON. */
final class RunResultJson {

    private RunResultJson() {}

    static String of(Map<ClientStrategy, RunResult> results) {
        Json json = Json.object();
        results.forEach((strategy, result) -> json.put(strategy.toString(), json(result)));
        return json.text();
    }

    private static Json json(RunResult result) {
        return Json.object()
                .put("transfers", result.reported().transfers())
                .put("succeeded", result.reported().succeeded())
                .put("failed", result.reported().failed())
                .put("duplicated", result.observed().duplicated())
                .put("attempts", result.cost().attempts())
                .put("requests", result.cost().requests())
                .put("attemptsPerCall", result.attemptsPerCall())
                .put("p50Ms", Json.millis(result.cost().p50()))
                .put("p99Ms", Json.millis(result.cost().p99()))
                .put("moneyBefore", result.observed().before())
                .put("moneyAfter", result.observed().after())
                .put("moneyDiscrepancy", result.observed().discrepancy())
                .put("movedDespiteFailure", result.observed().movedDespiteFailure());
    }
}
