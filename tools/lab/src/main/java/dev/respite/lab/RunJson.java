package dev.respite.lab;

import dev.respite.sim.PolicySummary;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.conclusion.Conclusion;
import java.util.List;

/** The results of runs as JSON: the figures that the page shows, by the names that they have in {@link SimulationResult}. */
final class RunJson {

    private RunJson() {}

    static void write(JsonWriter json, List<PolicySummary> summaries) {
        json.objects(
                        "runs",
                        summaries,
                        (object, summary) -> object.text("policy", summary.name())
                                .objects("results", summary.results(), RunJson::write))
                .objects(
                        "conclusions",
                        Conclusion.of(summaries),
                        (object, conclusion) -> object.text("policy", conclusion.policy())
                                .text("kind", conclusion.label())
                                .text("text", conclusion.text()));
    }

    private static void write(JsonWriter json, SimulationResult result) {
        json.whole("calls", result.calls())
                .whole("succeeded", result.succeeded())
                .number("amplification", result.amplification())
                .number(
                        "recoverySeconds",
                        result.recoverySeconds().isPresent()
                                ? result.recoverySeconds().getAsInt()
                                : Double.NaN);
    }
}
