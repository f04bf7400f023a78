package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Balancer;
import dev.respite.sim.scenario.Balancer.Choice;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Balancers over replicas: against closed forms, and what they do where a replica fails. */
@Tag("slow")
class BalancerTest {

    /** How many times longer than a build's; {@code -Drespite.sim.length=20}. */
    private static final int LENGTH = Integer.getInteger("respite.sim.length", 1);

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1 total-timeout=1h");
    private static final RetryPolicy TWICE = RetryPolicy.parse("max-attempts=2 budget=off backoff=immediate");
    private static final Duration LONG = Duration.ofSeconds(600L * LENGTH);
    private static final Duration ALL = Duration.ofSeconds(200);
    private static final Distribution TEN_MILLIS = Distribution.exponential(Duration.ofMillis(10));
    private static final double SERVED = 100;

    private static SimulationRun run(Service store, Load load, RetryPolicy policy, Fault... faults) {
        return new SimulationRun(scenario(store, load, faults), policy, Optional.empty(), 11, () -> {});
    }

    private static Scenario scenario(Service store, Load load, Fault... faults) {
        var builder = Scenario.builder("balancer").duration(ALL).service(store).load(load);
        List.of(faults).forEach(builder::fault);
        return builder.build();
    }

    private static double success(Service store, Load load, RetryPolicy policy, Fault... faults) {
        SimulationResult result = Simulation.simulate(scenario(store, load, faults), policy);
        return result.succeeded() / (double) result.calls();
    }

    private static Service store(int replicas) {
        return Service.named("store").serviceTime(TEN_MILLIS).replicas(replicas);
    }

    /** With so many workers that nothing waits. */
    private static Service roomy(int replicas) {
        return store(replicas).workers(1_000);
    }

    /** The mean time in a replica, over all of them, in services. */
    private static double meanStay(int replicas, double utilisation, Balancer balancer) {
        double rate = utilisation * replicas * SERVED;
        Scenario scenario = Scenario.builder("theory")
                .duration(LONG)
                .service(store(replicas))
                .load(Load.poisson("store", rate).balancer(balancer))
                .build();
        SimulationRun run = new SimulationRun(scenario, ONCE, Optional.empty(), 11, () -> {});
        run.run();
        double stayed = 0;
        long left = 0;
        for (SimulatedServer server : run.focus().servers()) {
            stayed += server.occupancy().meanStay() * server.occupancy().entered();
            left += server.occupancy().entered();
        }
        return stayed / left / 1e9 * SERVED;
    }

    private static double tolerance(int replicas, double utilisation) {
        double independent = utilisation * replicas * SERVED * LONG.toSeconds() * Math.pow(1 - utilisation, 2);
        return 4 / Math.sqrt(independent);
    }

    @ParameterizedTest
    @CsvSource({"2, 0.5", "3, 0.8", "10, 0.8"})
    void roundRobin_makesOfPoissonArrivalsErlangsAtEachReplica(int replicas, double utilisation) {
        // E_c/M/1: sigma = A*(mu (1 - sigma)), with A* the transform of the time between two arrivals at a replica.
        double rate = utilisation * replicas;
        double sigma = 0.5;
        for (int i = 0; i < 1_000; i++) {
            sigma = Math.pow(rate / (rate + 1 - sigma), replicas);
        }
        assertThat(meanStay(replicas, utilisation, Balancer.of(Choice.ROUND_ROBIN)) * (1 - sigma))
                .isCloseTo(1, within(tolerance(replicas, utilisation)));
    }

    @ParameterizedTest
    @CsvSource({"2, 0.5", "3, 0.8"})
    void random_makesOfPoissonArrivalsPoissonArrivals(int replicas, double utilisation) {
        assertThat(meanStay(replicas, utilisation, Balancer.of(Choice.RANDOM)) * (1 - utilisation))
                .isCloseTo(1, within(tolerance(replicas, utilisation)));
    }

    @ParameterizedTest
    @CsvSource({"0.5", "0.8"})
    void leastOutstanding_ofACommonBalancer_joinsTheShortestQueue(double utilisation) {
        double expected = JoinShortestQueue.meanStay(utilisation);
        double found =
                meanStay(2, utilisation, Balancer.of(Choice.LEAST_OUTSTANDING).shared());
        assertThat(found / expected).isCloseTo(1, within(tolerance(2, utilisation)));
        // One queue for both, M/M/2, is the best that can be; one for each, M/M/1, what random gives.
        assertThat(found).isBetween(1 / (1 - utilisation * utilisation), 1 / (1 - utilisation));
    }

    @Test
    void random_withoutMore_isTheRunWithoutABalancer() {
        Load load = Load.poisson("store", 150).clients(7).timeout(Duration.ofSeconds(1));
        Service store = store(3).failures(0.1, 500);
        for (Balancer balancer :
                List.of(Balancer.of(Choice.RANDOM), Balancer.of(Choice.RANDOM).shared())) {
            SimulationResult balanced = Simulation.simulate(scenario(store, load.balancer(balancer)), TWICE);
            assertThat(balanced.series())
                    .isEqualTo(Simulation.simulate(scenario(store, load), TWICE).series());
        }
    }

    @Test
    void replicaThatFailsAtOnce_attractsWhatGoesToTheLeastOutstanding() {
        // The bad one never has anything outstanding. The good one gets an attempt only while it has none, and then
        // every
        // second: 1/2 · mu / (mu + lambda / 2), here a quarter; half are good at random.
        Load load = Load.poisson("store", 200);
        Fault bad = Fault.failFast("store", 1).duration(ALL).replica(2);
        Balancer least = Balancer.of(Choice.LEAST_OUTSTANDING).shared();
        assertThat(success(roomy(2), load.balancer(least), ONCE, bad)).isCloseTo(0.25, within(0.01));
        assertThat(success(roomy(2), load.balancer(Balancer.of(Choice.RANDOM)), ONCE, bad))
                .isCloseTo(0.5, within(0.01));
    }

    @Test
    void pausingReplica_holdsUpOneCallInFive_ofRoundRobin_andFewOfLeastOutstanding() {
        Load load = Load.poisson("store", 200).timeout(Duration.ofSeconds(1));
        Fault pause = Fault.pause("store")
                .at(Duration.ofSeconds(50))
                .duration(Duration.ofSeconds(100))
                .replica(5);
        double round = success(roomy(5), load.balancer(Balancer.of(Choice.ROUND_ROBIN)), ONCE, pause);
        double least = success(roomy(5), load.balancer(Balancer.of(Choice.LEAST_OUTSTANDING)), ONCE, pause);
        // A fifth of 100 s; but what comes in the last second is answered after it.
        assertThat((1 - round) * ALL.toSeconds()).isCloseTo(99 / 5.0, within(1.0));
        assertThat((1 - least) * ALL.toSeconds()).isLessThan(99 / 50.0);
    }

    @ParameterizedTest
    @EnumSource(Choice.class)
    void retry_elsewhere_missesTheBadReplica(Choice choice) {
        Load load = Load.poisson("store", 100).clients(5);
        Fault bad = Fault.errors("store", 1).duration(ALL).replica(2);
        Balancer any = Balancer.of(choice);
        assertThat(success(roomy(3), load.balancer(any.retryingElsewhere()), TWICE, bad))
                .isEqualTo(1);
        double anywhere = success(roomy(3), load.balancer(any), TWICE, bad);
        if (choice == Choice.RANDOM) {
            assertThat(anywhere).isCloseTo(8 / 9.0, within(0.01));
        } else {
            assertThat(anywhere).isLessThan(1);
        }
        RetryPolicy thrice = RetryPolicy.parse("max-attempts=3 budget=off");
        assertThat(success(
                        roomy(3),
                        load.balancer(any.retryingElsewhere()),
                        thrice,
                        bad,
                        Fault.failFast("store", 1).duration(ALL).replica(1)))
                .isEqualTo(1);
    }

    @Test
    void hedge_elsewhere_goesToTheReplicaThatResponds() {
        Load load = Load.poisson("store", 50).timeout(Duration.ofSeconds(1)).hedge(Duration.ofMillis(200));
        Fault silent = Fault.down("store").duration(ALL).replica(1);
        Balancer any = Balancer.of(Choice.RANDOM);
        assertThat(success(roomy(2), load.balancer(any.retryingElsewhere()), TWICE, silent))
                .isEqualTo(1);
        assertThat(success(roomy(2), load.balancer(any), TWICE, silent)).isCloseTo(0.75, within(0.01));
    }

    @Test
    void sharedBalancer_countsTheAttemptsOfAllClients_anOwnOneOnlyItsOwn() {
        Load burst = Load.burst("store", 100, Duration.ofHours(2));
        for (Choice choice : List.of(Choice.ROUND_ROBIN, Choice.LEAST_OUTSTANDING)) {
            assertThat(entered(roomy(4), burst.balancer(Balancer.of(choice).shared())))
                    .containsOnly(25L);
            assertThat(entered(roomy(4), burst.balancer(Balancer.of(choice))))
                    .isNotEqualTo(List.of(25L, 25L, 25L, 25L));
        }
    }

    private static List<Long> entered(Service store, Load load) {
        SimulationRun run = run(store, load, ONCE);
        run.run();
        return run.focus().servers().stream()
                .map(server -> server.occupancy().entered())
                .toList();
    }

    @Test
    void service_balancesItsOwnCalls_eachOfItsServersOrAllTogether() {
        for (boolean isShared : new boolean[] {true, false}) {
            Balancer round = Balancer.of(Choice.ROUND_ROBIN);
            Scenario chain = Scenario.builder("chain")
                    .duration(Duration.ofSeconds(10))
                    .service(roomy(4))
                    .service(Service.named("web")
                            .workers(100)
                            .replicas(100)
                            .calls("store")
                            .balancer(isShared ? round.shared() : round))
                    .load(Load.burst("web", 100, Duration.ofHours(2)).balancer(round.shared()))
                    .build();
            SimulationRun run = new SimulationRun(chain, ONCE, Optional.empty(), 1, () -> {});
            run.run();
            // Each server of the web makes one call; what others have sent only a common balancer knows.
            boolean isEven = run.focus().servers().stream()
                    .allMatch(server -> server.occupancy().entered() == 25);
            assertThat(isEven).isEqualTo(isShared);
        }
    }

    @Test
    void badReplica_attractsTheAttempts_ofLeastOutstanding() {
        assertThat(ofScenario("none", Map.of())).isLessThan(0.85);
        // The default budget takes it for an outage; retries that are not limited find another replica.
        assertThat(ofScenario("respite", Map.of("retries", "other"))).isLessThan(0.9);
        assertThat(ofScenario("naive", Map.of("retries", "other"))).isGreaterThan(0.999);
        assertThat(ofScenario("none", Map.of("choice", "round-robin"))).isBetween(0.92, 0.94);
        assertThat(ofScenario("respite", Map.of("choice", "round-robin", "retries", "other")))
                .isGreaterThan(0.999);
    }

    private static double ofScenario(String policy, Map<String, String> settings) {
        BuiltIn scenario = BuiltIn.named("bad-replica");
        SimulationResult result = Simulation.simulate(
                scenario.scenario(settings),
                Objects.requireNonNull(scenario.policies().get(policy)));
        return result.succeeded() / (double) result.calls();
    }
}
