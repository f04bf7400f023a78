package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.SimulatedRequest.Ending;
import dev.respite.sim.SimulatedRequest.InContext;
import dev.respite.sim.SimulationEvent.CallEnded;
import dev.respite.sim.SimulationEvent.CallEvent;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that refuse retries before first attempts. */
class RefusedRetriesTest {

    private static final Duration LIMIT = Duration.ofMillis(100);

    private static final RetryPolicy NONE = RetryPolicy.parse("max-attempts=1");

    private static final RetryPolicy NAIVE =
            Objects.requireNonNull(BuiltIn.named("pause").policies().get("naive"));

    private static Service store(int workers, Duration time) {
        return Service.named("store")
                .workers(workers)
                .serviceTime(Distribution.constant(time))
                .refuseRetries(LIMIT);
    }

    /** Sends requests to each of the servers at each of the times and returns their ends, such as {@code 2: 503 after 1s at 150ms}. */
    private static List<String> ends(Service service, List<Fault> faults, List<Duration> starts, int... attempts) {
        SimTime time = new SimTime(1);
        NetworkLink wire = new NetworkLink(Distribution.constant(Duration.ZERO), 0, time, 1);
        EventTap closed = new EventTap(SimulationListener.NONE, time);
        List<String> ends = new ArrayList<>();
        for (SimulatedServer server : new Replicas(service, faults, time, 1, closed).servers()) {
            Runnable send = () -> {
                for (int attempt : attempts) {
                    send(new SimulatedRequest(wire, server, attempt, InContext.NONE, Ending.UNOBSERVED), time, ends);
                }
            };
            starts.forEach(start -> time.at(start.toNanos(), send::run));
        }
        time.runAll();
        return ends;
    }

    private static void send(SimulatedRequest request, SimTime time, List<String> ends) {
        var unused = request.whenComplete((response, failure) ->
                ends.add(request.attempt() + ": " + end(failure) + " at " + time.nanoTime() / 1_000_000 + "ms"));
        request.send();
    }

    private static String end(@Nullable Throwable failure) {
        return failure instanceof ServiceErrorException error
                ? error.status() + " after "
                        + error.retryAfter().map(Duration::toSeconds).orElse(0L) + "s"
                : "ok";
    }

    @Test
    void retry_thatHasWaitedForLongerThanTheLimit_isRefusedWhenAWorkerWouldBeginIt() {
        List<String> ends = ends(store(1, Duration.ofMillis(50)), List.of(), List.of(Duration.ZERO), 1, 2, 2, 2, 1, 3);

        // The third has waited for exactly 100 ms. The refusals take no time of the worker.
        assertThat(ends)
                .containsExactly(
                        "1: ok at 50ms",
                        "2: ok at 100ms",
                        "2: 503 after 1s at 150ms",
                        "2: ok at 150ms",
                        "3: 503 after 2s at 200ms",
                        "1: ok at 200ms");
    }

    @Test
    void refusals_haveHintsInTurn_ofEachReplica() {
        List<String> ends =
                ends(store(1, Duration.ofMillis(200)).replicas(2), List.of(), List.of(Duration.ZERO), 1, 2, 2, 2, 2);

        assertThat(ends)
                .containsExactly(
                        "2: 503 after 1s at 200ms",
                        "2: 503 after 2s at 200ms",
                        "2: 503 after 3s at 200ms",
                        "2: 503 after 1s at 200ms",
                        "1: ok at 200ms",
                        "2: 503 after 1s at 200ms",
                        "2: 503 after 2s at 200ms",
                        "2: 503 after 3s at 200ms",
                        "2: 503 after 1s at 200ms",
                        "1: ok at 200ms");
    }

    @Test
    void waitOfARequestThatArrivesInAPause_beginsAtItsEnd() {
        Fault pause = Fault.pause("store").at(Duration.ofMillis(100)).duration(Duration.ofMillis(900));
        Service store = store(1, Duration.ofMillis(60));

        assertThat(ends(store, List.of(pause), List.of(Duration.ofMillis(500)), 2, 2, 2))
                .containsExactly("2: ok at 1060ms", "2: 503 after 1s at 1120ms", "2: ok at 1120ms");
        // The server has read these before the pause.
        assertThat(ends(store, List.of(pause), List.of(Duration.ofMillis(90)), 2, 2))
                .containsExactly("2: 503 after 1s at 1050ms", "2: ok at 1050ms");
    }

    private static Scenario fleet(UnaryOperator<Service> rule, UnaryOperator<Load> clients, Fault fault) {
        Service store = Service.named("store").serviceTime(Distribution.exponential(Duration.ofMillis(10)));
        return Scenario.builder("fleet")
                .duration(Duration.ofSeconds(40))
                .service(rule.apply(store))
                .load(clients.apply(Load.poisson("store", 90).timeout(Duration.ofSeconds(1))))
                .fault(fault.at(Duration.ofSeconds(10)))
                .build();
    }

    @ParameterizedTest
    @CsvSource({"pause, 10000, respite", "pause, 1000, naive", "errors, 10000, respite", "errors, 1000, naive"})
    void fleet_thatKeepsItsServerOverloaded_recoversAsWithoutRetriesIfTheseAreRefused(
            String kind, int clients, String name) {
        RetryPolicy policy = name.equals("naive") ? NAIVE : RetryPolicy.defaults();
        Fault fault = kind.equals("pause")
                ? Fault.pause("store").duration(Duration.ofSeconds(1))
                : Fault.errors("store", 0.5).duration(Duration.ofSeconds(5));
        UnaryOperator<Load> load = all -> all.clients(clients);

        SimulationResult without = Simulation.simulate(fleet(store -> store, load, fault), policy);
        SimulationResult with = Simulation.simulate(fleet(store -> store.refuseRetries(LIMIT), load, fault), policy);

        assertThat(without.recoverySeconds()).isEmpty();
        assertThat(without.goodputAfter()).isLessThan(20);
        SimulationResult none = Simulation.simulate(fleet(store -> store, all -> all, fault), NONE);
        assertThat(with.recoverySeconds()).isPresent().isEqualTo(none.recoverySeconds());
        assertThat(with.goodputAfter()).isGreaterThan(85);
    }

    @Test
    void retriesWithoutAttemptNumber_areServedAsFirstAttempts() {
        Fault pause = Fault.pause("store").duration(Duration.ofSeconds(1));
        SimulationResult plain = Simulation.simulate(fleet(store -> store, load -> load, pause), NAIVE);
        SimulationResult unnumbered = Simulation.simulate(
                fleet(store -> store.refuseRetries(LIMIT), Load::withoutAttemptNumber, pause), NAIVE);

        assertThat(unnumbered.series()).isEqualTo(plain.series());
        assertThat(unnumbered.stopReasons()).isEqualTo(plain.stopReasons());
    }

    @Test
    void run_inWhichNothingWaits_isTheSameWithTheRule() {
        UnaryOperator<Service> wide = store -> store.workers(1_000).failures(0.3, 503);
        Fault slow = Fault.slow("store", 4).duration(Duration.ofSeconds(10));

        List<SimulationEvent> without = events(fleet(wide, load -> load.clients(10), slow), RetryPolicy.defaults());
        List<SimulationEvent> with = events(
                fleet(store -> wide.apply(store).refuseRetries(Duration.ofMillis(1)), load -> load.clients(10), slow),
                RetryPolicy.defaults());

        assertThat(with).hasSizeGreaterThan(5_000).isEqualTo(without);
        assertThat(attemptsAfterRejections(with)).isZero();
    }

    private static List<SimulationEvent> events(Scenario scenario, RetryPolicy policy) {
        List<SimulationEvent> events = new ArrayList<>();
        var unused = Simulation.observe(scenario, policy, 1, events::add);
        return events;
    }

    /** Counts the attempts of calls of which an earlier attempt has been rejected. */
    private static long attemptsAfterRejections(List<SimulationEvent> events) {
        Set<Long> rejected = new HashSet<>();
        long attempts = 0;
        for (SimulationEvent event : events) {
            if (event instanceof CallEvent step && step.kind() == CallEvent.Kind.REJECTED) {
                rejected.add(step.call().number());
            } else if (event instanceof CallEvent step && step.kind() == CallEvent.Kind.ATTEMPT) {
                attempts += rejected.contains(step.call().number()) ? 1 : 0;
            }
        }
        return attempts;
    }

    private static long ended(List<SimulationEvent> events, String caller, StopReason reason) {
        return events.stream()
                .filter(event -> event instanceof CallEnded end
                        && end.reason() == reason
                        && end.call().layer().caller().equals(caller))
                .count();
    }

    @ParameterizedTest
    @CsvSource({"budget=off, false", "budget=success:1/1000/1, true"})
    void refusal_endsTheCall_ofAClientThatHasABudget(String budget, boolean isObeyed) {
        Scenario scenario = fleet(
                store -> store.refuseRetries(LIMIT),
                load -> load,
                Fault.pause("store").duration(Duration.ofSeconds(1)));
        RetryPolicy policy = RetryPolicy.parse("max-attempts=4 backoff=fixed base-delay=50ms jitter=none " + budget);

        List<SimulationEvent> events = events(scenario, policy);

        long refusals = events.stream()
                .filter(event -> event instanceof CallEvent step && step.kind() == CallEvent.Kind.REJECTED)
                .count();
        assertThat(refusals).isGreaterThan(20);
        if (isObeyed) {
            assertThat(attemptsAfterRejections(events)).isZero();
            assertThat(ended(events, "all", StopReason.RETRY_FORBIDDEN_BY_SERVER))
                    .isEqualTo(refusals);
        } else {
            assertThat(attemptsAfterRejections(events)).isGreaterThan(20);
            assertThat(ended(events, "all", StopReason.RETRY_FORBIDDEN_BY_SERVER))
                    .isZero();
        }
    }

    @Test
    void serviceWhoseCallIsRefused_doesNotPassTheMarkOn() {
        RetryPolicy policy = RetryPolicy.parse("max-attempts=2 budget=success:1/1000/1 retry-after=ignore");
        Scenario scenario = Scenario.builder("layers")
                .duration(Duration.ofSeconds(20))
                .service(Service.named("web").workers(1_000).calls("store", Duration.ofSeconds(1)))
                .service(store(1, Duration.ofMillis(10)))
                .load(Load.even("web", 80))
                .fault(Fault.pause("store").at(Duration.ofSeconds(5)).duration(Duration.ofSeconds(2)))
                .build();

        List<SimulationEvent> events = events(scenario, policy);

        assertThat(ended(events, "web", StopReason.RETRY_FORBIDDEN_BY_SERVER)).isPositive();
        assertThat(ended(events, "all", StopReason.RETRY_FORBIDDEN_BY_SERVER)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"none, false", "100ms, true"})
    void metastableService_thatRefusesRetries_recoversFromNaiveOnes(String refuseRetries, boolean isRecovering) {
        BuiltIn metastable = BuiltIn.named("metastable");
        RetryPolicy naive = Objects.requireNonNull(metastable.policies().get("naive"));

        SimulationResult result =
                Simulation.simulate(metastable.scenario(Map.of("refuse-retries", refuseRetries)), naive, 1);

        assertThat(result.recoverySeconds().isPresent()).isEqualTo(isRecovering);
    }
}
