package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Balancers.CallRoute;
import dev.respite.sim.scenario.Balancer;
import dev.respite.sim.scenario.Balancer.Choice;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The balancers of several callers. */
class BalancersTest {

    private static final Balancer ROUND = Balancer.of(Choice.ROUND_ROBIN);
    private static final Balancer LEAST = Balancer.of(Choice.LEAST_OUTSTANDING);

    /** Balancers over three replicas that prefer the first of those that are equal. */
    private static Function<String, Optional<Balancers>> of(Balancer spec) {
        return Balancers.of(Optional.of(spec), (to, balancer) -> new AttemptBalancer(balancer, 3, () -> 0));
    }

    private static int next(Function<String, Optional<Balancers>> fleets, String service, int caller) {
        return fleets.apply(service).orElseThrow().route(caller).next();
    }

    @Test
    void ownBalancer_countsOnlyTheAttemptsOfItsCaller() {
        Balancers fleet = of(ROUND).apply("store").orElseThrow();

        assertThat(fleet.route(0).next()).isZero();
        assertThat(fleet.route(1).next()).isZero();
        assertThat(fleet.route(0).next()).isEqualTo(1);
        assertThat(fleet.route(0).next()).isEqualTo(2);
        assertThat(fleet.route(1).next()).isEqualTo(1);
    }

    @Test
    void sharedBalancer_countsTheAttemptsOfAllCallersAndFleetsOfAService() {
        Function<String, Optional<Balancers>> fleets = of(ROUND.shared());

        assertThat(next(fleets, "store", 0)).isZero();
        assertThat(next(fleets, "store", 1)).isEqualTo(1);
        assertThat(next(fleets, "store", 7)).isEqualTo(2);
        assertThat(next(fleets, "other", 0)).isZero();
    }

    @Test
    void ownBalancers_ofTwoFleets_countApart() {
        Function<String, Optional<Balancers>> fleets = of(ROUND);

        assertThat(next(fleets, "store", 0)).isZero();
        assertThat(next(fleets, "store", 0)).isZero();
    }

    @Test
    void fleets_withoutABalancer_haveNone() {
        Function<String, Optional<Balancers>> fleets = Balancers.of(Optional.empty(), (to, balancer) -> {
            throw new AssertionError("created");
        });

        assertThat(fleets.apply("store")).isEmpty();
    }

    @Test
    void attempts_withoutABalancer_reachEachReplica() {
        SimTime time = new SimTime(1);
        EventTap closed = new EventTap(SimulationListener.NONE, time);
        Replicas store = new Replicas(Service.named("store").replicas(3), List.of(), time, 1, closed);

        assertThat(IntStream.range(0, 100).mapToObj(attempt -> store.draw())).containsAll(store.servers());
    }

    @Test
    void retriesElsewhere_avoidTheReplicasOfTheirOwnCallOnly() {
        Balancers fleet = of(Balancer.of(Choice.RANDOM).retryingElsewhere())
                .apply("store")
                .orElseThrow();
        CallRoute call = fleet.route(0);

        assertThat(call.next()).isZero();
        assertThat(call.next()).isEqualTo(1);
        assertThat(call.next()).isEqualTo(2);
        assertThat(fleet.route(0).next()).isZero();
    }

    @Test
    void attemptThatEnds_makesItsReplicaTheLeastOutstanding() {
        Balancers fleet = of(LEAST).apply("store").orElseThrow();
        CallRoute call = fleet.route(0);
        call.next();
        call.next();
        call.next();

        call.ended(2);

        assertThat(fleet.route(0).next()).isEqualTo(2);
    }

    /** Half of 200 calls go to the pausing replica by turns; by their number, one a second does, which times out. */
    @Test
    void leastOutstanding_ofAPausingReplica_sendsFewCallsThere() {
        assertThat(failures(ROUND)).isBetween(95L, 105L);
        assertThat(failures(LEAST)).isBetween(9L, 11L);
    }

    private static long failures(Balancer balancer) {
        Scenario scenario = Scenario.builder("pausing")
                .duration(Duration.ofSeconds(10))
                .service(Service.named("store").workers(10).replicas(2))
                .load(Load.even("store", 20).timeout(Duration.ofSeconds(1)).balancer(balancer.shared()))
                .fault(Fault.pause("store").duration(Duration.ofSeconds(20)).replica(2))
                .build();
        SimulationResult result = Simulation.simulate(scenario, RetryPolicy.parse("max-attempts=1"));
        return result.calls() - result.succeeded();
    }
}
