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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The simulator behind one function: a request and its response are JSON objects.
 *
 * <ul>
 *   <li>{@code {"op": "list"}} returns {@code scenarios}: name, description, settings with their defaults, policies as text.
 *   <li>{@code {"op": "explain", "policy": "max-attempts=3"}} returns {@code explanation}: the complete policy, its delays, what it
 *       multiplies load by, and warnings.
 *   <li>{@code {"op": "run", "builtIn": "metastable", "settings": {"load": "280"}, "policies": {"mine": "max-attempts=3"},
 *       "firstSeed": 1, "seeds": 1}} returns {@code runs}: for each policy the figures of each seed, and {@code
 *       conclusions}. Settings, policies and seeds
 *       may be left out. In place of {@code builtIn}, {@code scenario} has the text of a scenario file, in JSON.
 *   <li>{@code {"op": "print", "builtIn": "metastable", "settings": {"load": "280"}}} returns {@code yaml}: the scenario as a file.
 *   <li>{@code {"op": "observe", "builtIn": "metastable", "binMs": 50, "lanes": 24}} returns {@code observations}: for each policy
 *       what happened in the run of the first seed, as {@link Observation} lists it.
 *   <li>{@code {"op": "transfer", "policy": "max-attempts=3", "safety": "KEY", "lostResponses": 1}} returns {@code transfer}: the
 *       attempts and the ledger of a transfer whose first responses are lost.
 *   <li>What is refused returns {@code error}: its {@code kind} is {@code request}, {@code scenario}, {@code policy} or {@code
 *       bug}, {@code message} says what is wrong, and {@code policy} names the policy of a run.
 * </ul>
 *
 * <p>Times are in milliseconds where the name ends in {@code Ms}. What is infinite or unknown is null. A run cannot be stopped from
 * inside: end its worker.
 */
public final class Engine {

    /** The scenario whose policies a scenario is compared with that is not built in, as in the command line. */
    private static final String DEFAULT_POLICIES_OF = "metastable";

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

    /** A policy of a run is refused. */
    private static final class PolicyRefusedException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;
        private final String policy;

        PolicyRefusedException(String policy, InvalidPolicyException wrong) {
            super(wrong.getMessage(), wrong);
            this.policy = policy;
        }
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
        } catch (PolicyRefusedException wrong) {
            return error("policy", wrong, object -> object.text("policy", wrong.policy));
        } catch (InvalidPolicyException wrong) {
            return error("policy", wrong, object -> {});
        } catch (InvalidScenarioException wrong) {
            return error("scenario", wrong, object -> {});
        } catch (Request.InvalidRequestException wrong) {
            return error("request", wrong, object -> {});
        } catch (Throwable bug) {
            return error(
                    "bug", bug, object -> object.text("type", bug.getClass().getName()));
        }
    }

    private static String error(String kind, Throwable wrong, JsonWriter.Members more) {
        return JsonWriter.object(response -> response.object("error", error -> {
            error.text("kind", kind).text("message", String.valueOf(wrong.getMessage()));
            more.write(error);
        }));
    }

    private static String response(Request request, Progress progress) {
        if (request instanceof Request.Run run) {
            Scenario scenario = scenario(run);
            List<PolicySummary> summaries = summaries(run, scenario, progress);
            return JsonWriter.object(response -> RunJson.write(response, scenario, summaries));
        }
        if (request instanceof Request.Print print) {
            return JsonWriter.object(
                    response -> response.text("yaml", ScenarioFile.yaml(scenario(print.source(), print.settings()))));
        }
        if (request instanceof Request.Observe observe) {
            return observations(observe, progress);
        }
        if (request instanceof Request.LostTransfer lost) {
            RetryPolicy policy = RetryPolicy.parse(lost.policy());
            return JsonWriter.object(response -> response.object(
                    "transfer",
                    object -> Transfer.write(policy, lost.safety(), lost.lostResponses(), lost.seed(), object)));
        }
        if (request instanceof Request.Explain explain) {
            Explanation explanation = Explanation.of(RetryPolicy.parse(explain.policy()));
            return JsonWriter.object(
                    response -> response.object("explanation", object -> ExplanationJson.write(object, explanation)));
        }
        return JsonWriter.object(response -> response.objects(
                "scenarios",
                BuiltIn.all(),
                (object, scenario) -> object.text("name", scenario.name())
                        .text("description", scenario.description())
                        .texts("settings", scenario.settings())
                        .texts("policies", texts(scenario.policies()))));
    }

    private static String observations(Request.Observe observe, Progress progress) {
        Scenario scenario = scenario(observe.run());
        List<Map.Entry<String, RetryPolicy>> policies =
                List.copyOf(policies(observe.run()).entrySet());
        Duration bin = Duration.ofMillis(observe.binMillis());
        List<Observation> observations = new ArrayList<>();
        for (Map.Entry<String, RetryPolicy> policy : policies) {
            Observation observation = new Observation(scenario.focus().name(), bin, clients(scenario), observe.lanes());
            Simulation.observe(scenario, policy.getValue(), observe.run().firstSeed(), observation);
            observations.add(observation);
            progress.report(observations.size(), policies.size());
        }
        return JsonWriter.object(response -> response.number(
                        "durationMs", (double) scenario.duration().toMillis())
                .objects("faults", scenario.faults(), RunJson::write)
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

    private static Scenario scenario(Request.Run run) {
        return scenario(run.source(), run.settings());
    }

    private static Scenario scenario(Request.Source source, Map<String, String> settings) {
        if (source instanceof Request.BuiltInName builtIn) {
            return BuiltIn.named(builtIn.name()).scenario(settings);
        }
        return ScenarioFile.parse("scenario", ((Request.ScenarioText) source).text(), settings);
    }

    private static List<PolicySummary> summaries(Request.Run run, Scenario scenario, Progress progress) {
        Comparison comparison = Comparison.of(scenario, policies(run)).seeds(run.firstSeed(), run.seeds());
        AtomicLong done = new AtomicLong();
        return comparison.run(() -> progress.report(done.incrementAndGet(), comparison.seconds()));
    }

    private static Map<String, RetryPolicy> policies(Request.Run run) {
        if (run.policies().isEmpty()) {
            String builtIn = run.source() instanceof Request.BuiltInName name ? name.name() : DEFAULT_POLICIES_OF;
            return BuiltIn.named(builtIn).policies();
        }
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        run.policies().get().forEach((name, text) -> {
            try {
                policies.put(name, RetryPolicy.parse(text));
            } catch (InvalidPolicyException wrong) {
                throw new PolicyRefusedException(name, wrong);
            }
        });
        return policies;
    }

    private static Map<String, String> texts(Map<String, RetryPolicy> policies) {
        Map<String, String> texts = new LinkedHashMap<>();
        policies.forEach((name, policy) -> texts.put(name, policy.toString()));
        return texts;
    }
}
