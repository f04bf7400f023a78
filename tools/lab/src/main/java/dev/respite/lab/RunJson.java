package dev.respite.lab;

import dev.respite.outcome.StopReason;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.Series;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.conclusion.Conclusion;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The results of runs as JSON: every figure of {@link SimulationResult}, by the name that it has there. */
final class RunJson {

    private static final List<Double> PERCENTILES = List.of(50.0, 90.0, 95.0, 99.0, 99.9, 100.0);

    private RunJson() {}

    static void write(JsonWriter json, Scenario scenario, List<PolicySummary> summaries) {
        json.object("scenario", object -> write(object, scenario))
                .objects(
                        "runs",
                        summaries,
                        (object, summary) -> object.text("policy", summary.name())
                                .text("text", summary.policy().toString())
                                .objects("results", summary.results(), RunJson::write)
                                .objects(
                                        "calm",
                                        List.copyOf(summary.calm().entrySet()),
                                        (calm, run) -> calm.number("failureRate", run.getKey())
                                                .number(
                                                        "successRatio",
                                                        run.getValue().successRatio())
                                                .number(
                                                        "amplification",
                                                        run.getValue().mean(SimulationResult::amplification))))
                .objects(
                        "conclusions",
                        Conclusion.of(summaries),
                        (object, conclusion) -> object.text("policy", conclusion.policy())
                                .text("kind", conclusion.label())
                                .text("text", conclusion.text()));
    }

    private static void write(JsonWriter json, Scenario scenario) {
        json.text("name", scenario.name())
                .number("durationMs", millis(scenario.duration()))
                .text("focus", scenario.focus().name())
                .text("arrivals", scenario.load().arrivals())
                .objects("faults", scenario.faults(), (object, fault) -> write(object, fault));
    }

    static void write(JsonWriter json, Fault fault) {
        json.text("kind", fault.kind().toString())
                .text("service", fault.service())
                .number("degree", fault.degree())
                .number("atMs", millis(fault.at()))
                .number("durationMs", millis(fault.duration()))
                .number("rampMs", millis(fault.ramp()));
    }

    private static void write(JsonWriter json, SimulationResult result) {
        json.whole("seed", result.seed())
                .whole("calls", result.calls())
                .whole("succeeded", result.succeeded())
                .number("successRatio", result.successRatio())
                .whole("attempts", result.attempts())
                .number("amplification", result.amplification())
                .number(
                        "recoverySeconds",
                        result.recoverySeconds().isPresent()
                                ? result.recoverySeconds().getAsInt()
                                : Double.NaN)
                .number("goodputBefore", result.goodputBefore())
                .number("goodputAfter", result.goodputAfter())
                .object(
                        "latencyMs",
                        object -> PERCENTILES.forEach(
                                percentile -> object.number(name(percentile), millis(result.latency(percentile)))))
                .object(
                        "answerMs",
                        object -> PERCENTILES.forEach(percentile -> object.number(
                                name(percentile),
                                result.answerMillis(percentile).orElse(Double.NaN))))
                .whole("peakRequestsPerSecond", result.peakRequestsPerSecond())
                .number("wastedWorkMs", millis(result.wastedWork()))
                .number("delaysMs", millis(result.delays()))
                .number("retrySpreadMs", millis(result.retrySpread()))
                .whole("peakRetriesPer100ms", result.peakRetriesPer100ms())
                .object("stopReasons", object -> write(object, result.stopReasons()))
                .objects(
                        "groups",
                        result.groups(),
                        (object, group) -> object.text("name", group.name())
                                .whole("calls", Math.round(group.calls()))
                                .whole("succeeded", Math.round(group.succeeded()))
                                .whole("attempts", Math.round(group.attempts())))
                .object("series", object -> write(object, result.series()));
    }

    private static void write(JsonWriter json, Map<StopReason, Long> reasons) {
        reasons.forEach((reason, calls) -> json.whole(reason.name(), calls));
    }

    private static void write(JsonWriter json, Series series) {
        json.numbers("calls", series.calls())
                .numbers("requests", series.requests())
                .numbers("goodput", series.goodput())
                .numbers("queue", series.queue())
                .numbers("budget", series.budget());
    }

    /** Such as p99 and p99.9. */
    private static String name(double percentile) {
        String digits = String.valueOf(percentile);
        return "p" + (digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits);
    }

    /** All digits of a nanosecond. */
    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }
}
