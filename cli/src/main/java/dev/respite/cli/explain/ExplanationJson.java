package dev.respite.cli.explain;

import dev.respite.cli.console.Json;
import dev.respite.policy.Explanation;
import dev.respite.policy.PlannedDelay;
import dev.respite.sim.foresight.Foresight;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.core.JsonGenerator;

/** Formats an explanation as JSON. */
final class ExplanationJson {

    private ExplanationJson() {}

    static String of(Explanation explanation, List<RuleExplanation> rules, Optional<Foresight> foresight) {
        return Json.text(Json.object(json -> {
            write(json, explanation, rules);
            foresight.ifPresent(of -> ForesightJson.write(json, of));
        }));
    }

    private static void write(JsonGenerator json, Explanation explanation, List<RuleExplanation> rules) {
        json.writeStringProperty("policy", explanation.policy().toString());
        schedule(json, explanation);
        json.writeArrayPropertyStart("rules");
        for (RuleExplanation rule : rules) {
            json.writeStartObject();
            json.writeStringProperty("error", rule.error());
            schedule(json, rule.explanation());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeBooleanProperty("fitsTotalTimeout", explanation.fitsTotalTimeout());
        json.writeArrayPropertyStart("amplification");
        LoadRow.of(explanation).forEach(row -> load(json, row));
        json.writeEndArray();
        json.writeArrayPropertyStart("warnings");
        for (Explanation.Warning warning : explanation.warnings()) {
            json.writeStartObject();
            json.writeStringProperty("code", warning.code());
            json.writeStringProperty("message", warning.message());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void schedule(JsonGenerator json, Explanation explanation) {
        json.writeArrayPropertyStart("retries");
        for (PlannedDelay retry : explanation.retries()) {
            json.writeStartObject();
            json.writeNumberProperty("number", retry.number());
            Json.millis(json, "minMs", retry.minNanos());
            Json.millis(json, "meanMs", retry.meanNanos());
            Json.millis(json, "maxMs", retry.maxNanos());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (explanation.worstWait().isPresent()) {
            Json.millis(json, "worstWaitMs", explanation.worstWait().get().toNanos());
        } else {
            json.writeNullProperty("worstWaitMs");
        }
    }

    private static void load(JsonGenerator json, LoadRow row) {
        json.writeStartObject();
        number(json, "failureRate", OptionalDouble.of(row.failureRate()));
        number(json, "ordinary", row.ordinary());
        number(json, "overload", row.overload());
        number(json, "ordinaryWithoutBudget", row.ordinaryWithoutBudget());
        number(json, "overloadWithoutBudget", row.overloadWithoutBudget());
        json.writeEndObject();
    }

    private static void number(JsonGenerator json, String name, OptionalDouble value) {
        json.writeName(name);
        if (value.isPresent()) {
            Json.number(json, BigDecimal.valueOf(value.getAsDouble()));
        } else {
            json.writeNull();
        }
    }
}
