package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.BuiltIn;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class EngineTest {

    private static final String RUN =
            "{\"op\": \"run\", \"builtIn\": \"metastable\", \"policies\": {\"mine\": \"max-attempts=3\"}}";

    /** Of the request, and so not in the response. */
    private static final Set<String> NO_FIGURES = Set.of("scenario", "customBudget");

    @Test
    void run_hasEveryFigureOfTheResult() {
        Json.Members result = (Json.Members) at(respond(RUN), "runs", 0, "results", 0);
        for (Method figure : SimulationResult.class.getDeclaredMethods()) {
            if (Modifier.isPublic(figure.getModifiers()) && !NO_FIGURES.contains(figure.getName())) {
                assertThat(result.members())
                        .as(figure.getName())
                        .anyMatch(
                                member -> member.name().matches(figure.getName().replace("Millis", "") + "(Ms)?"));
            }
        }
    }

    @Test
    void run_hasTheFiguresOfTheSimulation() {
        SimulationResult expected = Simulation.simulate(
                BuiltIn.named("metastable").scenario(Map.of()), RetryPolicy.parse("max-attempts=3"), 1);
        Json response = respond(RUN);
        assertThat(text(at(response, "runs", 0, "results", 0, "calls"))).isEqualTo("" + expected.calls());
        assertThat(text(at(response, "runs", 0, "results", 0, "attempts"))).isEqualTo("" + expected.attempts());
        assertThat(Double.valueOf(text(at(response, "runs", 0, "results", 0, "latencyMs", "p99"))))
                .isEqualTo(expected.latency(99).toNanos() / 1e6);
        assertThat(((Json.Elements) at(response, "runs", 0, "results", 0, "series", "goodput")).elements())
                .hasSize(expected.series().goodput().size());
    }

    @Test
    void run_reportsEachSimulatedSecond() {
        // On the JVM the runs are on several threads.
        Queue<Long> done = new ConcurrentLinkedQueue<>();
        Queue<Long> totals = new ConcurrentLinkedQueue<>();
        String unused = Engine.respond(RUN, (seconds, total) -> {
            done.add(seconds);
            totals.add(total);
        });
        // The run, and two calm runs of 30 s.
        assertThat(done).hasSize(210).doesNotHaveDuplicates().contains(1L, 210L);
        assertThat(totals).containsOnly(210L);
    }

    @Test
    void refusals_haveTheirKindAndTheMessageAsItIs() {
        assertRefused(
                "{\"op\": \"run\", \"builtIn\": \"metastable\", \"settings\": {\"laod\": 1}}",
                "scenario",
                "metastable: unknown setting 'laod'; use one of capacity, load, outage, timeout");
        assertRefused("{\"op\": \"explain\", \"policy\": \"max-attempts=0\"}", "policy", "max-attempts=0: ");
        assertRefused(
                "{\"op\": \"stop\"}",
                "request",
                "request, op: 'stop': use list, explain, print, run, observe or transfer");
        Json response =
                respond("{\"op\": \"run\", \"builtIn\": \"tail\", \"policies\": {\"mine\": \"max-attempts=0\"}}");
        assertThat(text(at(response, "error", "policy"))).isEqualTo("mine");
    }

    private static void assertRefused(String request, String kind, String message) {
        Json response = respond(request);
        assertThat(text(at(response, "error", "kind"))).isEqualTo(kind);
        assertThat(text(at(response, "error", "message"))).startsWith(message);
    }

    private static Json respond(String request) {
        return JsonReader.read(Engine.respond(request, (done, total) -> {}));
    }

    private static Json at(Json json, Object... path) {
        Json at = json;
        for (Object step : path) {
            at = step instanceof Integer index
                    ? ((Json.Elements) at).elements().get(index)
                    : ((Json.Members) at)
                            .get((String) step)
                            .orElseThrow(() -> new AssertionError(step + " is missing"));
        }
        return at;
    }

    private static String text(Json json) {
        return ((Json.Scalar) json).text();
    }
}
