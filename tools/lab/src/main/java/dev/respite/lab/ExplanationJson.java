package dev.respite.lab;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.Explanation;
import java.util.List;

/** An explanation as JSON, with the names of {@code respite explain --json}. */
final class ExplanationJson {

    private static final List<Double> FAILURE_RATES = List.of(0.01, 0.1, 0.5, 1.0);

    private ExplanationJson() {}

    static void write(JsonWriter json, Explanation explanation) {
        json.text("policy", explanation.policy().toString())
                .objects(
                        "retries",
                        explanation.retries(),
                        (object, retry) -> object.number("number", retry.number())
                                .number("minMs", retry.minNanos() / 1e6)
                                .number("meanMs", retry.meanNanos() / 1e6)
                                .number("maxMs", retry.maxNanos() / 1e6))
                .number(
                        "worstWaitMs",
                        explanation
                                .worstWait()
                                .map(wait -> wait.toNanos() / 1e6)
                                .orElse(Double.NaN))
                .truth("fitsTotalTimeout", explanation.fitsTotalTimeout())
                .objects(
                        "amplification",
                        FAILURE_RATES,
                        (object, rate) -> object.number("failureRate", rate)
                                .number("ordinary", explanation.amplification(rate))
                                .number("overload", explanation.amplification(rate, ErrorKind.TIMEOUT)))
                .objects(
                        "warnings",
                        explanation.warnings(),
                        (object, warning) -> object.text("code", warning.code()).text("message", warning.message()));
    }
}
