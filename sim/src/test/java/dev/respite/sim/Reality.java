package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** One scenario, from one file, simulated and played by real processes: the two cannot drift apart. */
final class Reality {

    private final Path file;
    private final Map<String, String> settings;
    private final Scenario scenario;

    private Reality(Path file, Map<String, String> settings, Scenario scenario) {
        this.file = file;
        this.settings = settings;
        this.scenario = scenario;
    }

    /**
     * The scenario of {@code reality.yaml}.
     *
     * @param settings other values for some of its keys
     */
    static Reality of(Map<String, String> settings) throws IOException {
        try {
            Path file = Path.of(Objects.requireNonNull(Reality.class.getResource("/reality.yaml"))
                    .toURI());
            return new Reality(file, settings, Scenario.read(file, settings));
        } catch (URISyntaxException wrong) {
            throw new IOException(wrong);
        }
    }

    /** The same, but nothing goes wrong. */
    Reality calm(Duration duration) {
        Scenario calm = Scenario.builder("calm")
                .duration(duration)
                .service(scenario.focus())
                .load(scenario.load())
                .build();
        return new Reality(file, settings, calm);
    }

    Scenario scenario() {
        return scenario;
    }

    SimulationResult simulated(RetryPolicy policy, long seed) {
        return Simulation.simulate(scenario, policy, seed);
    }

    /** Simulated with workers that take as long as real ones did. */
    SimulationResult simulated(RetryPolicy policy, long seed, Duration work) {
        ScenarioBuilder builder = Scenario.builder(scenario.name())
                .duration(scenario.duration())
                .service(scenario.focus().serviceTime(Distribution.constant(work)))
                .load(scenario.load());
        scenario.faults().forEach(builder::fault);
        return Simulation.simulate(builder.build(), policy, seed);
    }

    RealFleet.Played real(RetryPolicy policy, long seed) {
        try (RealService service = RealService.start(file, settings)) {
            return new RealFleet(scenario, policy, service).run(seed);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Each policy with a server and a fleet of its own, all at once. */
    List<RealFleet.Played> realAtOnce(List<RetryPolicy> policies, long seed) {
        List<CompletableFuture<RealFleet.Played>> runs = new ArrayList<>();
        for (RetryPolicy policy : policies) {
            CompletableFuture<RealFleet.Played> run = new CompletableFuture<>();
            Thread thread = new Thread(() -> run.completeAsync(() -> real(policy, seed), Runnable::run));
            thread.start();
            runs.add(run);
        }
        return runs.stream().map(CompletableFuture::join).toList();
    }
}
