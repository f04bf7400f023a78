package dev.respite.sim.scenario;

import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A world for a policy to be tried in: services and what lies between them, the calls, and what goes wrong when. It has no
 * policy in it; each run brings one.
 *
 * <p>It is immutable. The words are the same here and in files.
 */
public final class Scenario {

    /** A run has recovered when it has been well for so many seconds. */
    public static final int RECOVERY_SECONDS = 20;

    private final String name;
    private final Duration duration;
    private final Map<String, Service> services;
    private final Network network;
    private final Load load;
    private final List<Fault> faults;
    private final Optional<String> focus;

    Scenario(ScenarioBuilder parts) {
        this.name = parts.name();
        this.duration = parts.duration();
        this.services = parts.services();
        this.network = parts.network();
        this.load = parts.load();
        this.faults = parts.faults();
        this.focus = parts.focus();
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

    /** {@return the name in reports} */
    public String name() {
        return name;
    }

    /** {@return the time during which calls begin; the calls that have begun are then awaited} */
    public Duration duration() {
        return duration;
    }

    /** {@return the services by their names, in the order in which they were given} */
    public Map<String, Service> services() {
        return services;
    }

    /** {@return the time that a message between a caller and a service takes, one way} */
    public Distribution networkLatency() {
        return network.latency();
    }

    /** {@return the fraction of the messages that never arrive, from 0 to 1, each way} */
    public double networkLoss() {
        return network.loss();
    }

    Network network() {
        return network;
    }

    /** {@return the load: the calls} */
    public Load load() {
        return load;
    }

    /** {@return the faults} */
    public List<Fault> faults() {
        return faults;
    }

    /**
     * {@return whether the run goes on for 20 s after the last fault, or there is none: in less, no recovery can be seen, even
     * if there is one}
     */
    public boolean showsRecovery() {
        long seconds = (duration.toNanos() + 999_999_999L) / 1_000_000_000L;
        return faults.isEmpty() || lastFaultEndSeconds() + RECOVERY_SECONDS <= seconds;
    }

    /**
     * {@return the end of the last fault, without its ramp, in whole seconds from the beginning of the run, rounded up; 0 if
     * there is no fault}
     */
    public int lastFaultEndSeconds() {
        long end = faults.stream().mapToLong(Fault::endNanos).max().orElse(0);
        return (int) ((end + 999_999_999L) / 1_000_000_000L);
    }

    /** {@return the service that a run looks at: the first that a fault is for, or else the last that is called} */
    public Service focus() {
        return service(focus.orElseGet(
                () -> faults.isEmpty() ? lastCalled() : faults.get(0).service()));
    }

    /**
     * {@return whether a run without the faults tests a policy, too: if there are faults, and calls begin at different times} A
     * scenario without faults fails by itself, and where all calls begin at once, no random failure is as hard as that.
     */
    public boolean hasCalmRun() {
        return !faults.isEmpty() && !load.isBurst();
    }

    /**
     * {@return this scenario without its faults, with attempts that fail by chance: the same services, network and load, and the
     * same service in focus}
     *
     * @param fraction the fraction of requests that fail at the service in focus, from 0 to 1; with the status of the random
     *     failures of this scenario, or 500
     * @param longest how long the scenario lasts at most
     */
    public Scenario withRandomFailures(double fraction, Duration longest) {
        Service failing = focus();
        ScenarioBuilder builder = builder(name)
                .duration(duration.compareTo(longest) < 0 ? duration : longest)
                .network(network)
                .load(load)
                .focus(failing.name());
        services.values()
                .forEach(service -> builder.service(
                        service.name().equals(failing.name())
                                ? service.with(service.work().withFailures(fraction), service.admission())
                                : service));
        return builder.build();
    }

    private String lastCalled() {
        String last = load.to();
        for (int depth = 0; depth < services.size(); depth++) {
            last = service(last).downstream().map(Downstream::to).orElse(last);
        }
        return last;
    }

    /**
     * {@return a service}
     *
     * @param name its name
     * @throws InvalidScenarioException if there is none of that name
     */
    public Service service(String name) {
        Service service = services.get(name);
        if (service == null) {
            throw new InvalidScenarioException("unknown service '" + ValueFormat.shortened(name) + "'"
                    + Spelling.suggestion(name, services.keySet()));
        }
        return service;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scenario scenario && parts().equals(scenario.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    /** All that makes two scenarios different; the order of the services is a part of it, as that of a report. */
    private List<Object> parts() {
        return List.of(name, duration, List.copyOf(services.values()), network, load, faults, focus);
    }
}
