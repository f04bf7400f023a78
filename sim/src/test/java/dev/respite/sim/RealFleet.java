package dev.respite.sim;

import dev.respite.Retry;
import dev.respite.TimeSource;
import dev.respite.http.RetryingHttpClient;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Real HTTP clients that make the calls of a scenario: the very arrivals that the simulator has for that seed, of the same clients, when their
 * time has really come. Each has a budget of its own.
 */
final class RealFleet {

    private static final int WARM_UP = 200;

    private final TimeSource time = TimeSource.system();
    private final Scenario scenario;
    private final RealService service;
    private final Retry retry;
    private final List<RetryingHttpClient> clients;
    private final HttpRequest request;
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<?>> pending = new ArrayList<>();
    private long begun;

    /** A call that has ended: when it was to begin, when it did, and when it ended. */
    private record Call(long due, long began, long ended, boolean succeeded) {}

    /**
     * What really happened.
     *
     * @param result in the same words as a simulation's
     * @param work how long a worker really took, on average
     */
    record Played(SimulationResult result, Duration work) {}

    RealFleet(Scenario scenario, RetryPolicy policy, RealService service) {
        this.scenario = scenario;
        this.service = service;
        this.retry = Retry.silent(Fleet.limited(policy, scenario.load().timeout()), time);
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        this.clients = Stream.generate(() -> RetryingHttpClient.of(http, retry))
                .limit(scenario.load().groups().get(0).clients())
                .toList();
        this.request = HttpRequest.newBuilder(service.uri()).build();
        // A virtual machine that has just started is slow; the model has none of that.
        CompletableFuture.allOf(IntStream.range(0, WARM_UP)
                        .mapToObj(i -> http.sendAsync(request, BodyHandlers.discarding()))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }

    Played run(long seed) throws IOException {
        SimTime agenda = new SimTime(seed);
        for (Fault fault : scenario.faults()) {
            if (fault.kind() != Fault.Kind.DOWN) {
                throw new InvalidScenarioException(fault.kind() + ": the real server can only be down");
            }
            agenda.at(fault.startNanos(), () -> then(agenda, () -> service.tell(RealServer.DOWN)));
            agenda.at(fault.endNanos(), () -> then(agenda, () -> service.tell(RealServer.UP)));
        }
        long end = scenario.duration().toNanos();
        new Traffic(
                        scenario.load().groups().get(0),
                        agenda,
                        end,
                        seed,
                        user -> then(agenda, () -> begin(user, agenda.nanoTime())))
                .start();
        service.tell(RealServer.BEGIN);
        begun = time.nanoTime();
        agenda.runAll();
        CompletableFuture.allOf(pending.toArray(CompletableFuture<?>[]::new))
                .handle((all, failure) -> failure)
                .join();
        return result(seed);
    }

    /** Does something when its simulated time has come in reality. */
    private void then(SimTime agenda, Runnable action) {
        try {
            time.sleep(agenda.nanoTime() - (time.nanoTime() - begun));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", ended);
        }
        action.run();
    }

    private void begin(int user, long due) {
        long began = time.nanoTime() - begun;
        pending.add(clients.get(user % clients.size())
                .sendAsync(request, BodyHandlers.discarding())
                .whenComplete((answer, failure) -> calls.add(
                        new Call(due, began, time.nanoTime() - begun, failure == null && answer.statusCode() == 200))));
    }

    private Played result(long seed) throws IOException {
        int seconds = (int) scenario.duration().toSeconds();
        RealService.Seen seen = service.end(seconds);
        Series.Counts began = new Series.Counts();
        Series.Counts succeeded = new Series.Counts();
        Histogram latencies = new Histogram(3);
        for (Call call : calls) {
            // One that is due in the last moment may begin after the end.
            began.add(call.due());
            if (call.succeeded()) {
                succeeded.add(call.ended());
                latencies.recordValue((call.ended() - call.began()) / 1_000);
            }
        }
        // Nobody looks into the budgets of real clients.
        List<Double> budget = Collections.nCopies(seconds, Double.POSITIVE_INFINITY);
        Series series =
                new Series(began.first(seconds), seen.requests(), succeeded.first(seconds), seen.queue(), budget);
        long peak =
                Math.round(seen.requests().stream().mapToDouble(n -> n).max().orElse(0));
        SimulationResult.Work work = new SimulationResult.Work(retry.counts().attempts(), peak, 0, new Waves(false));
        SimulationResult.Setting setting = new SimulationResult.Setting(scenario, seed, Optional.empty());
        return new Played(
                new SimulationResult(setting, retry.counts(), work, List.of(), series, latencies), seen.work());
    }
}
