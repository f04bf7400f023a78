package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Scenario;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Real HTTP clients in this process that make all calls of a scenario, asynchronously. */
final class RealFleet {

    private final Scenario scenario;
    private final RealService service;
    private final RealClients clients;

    RealFleet(Scenario scenario, RetryPolicy policy, RealService service) {
        this.scenario = scenario;
        this.service = service;
        RealClients.Sending sending = RealClients.Sending.ASYNCHRONOUS;
        ClientKind kind = ClientKind.of(scenario.load(), policy, sending);
        this.clients = new RealClients(scenario, service.uri(), RealClients.Share.ALL, kind);
        clients.warmUp(sending);
    }

    RealRun run(long seed) throws IOException {
        Start start = Start.after(TimeSource.system(), Duration.ofMillis(20));
        service.begin(start);
        CompletableFuture<Void> faults = CompletableFuture.runAsync(
                () -> service.play(scenario.faults(), start), task -> new Thread(task).start());
        ClientsReport report = clients.play(seed, start);
        faults.join();
        return RealRun.of(
                scenario, seed, report, service.end((int) scenario.duration().toSeconds()));
    }
}
