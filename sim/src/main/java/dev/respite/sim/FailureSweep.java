package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A scenario in which attempts fail by chance, at every rate of failures from 0 to 100 %. */
final class FailureSweep {

    static final List<Double> PERCENTS =
            IntStream.rangeClosed(0, 10).mapToObj(tenth -> 10.0 * tenth).toList();

    /** Long enough for what budgets begin with to be little of what they pay. */
    private static final Duration LONGEST = Duration.ofSeconds(100);

    private final Scenario scenario;

    private FailureSweep(Scenario scenario) {
        this.scenario = scenario;
    }

    /** Whether a scenario is about failures by chance: there are some at the service in focus, and nothing else goes wrong. */
    static boolean suits(Scenario scenario) {
        return scenario.faults().isEmpty() && scenario.focus().failures().part() > 0;
    }

    static FailureSweep of(Scenario scenario) {
        return new FailureSweep(scenario);
    }

    /** Attempts for each call, at each of the rates. */
    List<Double> amplification(RetryPolicy policy, Optional<CustomBudget> budget, long seed) {
        return PERCENTS.parallelStream()
                .map(percent -> new SimulationRun(at(percent / 100), policy, budget, seed, () -> {})
                        .run()
                        .amplification())
                .toList();
    }

    private Scenario at(double part) {
        ScenarioBuilder builder = Scenario.builder(scenario.name())
                .duration(scenario.duration().compareTo(LONGEST) < 0 ? scenario.duration() : LONGEST)
                .network(scenario.network())
                .load(scenario.load());
        String focus = scenario.focus().name();
        scenario.services()
                .forEach((name, service) -> builder.service(name.equals(focus) ? failing(service, part) : service));
        return builder.build();
    }

    private static Service failing(Service service, double part) {
        return service.failures().status().isPresent()
                ? service.failures(part, service.failures().status().getAsInt())
                : service.silences(part);
    }
}
