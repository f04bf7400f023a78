package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioBuilder;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** One scenario, from one file, simulated and played by real processes: both read the same file. */
final class Reality {

    private final Path file;
    private final List<String> settings;
    private final Scenario scenario;

    private Reality(Path file, List<String> settings, Scenario scenario) {
        this.file = file;
        this.settings = settings;
        this.scenario = scenario;
    }

    /**
     * The scenario of a file among the resources of the tests.
     *
     * @param name the name of the file
     * @param settings other values for some of its keys
     */
    static Reality of(String name, Map<String, String> settings) throws IOException {
        try {
            Path file = Path.of(Objects.requireNonNull(Reality.class.getResource("/" + name))
                    .toURI());
            List<String> texts = settings.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .toList();
            return new Reality(file, texts, ScenarioFile.read(file, settings));
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

    RealRun real(RetryPolicy policy, long seed) {
        try (RealService service = service()) {
            return new RealFleet(scenario, policy, service).run(seed);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * Plays the scenario with a new server and with clients in several processes.
     *
     * @param policy the policy of each client, as text
     */
    RealRun realInProcesses(String policy, long seed, int processes) {
        try (RealService service = service();
                FleetProcesses fleet = processes(policy, seed, processes, service.uri())) {
            fleet.awaitReady();
            Start start = Start.after(TimeSource.system(), Duration.ofMillis(100));
            service.begin(start);
            fleet.begin(start);
            service.play(scenario.faults(), start);
            ClientsReport report = fleet.report();
            return RealRun.of(scenario, seed, report, service.end((int)
                    scenario.duration().toSeconds()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A new server of the scenario. */
    RealService service() throws IOException {
        return RealService.start(file, settings);
    }

    /** A new servlet container with the workers of the scenario. */
    RealService container(AdmissionServer.Kind server, boolean isFiltered) throws IOException {
        return RealService.startContainer(server, isFiltered, file, settings);
    }

    /** New processes, among which the clients are divided. */
    FleetProcesses processes(String policy, long seed, int processes, URI service) throws IOException {
        List<ChildJvm> started = new ArrayList<>();
        try {
            for (int index = 0; index < processes; index++) {
                RealClients.Share share = new RealClients.Share(index, processes);
                started.add(FleetProcess.start(new FleetProcess.Part(seed, service, policy, share), file, settings));
            }
        } catch (IOException failed) {
            started.forEach(ChildJvm::close);
            throw failed;
        }
        return new FleetProcesses(started);
    }

    /** Each policy with a server and a fleet of its own, all at once. */
    List<RealRun> realAtOnce(List<RetryPolicy> policies, long seed) {
        List<CompletableFuture<RealRun>> runs = new ArrayList<>();
        for (RetryPolicy policy : policies) {
            CompletableFuture<RealRun> run = new CompletableFuture<>();
            Thread thread = new Thread(() -> run.completeAsync(() -> real(policy, seed), Runnable::run));
            thread.start();
            runs.add(run);
        }
        return runs.stream().map(CompletableFuture::join).toList();
    }
}
