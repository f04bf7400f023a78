package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.BuiltIn;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class EngineTest {

    private static final String RUN =
            "{\"op\": \"run\", \"builtIn\": \"metastable\", \"policies\": {\"mine\": \"max-attempts=3\"}}";

    @Test
    void run_hasTheFiguresOfTheSimulation() {
        SimulationResult expected = Simulation.simulate(
                BuiltIn.named("metastable").scenario(Map.of()), RetryPolicy.parse("max-attempts=3"), 1);
        Json response = respond(RUN);
        assertThat(text(at(response, "runs", 0, "results", 0, "calls"))).isEqualTo("" + expected.calls());
        assertThat(text(at(response, "runs", 0, "results", 0, "succeeded"))).isEqualTo("" + expected.succeeded());
        assertThat(Double.valueOf(text(at(response, "runs", 0, "results", 0, "amplification"))))
                .isEqualTo(expected.amplification());
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
    void refusals_haveTheMessageAsItIs() {
        assertRefused(
                "{\"op\": \"run\", \"builtIn\": \"metastable\", \"settings\": {\"laod\": 1}}",
                "metastable: unknown setting 'laod'; use one of capacity, clients, load, outage, refuse-retries, timeout");
        assertRefused("{\"op\": \"explain\", \"policy\": \"max-attempts=0\"}", "max-attempts=0: ");
        assertRefused("{\"op\": \"stop\"}", "request, op: 'stop': use list, explain, print, run, observe or transfer");
        Json response =
                respond("{\"op\": \"run\", \"builtIn\": \"tail\", \"policies\": {\"mine\": \"max-attempts=0\"}}");
        assertThat(text(at(response, "error"))).startsWith("policy mine: max-attempts=0: ");
    }

    private static void assertRefused(String request, String message) {
        Json response = respond(request);
        assertThat(text(at(response, "error"))).startsWith(message);
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
