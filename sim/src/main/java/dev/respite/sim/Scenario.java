package dev.respite.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A world for a policy to be tried in: services and what lies between them, the calls, and what goes wrong when. It has no
 * policy in it; each run brings one.
 *
 * <p>It is immutable. The words are the same here and in files.
 */
public final class Scenario {

    private final String name;
    private final Duration duration;
    private final Map<String, Service> services;
    private final Network network;
    private final Load load;
    private final List<Fault> faults;

    Scenario(ScenarioBuilder parts) {
        this.name = parts.name();
        this.duration = parts.duration();
        this.services = parts.services();
        this.network = parts.network();
        this.load = parts.load();
        this.faults = parts.faults();
    }

    /**
     * Begins a scenario.
     *
     * @param name what reports call it
     * @return a builder
     */
    public static ScenarioBuilder builder(String name) {
        return new ScenarioBuilder(name);
    }

    /**
     * One of the built-in scenarios, as it is by default: {@code thundering-herd}, {@code metastable}, {@code pause}, {@code brownout}, {@code rate-limit}, {@code deep-stack}, {@code circuit-breaker}, {@code outage-ride}, {@code tail} or {@code independent-failures}.
     *
     * @param name the name
     * @return the scenario
     * @throws InvalidScenarioException if there is none of that name
     */
    public static Scenario builtIn(String name) {
        return builtIn(name, Map.of());
    }

    /**
     * One of the built-in scenarios.
     *
     * @param name the name
     * @param settings what differs from its defaults, such as {@code rate} and {@code utilisation} of {@code pause}
     * @return the scenario
     * @throws InvalidScenarioException if there is none of that name, or it has no such setting
     */
    public static Scenario builtIn(String name, Map<String, String> settings) {
        return BuiltIn.named(name).scenario(settings);
    }

    /**
     * Reads a scenario in YAML.
     *
     * @param text the text
     * @return the scenario
     * @throws InvalidScenarioException if something is wrong with it; it names the line and the key
     */
    public static Scenario parse(String text) {
        return ScenarioFile.read("scenario", text, Map.of());
    }

    /**
     * Reads a scenario from a YAML file.
     *
     * @param file the file
     * @return the scenario
     * @throws IOException if the file cannot be read
     * @throws InvalidScenarioException if something is wrong with it; it names the file, the line and the key
     */
    public static Scenario read(Path file) throws IOException {
        return read(file, Map.of());
    }

    /**
     * Reads a scenario from a YAML file, with other values in some places.
     *
     * @param file the file
     * @param settings the values, under the keys that lead to them: {@code services.store.workers}
     * @return the scenario
     * @throws IOException if the file cannot be read
     * @throws InvalidScenarioException if something is wrong with it; it names the file, the line and the key
     */
    public static Scenario read(Path file, Map<String, String> settings) throws IOException {
        Path name = file.getFileName();
        return ScenarioFile.read(name == null ? file.toString() : name.toString(), Files.readString(file), settings);
    }

    /**
     * The name.
     *
     * @return what reports call it
     */
    public String name() {
        return name;
    }

    /**
     * How long calls begin; those that have begun are then waited for.
     *
     * @return the time
     */
    public Duration duration() {
        return duration;
    }

    /**
     * The services by their names, in the order in which they were given.
     *
     * @return the services
     */
    public Map<String, Service> services() {
        return services;
    }

    /**
     * What lies between callers and services.
     *
     * @return the network
     */
    public Network network() {
        return network;
    }

    /**
     * The calls.
     *
     * @return the load
     */
    public Load load() {
        return load;
    }

    /**
     * What goes wrong.
     *
     * @return the faults
     */
    public List<Fault> faults() {
        return faults;
    }

    /**
     * Whether the run goes on for 20 s after the last fault: in less, no recovery can be seen, even if there is one.
     *
     * @return true if it does, and if there is no fault
     */
    public boolean showsRecovery() {
        return RecoveryTime.isMeasurable(this);
    }

    /**
     * The service that a run looks at: the first that a fault is for, or else the last that is called.
     *
     * @return the service
     */
    public Service focus() {
        String focus = faults.isEmpty() ? lastCalled() : faults.get(0).service();
        return service(focus);
    }

    private String lastCalled() {
        String last = load.to();
        for (int depth = 0; depth < services.size(); depth++) {
            last = service(last).downstream().map(Service.Downstream::to).orElse(last);
        }
        return last;
    }

    Service service(String name) {
        Service service = services.get(name);
        if (service == null) {
            throw new InvalidScenarioException(
                    "unknown service '" + name + "'" + Formats.suggestion(name, services.keySet()));
        }
        return service;
    }
}
