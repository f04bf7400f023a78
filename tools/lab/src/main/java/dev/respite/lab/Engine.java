package dev.respite.lab;

import dev.respite.policy.Explanation;
import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Comparison;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.Simulation;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The simulator behind one function: a request and its response are JSON objects.
 *
 * <ul>
 *   <li>{@code {"op": "list"}} returns {@code scenarios}: name, description, settings with their defaults.
 *   <li>{@code {"op": "explain", "policy": "max-attempts=3"}} returns {@code warnings}: their texts.
 *   <li>{@code {"op": "run", "builtIn": "metastable", "settings": {"load": "280"}, "policies": {"mine": "max-attempts=3"},
 *       "firstSeed": 1, "seeds": 1}} returns {@code runs}: for each policy the figures of each seed, and {@code
 *       conclusions}. Settings and seeds may be left out. In place of {@code builtIn}, {@code scenario} has the text of a scenario file, in JSON.
 *   <li>{@code {"op": "print", "builtIn": "metastable", "settings": {"load": "280"}}} returns {@code yaml}: the scenario as a file.
 *   <li>{@code {"op": "observe", "builtIn": "metastable", "binMs": 50, "lanes": 24}} returns {@code observations}: for each policy
 *       what happened in the run of the first seed, as {@link Observation} lists it.
 *   <li>{@code {"op": "replay", "builtIn": "metastable", "policies": {"0": "max-attempts=4", "31400": ""}, "every": 10}} returns one run
 *       to be played, as {@link Replay} records it. Its policies follow each other, by the millisecond at which they begin.
 *   <li>{@code {"op": "transfer", "policy": "max-attempts=3", "safety": "KEY", "lostResponses": 1}} returns {@code transfer}: the
 *       attempts and the ledger of a transfer whose first responses are lost.
 *   <li>A request that is rejected returns {@code error}: a text with the reason.
 * </ul>
 *
 * <p>Times are in milliseconds where the name ends in {@code Ms}. An infinite or unknown number is null. A run cannot be stopped from
 * inside: end its worker.
 */
public final class Engine {

    private Engine() {}

    /** Receives how far a run is. */
    @FunctionalInterface
    public interface Progress {

        /**
         * Called after each simulated second, on any thread.
         *
         * @param done seconds that are over, in all runs of the request together
         * @param total how many there are
         */
        void report(long done, long total);
    }

    /**
     * Responds to a request. Never throws.
     *
     * @param request the request
     * @param progress receives how far it is
     * @return the response
     */
    public static String respond(String request, Progress progress) {
        try {
            return response(Request.parse(request), progress);
        } catch (InvalidPolicyException | InvalidScenarioException | Request.InvalidRequestException refused) {
            return error(String.valueOf(refused.getMessage()));
        } catch (Throwable bug) {
            return error(bug.toString());
        }
    }

    private static String error(String message) {
        return JsonWriter.object(response -> response.text("error", message));
    }

    private static String response(Request request, Progress progress) {
        if (request instanceof Request.Run run) {
            List<PolicySummary> summaries = summaries(run, progress);
            return JsonWriter.object(response -> RunJson.write(response, summaries));
        }
        if (request instanceof Request.Print print) {
            return JsonWriter.object(response -> response.text("yaml", ScenarioFile.yaml(print.scenario())));
        }
        if (request instanceof Request.Observe observe) {
            return observations(observe, progress);
        }
        if (request instanceof Request.Play play) {
            Scenario scenario = play.scenario();
            Replay replay = new Replay(scenario.focus().name(), play.every());
            Simulation.observe(scenario, play.policies(), play.seed(), replay);
            return JsonWriter.object(response -> {
                response.number("durationMs", (double) scenario.duration().toMillis());
                replay.write(response);
            });
        }
        if (request instanceof Request.LostTransfer lost) {
            return JsonWriter.object(response -> response.object(
                    "transfer",
                    object -> Transfer.write(lost.policy(), lost.safety(), lost.lostResponses(), lost.seed(), object)));
        }
        if (request instanceof Request.Explain explain) {
            List<String> warnings = Explanation.of(explain.policy()).warnings().stream()
                    .map(Explanation.Warning::message)
                    .toList();
            return JsonWriter.object(response -> response.texts("warnings", warnings));
        }
        return JsonWriter.object(response -> response.objects(
                "scenarios",
                BuiltIn.all(),
                (object, scenario) -> object.text("name", scenario.name())
                        .text("description", scenario.description())
                        .texts("settings", scenario.settings())));
    }

    private static String observations(Request.Observe observe, Progress progress) {
        Scenario scenario = observe.run().scenario();
        List<Map.Entry<String, RetryPolicy>> policies =
                List.copyOf(observe.run().policies().entrySet());
        Duration bin = Duration.ofMillis(observe.binMillis());
        List<Observation> observations = new ArrayList<>();
        for (Map.Entry<String, RetryPolicy> policy : policies) {
            Observation observation = new Observation(
                    scenario.focus().name(), bin, clients(scenario), observe.lanes(), scenario.faults());
            Simulation.observe(scenario, policy.getValue(), observe.run().firstSeed(), observation);
            observations.add(observation);
            progress.report(observations.size(), policies.size());
        }
        return JsonWriter.object(response -> response.number(
                        "durationMs", (double) scenario.duration().toMillis())
                .objects(
                        "faults",
                        scenario.faults(),
                        (object, fault) -> object.number(
                                        "atMs", (double) fault.at().toMillis())
                                .number("durationMs", (double) fault.duration().toMillis()))
                .objects("observations", observations, (object, observation) -> {
                    object.text(
                            "policy",
                            policies.get(observations.indexOf(observation)).getKey());
                    observation.write(object);
                }));
    }

    /** The clients of the largest group. */
    private static int clients(Scenario scenario) {
        return scenario.load().groups().stream()
                .mapToInt(ClientGroup::clients)
                .max()
                .orElse(1);
    }

    private static List<PolicySummary> summaries(Request.Run run, Progress progress) {
        Comparison comparison = Comparison.of(run.scenario(), run.policies()).seeds(run.firstSeed(), run.seeds());
        AtomicLong done = new AtomicLong();
        return comparison.run(() -> progress.report(done.incrementAndGet(), comparison.seconds()));
    }
}
