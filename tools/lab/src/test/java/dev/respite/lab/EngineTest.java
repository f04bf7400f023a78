package dev.respite.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.BuiltIn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class EngineTest {

    /** The number of the end of an attempt that succeeded. */
    private static final int SERVED = 1;

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

    /** The record has each attempt of every tenth call. A replaced policy leaves earlier attempts as they are. */
    @Test
    void replay_hasTheAttemptsOfCallsUnderEachPolicy() {
        SimulationResult expected = Simulation.simulate(
                BuiltIn.named("metastable").scenario(Map.of()), RetryPolicy.parse("max-attempts=3 budget=off"), 1);
        Json kept = respond(replay("{\"0\": \"max-attempts=3 budget=off\"}"));
        Json replaced = respond(replay("{\"0\": \"max-attempts=3 budget=off\", \"60000\": \"max-attempts=1\"}"));

        assertThat(numbers(kept, "begun").stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(expected.calls());
        assertThat(numbers(kept, "succeeded").stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .isEqualTo(expected.succeeded());
        List<List<Integer>> ways = ways(kept);
        assertThat(ways).allSatisfy(way -> assertThat(way.get(0) % 10).isZero());
        assertThat(ways.size()).isBetween((int) expected.attempts() / 11, (int) expected.attempts() / 9);
        assertThat(ways.stream().filter(way -> way.get(5) >= 0))
                .isNotEmpty()
                .allSatisfy(way -> assertThat(way.subList(2, 6)).isSorted());
        assertThat(ways.stream().filter(way -> way.get(7) == SERVED))
                .as("a network without latency")
                .hasSizeGreaterThan(500)
                .allSatisfy(way -> assertThat(way.get(3)).isEqualTo(way.get(2)))
                .allSatisfy(way -> assertThat(way.get(6)).isEqualTo(way.get(5)));
        assertThat(until(60_000, ways)).isEqualTo(until(60_000, ways(replaced))).hasSizeGreaterThan(2_000);
        assertThat(ways.stream().filter(way -> way.get(2) > 70_000 && way.get(1) > 1))
                .isNotEmpty();
        assertThat(ways(replaced).stream().filter(way -> way.get(2) > 70_000 && way.get(1) > 1))
                .isEmpty();
    }

    private static String replay(String policies) {
        return "{\"op\": \"replay\", \"builtIn\": \"metastable\", \"every\": 10, \"policies\": " + policies + "}";
    }

    /** Returns the attempts that were sent before a time, without later events. */
    private static List<List<Integer>> until(int millis, List<List<Integer>> ways) {
        return ways.stream()
                .filter(way -> way.get(2) < millis)
                .map(way -> way.subList(0, 7).stream()
                        .map(time -> time < millis ? time : -1)
                        .toList())
                .toList();
    }

    /** Returns the attempts with all times from the beginning of the run. */
    private static List<List<Integer>> ways(Json response) {
        List<Integer> numbers = numbers(response, "attempts");
        List<List<Integer>> ways = new ArrayList<>();
        int call = 0;
        int sent = 0;
        for (int i = 0; i < numbers.size(); i += 8) {
            call += numbers.get(i);
            sent += numbers.get(i + 2);
            int arrived = since(sent, numbers.get(i + 3));
            int begun = since(arrived, numbers.get(i + 4));
            int finished = since(begun, numbers.get(i + 5));
            int ended = since(sent, numbers.get(i + 6));
            ways.add(List.of(call, numbers.get(i + 1), sent, arrived, begun, finished, ended, numbers.get(i + 7)));
        }
        return ways;
    }

    private static int since(int from, int span) {
        return span < 0 ? -1 : from + span;
    }

    private static List<Integer> numbers(Json response, String name) {
        return ((Json.Elements) at(response, name))
                .elements().stream()
                        .map(number -> Integer.valueOf(text(number)))
                        .toList();
    }

    @Test
    void refusals_haveTheMessageAsItIs() {
        assertRefused(
                "{\"op\": \"run\", \"builtIn\": \"metastable\", \"settings\": {\"laod\": 1}}",
                "metastable: unknown setting 'laod'; use one of capacity, clients, load, outage, refuse-retries, timeout");
        assertRefused("{\"op\": \"explain\", \"policy\": \"max-attempts=0\"}", "max-attempts=0: ");
        assertRefused(
                "{\"op\": \"stop\"}",
                "request, op: 'stop': use list, explain, print, run, observe, replay or transfer");
        assertRefused(replay("{\"7\": \"\"}"), "request, policies: none begins at 0");
        assertRefused(
                replay("{\"0.5\": \"\"}"),
                "request, policies: '0.5': expected the time of a policy in whole milliseconds");
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
