package dev.respite.sim.scenario;

import dev.respite.policy.RetryPolicy;
import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** A built-in scenario: what it shows, what can be set in it, and the policies that it compares unless others are given. */
public final class BuiltIn {

    private static final List<BuiltIn> ALL = List.of(
            new BuiltIn(
                    "thundering-herd",
                    "Many clients fail at the same moment, and come back.",
                    "clients=1000 outage=5s capacity=200",
                    BuiltInPolicies.course(),
                    BuiltInScenarios::thunderingHerd),
            new BuiltIn(
                    "metastable",
                    "A store is down for a while; retries can keep it down permanently (HotOS'21).",
                    "capacity=300 load=280 clients=20 outage=10s timeout=1s refuse-retries=none",
                    BuiltInPolicies.three(),
                    BuiltInScenarios::metastable),
            new BuiltIn(
                    "pause",
                    "A server with one queue pauses for a while; calls come at equal distances.",
                    "rate=10 utilisation=0.9 clients=5 pause=1s timeout=500ms",
                    BuiltInPolicies.published("max-attempts=4 backoff=fixed base-delay=50ms jitter=none"),
                    BuiltInScenarios::pause),
            new BuiltIn(
                    "brownout",
                    "A service loses most of its workers for a while, and sheds what it cannot take.",
                    "load=140 clients=10 remaining=50% lasting=30s",
                    BuiltInPolicies.three(),
                    BuiltInScenarios::brownout),
            new BuiltIn(
                    "rate-limit",
                    "A service lets in fewer requests than clients have, and says when to come back.",
                    "limit=100 load=120 clients=20 hint=1s",
                    BuiltInPolicies.three(),
                    BuiltInScenarios::rateLimit),
            new BuiltIn(
                    "deep-stack",
                    "Three services in a row, each with retries; the last one fails for a while.",
                    "load=50 clients=20 ratio=100% lasting=20s",
                    BuiltInPolicies.three(),
                    BuiltInScenarios::deepStack),
            new BuiltIn(
                    "circuit-breaker",
                    "A store is down for a while; clients have a circuit breaker each, or one together, or none.",
                    "breaker=own rate=50% window=20 open=2s clients=20 capacity=300 load=280 outage=10s",
                    BuiltInPolicies.three(),
                    BuiltInScenarios::circuitBreaker),
            new BuiltIn(
                    "outage-ride",
                    "A store is down for a while; calls wait for their budget, and are made when it is back.",
                    "clients=10 capacity=300 load=210 outage=10s",
                    BuiltInPolicies.waiting(),
                    BuiltInScenarios::outageRide),
            new BuiltIn(
                    "bad-replica",
                    "One of several replicas fails at once for a while; attempts go to any of them.",
                    "fault=fail-fast replicas=5 clients=20 load=300 lasting=30s",
                    BuiltInPolicies.three(),
                    BuiltInScenarios::badReplica),
            new BuiltIn(
                    "overload",
                    "More calls come for a while than a store can serve; it rejects none, or those that find its queue full.",
                    "protection=none capacity=300 load=200 clients=20 peak=450 lasting=30s timeout=1s",
                    BuiltInPolicies.three(),
                    BuiltInScenarios::overload),
            new BuiltIn(
                    "tail",
                    "Few answers are slow; calls are hedged instead of retried.",
                    "rate=200 clients=20 slow=2% hedge=20ms",
                    BuiltInPolicies.three(),
                    BuiltInScenarios::tail),
            new BuiltIn(
                    "independent-failures",
                    "Each attempt fails by chance, whatever the load.",
                    "failureRate=0.2 failure=500 rate=50 clients=20",
                    BuiltInPolicies.published("max-attempts=3"),
                    BuiltInScenarios::independentFailures));

    private final String name;
    private final String description;
    private final Map<String, String> settings;
    private final Map<String, RetryPolicy> policies;
    private final Function<Parameters, Scenario> maker;

    private BuiltIn(
            String name,
            String about,
            String settings,
            Map<String, RetryPolicy> policies,
            Function<Parameters, Scenario> maker) {
        this.name = name;
        this.description = about;
        this.settings = new LinkedHashMap<>();
        Stream.of(settings.split(" ", -1))
                .map(token -> token.split("=", 2))
                .forEach(pair -> this.settings.put(pair[0], pair[1]));
        this.policies = policies;
        this.maker = maker;
    }

    /** {@return the built-in scenarios} */
    public static List<BuiltIn> all() {
        return ALL;
    }

    /**
     * One of them.
     *
     * @param name its name
     * @return the built-in scenario
     * @throws InvalidScenarioException if there is none of that name
     */
    public static BuiltIn named(String name) {
        return ALL.stream()
                .filter(scenario -> scenario.name.equals(name))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> known = ALL.stream().map(BuiltIn::name).toList();
                    return new InvalidScenarioException("unknown scenario '" + ValueFormat.shortened(name) + "'"
                            + Spelling.suggestion(name, known));
                });
    }

    /** {@return the name of the scenario} */
    public String name() {
        return name;
    }

    /** {@return the description of the scenario, one sentence} */
    public String description() {
        return description;
    }

    /** {@return the settings with their defaults, by their keys} */
    public Map<String, String> settings() {
        return new LinkedHashMap<>(settings);
    }

    /** {@return the policies, by their names, that it compares unless others are given} */
    public Map<String, RetryPolicy> policies() {
        return new LinkedHashMap<>(policies);
    }

    /** {@return the scenario as it is by default} */
    public Scenario scenario() {
        return scenario(Map.of());
    }

    /**
     * The scenario.
     *
     * @param given what differs from the defaults
     * @return the scenario
     * @throws InvalidScenarioException if there is no such setting, or its value is wrong
     */
    public Scenario scenario(Map<String, String> given) {
        return maker.apply(new Parameters(name, settings, given));
    }
}
