package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.sim.scenario.Service;
import dev.respite.testsupport.Cases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which client makes the next call, and what does not depend on it. */
class ClientsOrderTest {

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");

    private static Scenario scenario(Load load) {
        return Scenario.builder("clients")
                .duration(Duration.ofSeconds(40))
                .network(Distribution.exponential(Duration.ofMillis(2)), 0.01)
                .service(Service.named("store")
                        .workers(3)
                        .serviceTime(Distribution.exponential(Duration.ofMillis(10)))
                        .failures(0.05, 500))
                .load(load)
                .fault(Fault.down("store").at(Duration.ofSeconds(10)).duration(Duration.ofSeconds(5)))
                .build();
    }

    /** All that a run has measured, but what is left in the clients' budgets, from which no call takes. */
    private static List<Object> measured(SimulationResult result) {
        Series series = result.series();
        return List.of(
                series.calls(),
                series.requests(),
                series.goodput(),
                series.queue(),
                result.calls(),
                result.succeeded(),
                result.attempts(),
                result.latency(50),
                result.latency(99.9),
                result.wastedWork(),
                result.peakRequestsPerSecond(),
                result.stopReasons());
    }

    private static Load ordered(Load load, boolean inTurn) {
        return inTurn ? load.inTurn() : load;
    }

    private static List<Integer> callers(Load load, long seed) {
        SimTime time = new SimTime(seed);
        List<Integer> callers = new ArrayList<>();
        new Traffic(load.groups().get(0), time, 100_000_000_000L, seed, callers::add).start();
        time.runAll();
        return callers;
    }

    private static List<Long> times(Load load, long seed) {
        SimTime time = new SimTime(seed);
        List<Long> times = new ArrayList<>();
        new Traffic(load.groups().get(0), time, 100_000_000_000L, seed, user -> times.add(time.nanoTime())).start();
        time.runAll();
        return times;
    }

    @Tag("cases")
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 77})
    void arrivals_ofASeed_doNotDependOnTheClients(long seed) {
        for (Load load : Cases.of(List.of(Load.poisson("store", 280), Load.even("store", 280)))) {
            List<Long> times = times(load, seed);
            List<Object> one = measured(Simulation.simulate(scenario(load.timeout(Duration.ofSeconds(1))), ONCE, seed));
            for (int clients : new int[] {1, 10, 10_000}) {
                for (boolean inTurn : new boolean[] {false, true}) {
                    Load others = ordered(load.clients(clients), inTurn);
                    assertThat(times(others, seed)).isEqualTo(times);
                    assertThat(measured(
                                    Simulation.simulate(scenario(others.timeout(Duration.ofSeconds(1))), ONCE, seed)))
                            .as(clients + " clients, in turn: " + inTurn)
                            .isEqualTo(one);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void calls_ofADefaultPolicy_beginAtTheSameTimesForAnyNumberOfClients(boolean inTurn) {
        List<Double> calls = Simulation.simulate(scenario(Load.poisson("store", 280)), ONCE)
                .series()
                .calls();
        for (int clients : new int[] {1, 10, 10_000}) {
            Load load = ordered(Load.poisson("store", 280).clients(clients), inTurn);
            assertThat(Simulation.simulate(scenario(load), RetryPolicy.defaults())
                            .series()
                            .calls())
                    .isEqualTo(calls);
        }
    }

    @Test
    void callers_areDrawnUniformly_eachIndependentOfTheOneBefore() {
        List<Integer> callers = callers(Load.poisson("store", 1_000).clients(10), 3);
        long[] calls = new long[10];
        int repeated = 0;
        for (int i = 0; i < callers.size(); i++) {
            calls[callers.get(i)]++;
            repeated += i > 0 && callers.get(i).equals(callers.get(i - 1)) ? 1 : 0;
        }
        for (long count : calls) {
            assertThat(count / (double) callers.size()).isCloseTo(0.1, within(0.01));
        }
        assertThat(repeated / (double) callers.size()).isCloseTo(0.1, within(0.01));
    }

    @Test
    void callers_inTurn_areEachTheNext() {
        List<Integer> callers = callers(Load.even("store", 1).clients(10).inTurn(), 3);
        assertThat(callers).startsWith(0, 1, 2, 3).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void burst_isMadeByAsManyClientsAsThereAreCalls(boolean inTurn) {
        Load burst = ordered(Load.burst("store", 50, Duration.ofHours(1)), inTurn);
        assertThat(new HashSet<>(callers(burst, 3))).hasSize(50);
    }

    @ParameterizedTest
    @CsvSource({"random, false", "turn, true"})
    void file_saysTheOrder(String token, boolean inTurn) {
        String file = "services: {a: }\nload: {to: a, arrivals: even 5/s, clients: 3, clients-order: " + token + "}";
        assertThat(ScenarioFile.parse(file).load().groups().get(0).isInTurn()).isEqualTo(inTurn);
    }

    @Test
    void file_thatSaysNone_drawsThem_andAnUnknownOneIsRefused() {
        String file = "services: {a: }\nload: {to: a, arrivals: even 5/s, clients-order: turn}";
        assertThat(ScenarioFile.parse(file.replace(", clients-order: turn", ""))
                        .load()
                        .groups()
                        .get(0)
                        .isInTurn())
                .isFalse();
        assertThatThrownBy(() -> ScenarioFile.parse(file.replace("turn", "turns")))
                .hasMessage("scenario, line 2, load.clients-order: unknown word 'turns'; did you mean 'turn'?");
    }

    @Test
    void below_isNeverItsBound() {
        double largest = 1 - 0x1.0p-53;
        for (int bound = 1; bound <= 10_000_000; bound += bound < 1_000 ? 1 : 997) {
            assertThat((int) (largest * bound)).isLessThan(bound);
        }
        SeededRandom chance = new SeededRandom(1, "below");
        boolean[] seen = new boolean[7];
        for (int i = 0; i < 1_000; i++) {
            seen[chance.below(7)] = true;
        }
        assertThat(seen).doesNotContain(false);
    }
}
