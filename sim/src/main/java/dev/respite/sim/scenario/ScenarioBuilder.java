package dev.respite.sim.scenario;

import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts a {@link Scenario} together. Its methods have the names of the keys in files. Not safe for use by several threads. */
public final class ScenarioBuilder {

    private final String name;
    private final Map<String, Service> services = new LinkedHashMap<>();
    private final List<Fault> faults = new ArrayList<>();

    /** The services whose calls were followed, so that each is followed once. */
    private final Set<String> followed = new HashSet<>();

    /** The services that call themselves in the end. */
    private final Set<String> circle = new HashSet<>();

    private Duration duration = Duration.ofSeconds(60);
    private Network network = Network.NONE;
    private @Nullable Load load;
    private Optional<String> focus = Optional.empty();

    ScenarioBuilder(String name) {
        this.name = name;
    }

    /**
     * Sets the time during which calls begin; 60 s by default.
     *
     * @param duration above 0, at most 24 h
     * @return this builder
     */
    public ScenarioBuilder duration(Duration duration) {
        Checks.positive("duration", duration);
        this.duration = duration;
        return this;
    }

    /**
     * Adds a service.
     *
     * @param service the service
     * @return this builder
     * @throws InvalidScenarioException if there is one of that name
     */
    public ScenarioBuilder service(Service service) {
        if (services.putIfAbsent(service.name(), service) != null) {
            throw new InvalidScenarioException(
                    "two services are called '" + ValueFormat.shortened(service.name()) + "'");
        }
        return this;
    }

    /**
     * Sets the network between callers and services; by default it takes no time and loses nothing.
     *
     * @param latency how long a message takes, one way
     * @param loss the fraction of the messages that never arrive, each way, from 0 to 1
     * @return this builder
     * @throws InvalidScenarioException if the loss is out of its range
     */
    public ScenarioBuilder network(Distribution latency, double loss) {
        return network(new Network(latency, loss));
    }

    ScenarioBuilder network(Network network) {
        this.network = network;
        return this;
    }

    /**
     * The calls.
     *
     * @param load the load
     * @return this builder
     */
    public ScenarioBuilder load(Load load) {
        this.load = load;
        return this;
    }

    /**
     * Adds something that goes wrong.
     *
     * @param fault the fault
     * @return this builder
     */
    public ScenarioBuilder fault(Fault fault) {
        faults.add(fault);
        return this;
    }

    /** The service that a run looks at, where no fault names one. */
    ScenarioBuilder focus(String service) {
        this.focus = Optional.of(service);
        return this;
    }

    /**
     * The scenario.
     *
     * @return the scenario
     * @throws InvalidScenarioException if there is no load, a service is unknown, or services call in a circle; if a fault begins after
     *     the run or has an unknown replica. Also if all calls have a policy of their own
     */
    public Scenario build() {
        Scenario scenario = new Scenario(this);
        faults.forEach(this::check);
        services.values().forEach(this::checkCalls);
        checkIsThere(scenario.load().to());
        scenario.load().groups().forEach(group -> checkIsThere(scenario.load().target(group)));
        checkPolicies(scenario.load());
        return scenario;
    }

    private void check(Fault fault) {
        checkIsThere(fault.service());
        checkBegins(fault.at());
        checkReplica(fault);
    }

    void checkReplica(Fault fault) {
        Service service = services.get(fault.service());
        int number = fault.replica().orElse(1);
        if (service != null && (number < 1 || number > service.replicas())) {
            throw new InvalidScenarioException("replica " + number + ": '" + ValueFormat.shortened(fault.service())
                    + "' has " + service.replicas() + ", numbered from 1; give it more replicas, or name one of these");
        }
    }

    void checkIsThere(String service) {
        if (!services.containsKey(service)) {
            throw new InvalidScenarioException("unknown service '" + ValueFormat.shortened(service) + "'"
                    + Spelling.suggestion(service, services.keySet()));
        }
    }

    /** A fault that begins when the run is over would never be seen, nor what comes after it. */
    void checkBegins(Duration at) {
        if (at.compareTo(duration) >= 0) {
            throw new InvalidScenarioException("a fault at " + Formats.time(at)
                    + " is not before the end of the run (duration " + Formats.time(duration) + ")");
        }
    }

    /** Refuses a service whose own call goes nowhere, or comes back to it. */
    void checkCalls(Service from) {
        called(from).ifPresent(this::checkIsThere);
        List<String> path = new ArrayList<>();
        Optional<String> next = Optional.of(from.name());
        while (next.isPresent() && followed.add(next.get())) {
            path.add(next.get());
            next = Optional.ofNullable(services.get(next.get())).flatMap(ScenarioBuilder::called);
        }
        int start = next.map(path::indexOf).orElse(-1);
        if (start >= 0) {
            circle.addAll(path.subList(start, path.size()));
        }
        if (circle.contains(from.name())) {
            throw new InvalidScenarioException("'" + ValueFormat.shortened(from.name()) + "' calls itself in the end");
        }
    }

    /** Where no calls are made under the policy of the run, there is nothing to compare. */
    private void checkPolicies(Load load) {
        boolean groups = load.groups().stream().allMatch(group -> group.policy().isPresent());
        boolean all = services.values().stream()
                .flatMap(service -> service.downstream().stream())
                .allMatch(next -> next.policy().isPresent());
        if (groups && all) {
            throw new InvalidScenarioException("all calls have a policy of their own, so the policies of a run have no"
                    + " effect; leave out the policy of a service, of the load or of a group");
        }
    }

    private static Optional<String> called(Service service) {
        return service.downstream().map(Downstream::to);
    }

    String name() {
        return name;
    }

    Duration duration() {
        return duration;
    }

    Map<String, Service> services() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(services));
    }

    Network network() {
        return network;
    }

    Load load() {
        if (load == null) {
            throw new InvalidScenarioException("there is no load: say which service is called, and how often");
        }
        return load;
    }

    Optional<String> focus() {
        return focus;
    }

    List<Fault> faults() {
        return List.copyOf(faults);
    }
}
