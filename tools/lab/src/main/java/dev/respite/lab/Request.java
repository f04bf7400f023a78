package dev.respite.lab;

import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** A request of a page, with its scenario and its policies. */
sealed interface Request {

    /** The built-in scenarios. */
    record ListScenarios() implements Request {}

    /** Explains a policy. */
    record Explain(RetryPolicy policy) implements Request {}

    /** Runs a scenario with policies by their names. */
    record Run(Scenario scenario, Map<String, RetryPolicy> policies, long firstSeed, int seeds) implements Request {}

    /** A scenario as a file. */
    record Print(Scenario scenario) implements Request {}

    /**
     * Observes runs.
     *
     * @param run the runs, each with its first seed
     * @param binMillis the length of a bin
     * @param lanes of how many clients the calls are listed
     */
    record Observe(Run run, int binMillis, int lanes) implements Request {}

    /**
     * Records one run to be played.
     *
     * @param policies the policies by the times at which they begin, the first at zero
     * @param every the attempts of one call in so many are recorded
     */
    record Play(Scenario scenario, SortedMap<Duration, RetryPolicy> policies, long seed, int every)
            implements Request {}

    /**
     * A transfer whose response is lost.
     *
     * @param policy the policy of the client
     * @param safety what protects the transfer
     * @param lostResponses how many responses are lost
     * @param seed decides the jitter
     */
    record LostTransfer(RetryPolicy policy, Transfer.Safety safety, int lostResponses, long seed) implements Request {}

    /** The request itself is wrong: a bug of the page. */
    final class InvalidRequestException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        InvalidRequestException(String message) {
            super(message);
        }
    }

    static Request parse(String text) {
        Json json;
        try {
            json = JsonReader.read(text);
        } catch (JsonReader.NotJsonException broken) {
            throw new InvalidRequestException("request: not JSON: " + broken.getMessage());
        }
        if (!(json instanceof Json.Members request)) {
            throw new InvalidRequestException("request: expected an object");
        }
        String op = text(request, "op").orElse("none");
        return switch (op) {
            case "list" -> {
                allow(request, "op");
                yield new ListScenarios();
            }
            case "explain" -> {
                allow(request, "op", "policy");
                yield new Explain(text(request, "policy")
                        .map(RetryPolicy::parse)
                        .orElseThrow(() -> new InvalidRequestException("request, policy: it is missing")));
            }
            case "run" -> {
                allow(request, "op", "builtIn", "scenario", "settings", "policies", "firstSeed", "seeds");
                yield run(request);
            }
            case "print" -> {
                allow(request, "op", "builtIn", "scenario", "settings");
                yield new Print(scenario(request));
            }
            case "observe" -> {
                allow(request, "op", "builtIn", "scenario", "settings", "policies", "firstSeed", "binMs", "lanes");
                yield new Observe(
                        run(request), range(request, "binMs", 50, 1, 60_000), range(request, "lanes", 0, 0, 1_000));
            }
            case "replay" -> {
                allow(request, "op", "builtIn", "scenario", "settings", "policies", "firstSeed", "every");
                yield new Play(
                        scenario(request),
                        policiesByTime(request),
                        whole(request, "firstSeed").orElse(1),
                        range(request, "every", 1, 1, 100_000));
            }
            case "transfer" -> {
                allow(request, "op", "policy", "safety", "lostResponses", "seed");
                yield new LostTransfer(
                        RetryPolicy.parse(text(request, "policy").orElse("")),
                        safety(text(request, "safety").orElse("NONE")),
                        range(request, "lostResponses", 1, 0, 10),
                        whole(request, "seed").orElse(1));
            }
            default ->
                throw new InvalidRequestException("request, op: '" + ValueFormat.shortened(op)
                        + "': use list, explain, print, run, observe, replay or transfer");
        };
    }

    private static Run run(Json.Members request) {
        return new Run(
                scenario(request),
                policies(request),
                whole(request, "firstSeed").orElse(1),
                (int) whole(request, "seeds").orElse(1));
    }

    private static Map<String, RetryPolicy> policies(Json.Members request) {
        Map<String, String> texts = texts(request, "policies")
                .orElseThrow(() -> new InvalidRequestException("request, policies: they are missing"));
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        texts.forEach((name, text) -> {
            try {
                policies.put(name, RetryPolicy.parse(text));
            } catch (InvalidPolicyException wrong) {
                throw new InvalidRequestException("policy " + ValueFormat.shortened(name) + ": " + wrong.getMessage());
            }
        });
        return policies;
    }

    private static SortedMap<Duration, RetryPolicy> policiesByTime(Json.Members request) {
        SortedMap<Duration, RetryPolicy> byTime = new TreeMap<>();
        policies(request).forEach((millis, policy) -> {
            if (!millis.matches("0|[1-9][0-9]{0,8}")) {
                throw new InvalidRequestException("request, policies: '" + ValueFormat.shortened(millis)
                        + "': expected the time of a policy in whole milliseconds");
            }
            byTime.put(Duration.ofMillis(Long.parseLong(millis)), policy);
        });
        if (!byTime.containsKey(Duration.ZERO)) {
            throw new InvalidRequestException("request, policies: none begins at 0");
        }
        return byTime;
    }

    private static Transfer.Safety safety(String name) {
        for (Transfer.Safety safety : Transfer.Safety.values()) {
            if (safety.name().equals(name)) {
                return safety;
            }
        }
        throw new InvalidRequestException(
                "request, safety: '" + ValueFormat.shortened(name) + "': use NONE, NO_REPEAT or KEY");
    }

    private static int range(Json.Members request, String name, int otherwise, int min, int max) {
        long value = whole(request, name).orElse(otherwise);
        if (value < min || value > max) {
            throw new InvalidRequestException(
                    "request, " + name + ": " + value + ": expected a number from " + min + " to " + max);
        }
        return (int) value;
    }

    private static Scenario scenario(Json.Members request) {
        Map<String, String> settings = texts(request, "settings").orElse(Map.of());
        Optional<String> name = text(request, "builtIn");
        Optional<String> text = text(request, "scenario");
        if (name.isPresent() == text.isPresent()) {
            throw new InvalidRequestException("request: give either builtIn, a name, or scenario, a text");
        }
        return name.map(known -> BuiltIn.named(known).scenario(settings))
                .orElseGet(() -> ScenarioFile.parse("scenario", text.orElseThrow(), settings));
    }

    private static void allow(Json.Members request, String... known) {
        for (Json.Member member : request.members()) {
            if (!List.of(known).contains(member.name())) {
                throw new InvalidRequestException(
                        "request: unknown member '" + ValueFormat.shortened(member.name()) + "'");
            }
        }
    }

    private static Optional<String> text(Json.Members request, String name) {
        return request.get(name).map(value -> scalar(value, name));
    }

    private static OptionalLong whole(Json.Members request, String name) {
        Optional<String> text = text(request, name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!text.get().matches("0|-?[1-9][0-9]{0,8}")) {
            throw new InvalidRequestException("request, " + name + ": '" + ValueFormat.shortened(text.get())
                    + "': expected a whole number of at most nine digits");
        }
        return OptionalLong.of(Long.parseLong(text.get()));
    }

    private static Optional<Map<String, String>> texts(Json.Members request, String name) {
        return request.get(name).map(value -> {
            if (!(value instanceof Json.Members members)) {
                throw new InvalidRequestException("request, " + name + ": expected an object of texts");
            }
            Map<String, String> texts = new LinkedHashMap<>();
            members.members().forEach(member -> texts.put(member.name(), scalar(member.value(), name)));
            return texts;
        });
    }

    private static String scalar(Json value, String name) {
        if (!(value instanceof Json.Scalar scalar)) {
            throw new InvalidRequestException("request, " + name + ": expected a text or a number");
        }
        return scalar.text();
    }
}
