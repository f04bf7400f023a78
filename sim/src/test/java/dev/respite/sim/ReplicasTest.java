package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioBuilder;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Services of several servers. */
@Tag("slow")
class ReplicasTest {

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");
    private static final Duration ALL = Duration.ofSeconds(100);

    private static Scenario scenario(UnaryOperator<Service> store, double rate, Fault... faults) {
        ScenarioBuilder builder = Scenario.builder("replicas")
                .duration(ALL)
                .service(store.apply(Service.named("store")))
                .load(Load.poisson("store", rate).timeout(Duration.ofSeconds(1)));
        for (Fault fault : faults) {
            builder.fault(fault);
        }
        return builder.build();
    }

    private static double success(Scenario scenario, RetryPolicy policy) {
        SimulationResult result = Simulation.simulate(scenario, policy);
        return result.succeeded() / (double) result.calls();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void capacity_isThatOfAllServers(int replicas) {
        Service store = Service.named("store").workers(2).replicas(replicas);
        assertThat(store.capacity()).isEqualTo(200.0 * replicas);
        assertThat(store.rateLimit(50, 1).capacity()).isEqualTo(50.0 * replicas);
        SimulationResult overloaded = Simulation.simulate(
                scenario(service -> service.workers(2).replicas(replicas).queue(20), 300.0 * replicas), ONCE);
        assertThat(overloaded.goodputAfter() / (200.0 * replicas)).isCloseTo(1, within(0.01));
        SimulationResult limited = Simulation.simulate(
                scenario(service -> service.workers(100).replicas(replicas).rateLimit(50, 20), 100.0 * replicas), ONCE);
        assertThat(limited.goodputAfter() / (50.0 * replicas)).isCloseTo(1, within(0.01));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void queues_areThoseOfSeparateServers(int replicas) {
        // Each is a queue M/M/1 at 80 %: 10 ms / (1 - 0.8). One queue for all would be much faster.
        Distribution time = Distribution.exponential(Duration.ofMillis(10));
        Scenario scenario = Scenario.builder("queues")
                .duration(Duration.ofSeconds(1_000))
                .service(Service.named("store").serviceTime(time).replicas(replicas))
                .load(Load.poisson("store", 80.0 * replicas))
                .build();
        SimulationRun world =
                new SimulationRun(scenario, RetryPolicy.parse("max-attempts=1 total-timeout=1h"), 5, () -> {});
        world.run();
        assertThat(world.focus().servers())
                .hasSize(replicas)
                .allSatisfy(server ->
                        assertThat(server.occupancy().meanStay() / 50e6).isCloseTo(1, within(0.2)));
        double arrived = world.focus().servers().stream()
                .mapToLong(server -> server.occupancy().entered())
                .sum();
        assertThat(world.focus().servers())
                .allSatisfy(server ->
                        assertThat(server.occupancy().entered() / arrived).isCloseTo(1.0 / replicas, within(0.01)));
    }

    @Test
    void fault_ofOneReplica_isMetByItsPartOfTheAttempts_andARetryDrawsAgain() {
        UnaryOperator<Service> three = service -> service.workers(100).replicas(3);
        Fault one = Fault.errors("store", 1).duration(ALL).replica(2);
        RetryPolicy twice = RetryPolicy.parse("max-attempts=2 budget=off");
        assertThat(success(scenario(three, 100, one), ONCE)).isCloseTo(2 / 3.0, within(0.02));
        assertThat(success(scenario(three, 100, one), twice)).isCloseTo(8 / 9.0, within(0.02));
        Fault all = Fault.errors("store", 1).duration(ALL);
        assertThat(success(scenario(three, 100, all), twice)).isCloseTo(0, within(0.005));
    }

    @ParameterizedTest
    @CsvSource({"DOWN, 1", "REFUSE, 1", "PAUSE, 1", "CAPACITY, 0", "FAIL_FAST, 1", "SLOW, 1000"})
    void fault_ofOneReplica_leavesTheOthersAlone(Fault.Kind kind, double degree) {
        Fault one = new Fault(kind, "store", OptionalInt.of(2), degree, Duration.ZERO, ALL, Duration.ZERO);
        assertThat(success(scenario(service -> service.workers(2).replicas(2), 100, one), ONCE))
                .isCloseTo(0.5, within(0.02));
    }

    @Test
    void services_thatAreCalledByOthers_haveReplicasToo() {
        Scenario chain = Scenario.builder("chain")
                .duration(ALL)
                .service(Service.named("web").workers(100).replicas(2).calls("store", Duration.ofSeconds(1)))
                .service(Service.named("store").workers(100).replicas(4))
                .load(Load.poisson("web", 100).timeout(Duration.ofSeconds(2)))
                .fault(Fault.errors("store", 1).duration(ALL).replica(4))
                .build();
        SimulationResult once = Simulation.simulate(chain, ONCE);
        assertThat(once.succeeded() / (double) once.calls()).isCloseTo(0.75, within(0.02));
        // Requests and attempts are those of all four, which both replicas of the web call.
        assertThat(once.attempts()).isEqualTo(once.calls());
        assertThat(Math.round(once.series().requests().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum()))
                .isCloseTo(once.calls(), within(2L));
    }

    @Test
    void replicas_ofACallingService_haveBudgetsOfTheirOwn() {
        ScenarioBuilder chain = Scenario.builder("chain")
                .duration(ALL)
                .service(Service.named("store").workers(100).failures(1, 500))
                .load(Load.poisson("web", 100));
        Scenario three = chain.service(
                        Service.named("web").workers(100).replicas(3).calls("store"))
                .build();
        SimulationResult result = Simulation.simulate(three, RetryPolicy.parse("max-attempts=2 budget=10%"));
        // Each of the three starts with 10 tokens, and so does the client; nothing is paid in.
        assertThat(result.attempts() - result.calls()).isBetween(30L, 40L);
    }

    @Test
    void replicas_drawTimesOfTheirOwn() {
        SimTime time = new SimTime(1);
        Service store = Service.named("store")
                .serviceTime(Distribution.exponential(Duration.ofMillis(10)))
                .replicas(2);
        NetworkLink wire = new NetworkLink(Distribution.constant(Duration.ZERO), 0, time, 1);
        List<Long> ended = new ArrayList<>();
        EventTap closed = new EventTap(SimulationListener.NONE, time);
        for (SimulatedServer server : new Replicas(store, List.of(), time, 1, closed).servers()) {
            SimulatedRequest request = new SimulatedRequest(
                    wire, server, 1, SimulatedRequest.InContext.NONE, SimulatedRequest.Ending.UNOBSERVED);
            var unused = request.whenComplete((response, failure) -> ended.add(time.nanoTime()));
            request.send();
        }
        time.runAll();
        assertThat(ended).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void oneReplica_isTheServiceWithoutReplicas() {
        Scenario plain = scenario(service -> service.workers(2).failures(0.1, 500), 150);
        Scenario one = scenario(service -> service.workers(2).failures(0.1, 500).replicas(1), 150);
        assertThat(Simulation.simulate(one, RetryPolicy.defaults()).series())
                .isEqualTo(Simulation.simulate(plain, RetryPolicy.defaults()).series());
    }

    @Test
    void file_saysReplicas_andOneOfThemForAFault() {
        String file = """
                services:
                  store:
                    replicas: 3
                load: {to: store, arrivals: even 5/s}
                faults:
                  - errors: store
                    replica: 2
                    ratio: 20%
                """;
        Scenario scenario = ScenarioFile.parse(file);
        assertThat(scenario.service("store").replicas()).isEqualTo(3);
        assertThat(scenario.faults()).containsExactly(Fault.errors("store", 0.2).replica(2));
        assertThatThrownBy(() -> ScenarioFile.parse(file.replace("replica: 2", "replica: 4")))
                .hasMessage("scenario, line 7, faults.0.replica: replica 4: 'store' has 3, numbered from 1;"
                        + " give it more replicas, or name one of these");
        assertThatThrownBy(() -> ScenarioFile.parse(file.replace("replica: 2", "replica: 0")))
                .hasMessageStartingWith("scenario, line 7, faults.0.replica: replica 0: ");
        assertThatThrownBy(() -> ScenarioFile.parse(file.replace("replicas: 3", "replicas: 0")))
                .hasMessage("scenario, line 3, services.store.replicas: replicas 0: must be from 1 to 10000");
    }
}
