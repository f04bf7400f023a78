package dev.respite.cli;

import dev.respite.cli.console.Json;
import dev.respite.policy.Explanation;
import dev.respite.policy.PlannedDelay;
import dev.respite.sim.foresight.Foresight;
import java.util.List;
import java.util.Optional;

/** Formats an explanation as JSON. */
final class ExplanationJson {

    private ExplanationJson() {}

    static String of(Explanation explanation, List<RuleExplanation> rules, Optional<Foresight> foresight) {
        Json json = Json.object().put("policy", explanation.policy());
        json.putAll(schedule(explanation));
        json.put("rules", rules.stream().map(ExplanationJson::rule).toList());
        json.put("fitsTotalTimeout", explanation.fitsTotalTimeout());
        json.put(
                "amplification",
                LoadRow.of(explanation).stream().map(ExplanationJson::load).toList());
        json.put(
                "warnings",
                explanation.warnings().stream()
                        .map(warning ->
                                Json.object().put("code", warning.code()).put("message", warning.message()))
                        .toList());
        foresight.ifPresent(of -> json.put("foresight", ForesightJson.of(of)));
        return json.text();
    }

    private static Json rule(RuleExplanation rule) {
        Json json = Json.object().put("error", rule.error());
        json.putAll(schedule(rule.explanation()));
        return json;
    }

    private static Json schedule(Explanation explanation) {
        return Json.object()
                .put(
                        "retries",
                        explanation.retries().stream()
                                .map(ExplanationJson::retry)
                                .toList())
                .put("worstWaitMs", explanation.worstWait().map(wait -> Json.millis(wait.toNanos())));
    }

    private static Json retry(PlannedDelay retry) {
        return Json.object()
                .put("number", retry.number())
                .put("minMs", Json.millis(retry.minNanos()))
                .put("meanMs", Json.millis(retry.meanNanos()))
                .put("maxMs", Json.millis(retry.maxNanos()));
    }

    private static Json load(LoadRow row) {
        return Json.object()
                .put("failureRate", row.failureRate())
                .put("ordinary", row.ordinary())
                .put("overload", row.overload())
                .put("ordinaryWithoutBudget", row.ordinaryWithoutBudget())
                .put("overloadWithoutBudget", row.overloadWithoutBudget());
    }
}
