package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BreakerSpec;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Circuit breakers of a fleet: those of production, in simulated time. */
class BreakerSpecTest {

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");
    private static final RetryPolicy NAIVE =
            BuiltIn.named("circuit-breaker").policies().get("naive");
    private static final Duration OPEN = Duration.ofSeconds(5);

    /** Twenty calls a second to a service that never answers, for half a minute. */
    private static SimulationResult whileDown(int clients, BreakerSpec breaker) {
        Duration all = Duration.ofSeconds(30);
        Scenario scenario = Scenario.builder("down")
                .duration(all)
                .service(Service.named("service"))
                .load(Load.even("service", 20)
                        .clients(clients)
                        .timeout(Duration.ofMillis(500))
                        .breaker(breaker))
                .fault(Fault.down("service").duration(all))
                .build();
        return Simulation.simulate(scenario, ONCE);
    }

    @Test
    void openBreaker_letsOnlyItsProbesThrough_whenItsTimeIsUp() {
        SimulationResult result = whileDown(1, BreakerSpec.own(0.5, 10, OPEN));
        // The tenth failure is seen after 0.975 s, when 20 have begun; then ten probes in each of five cycles of 6 s.
        assertThat(result.attempts()).isBetween(19L + 4 * 10, 20L + 5 * 10);
        assertThat(result.stopReasons().get(StopReason.CIRCUIT_OPEN)).isEqualTo(result.calls() - result.attempts());
    }

    @Test
    void sharedBreaker_learnsOnce_whatEachOfTheOthersLearnsForItself() {
        long own = whileDown(10, BreakerSpec.own(0.5, 10, OPEN)).attempts();
        long shared = whileDown(10, BreakerSpec.shared(0.5, 10, OPEN)).attempts();
        long one = whileDown(1, BreakerSpec.own(0.5, 10, OPEN)).attempts();
        assertThat(shared).isEqualTo(one);
        assertThat(own).isGreaterThan(4 * shared);
    }

    @Test
    void breaker_savesAStoreFromNaiveRetries_whichWithoutOneStaysDown() {
        assertThat(recovery("none")).isFalse();
        assertThat(recovery("own")).isTrue();
        assertThat(recovery("shared")).isTrue();
    }

    private static boolean recovery(String breaker) {
        Scenario scenario = BuiltIn.named("circuit-breaker").scenario(Map.of("breaker", breaker));
        return Simulation.simulate(scenario, NAIVE).recoverySeconds().isPresent();
    }

    @Test
    void sameSeed_givesTheSameRun() {
        Scenario scenario = BuiltIn.named("circuit-breaker").scenario();
        assertThat(Simulation.simulate(scenario, NAIVE, 7).series())
                .isEqualTo(Simulation.simulate(scenario, NAIVE, 7).series());
    }

    @ParameterizedTest
    @ValueSource(strings = {"own 50% of 20 open 5s", "shared 12.5% of 7 open 1500ms"})
    void breaker_inAFile_isWhatItsWordsSay(String tokens) {
        Scenario scenario = ScenarioFile.parse(file(tokens));
        assertThat(scenario.load().breaker()).map(BreakerSpec::toString).hasValue(tokens);
    }

    @Test
    void wrongWords_areRefused_withTheirLine() {
        assertThatThrownBy(() -> ScenarioFile.parse(file("each 50% of 20 open 5s")))
                .hasMessage("scenario, line 5, load.breaker: unknown word 'each'; use one of own, shared");
        assertThatThrownBy(() -> ScenarioFile.parse(file("own 50% of 20")))
                .hasMessage("scenario, line 5, load.breaker: 'own 50% of 20': expected own 50% of 20 open 5s,"
                        + " or shared 50% of 20 open 5s");
        assertThatThrownBy(() -> ScenarioFile.parse(file("own 150% of 20 open 5s")))
                .hasMessage("scenario, line 5, load.breaker: failure-rate 1.5: must be from 0.001 to 1");
        assertThatThrownBy(() -> BuiltIn.named("circuit-breaker").scenario(Map.of("breaker", "some")))
                .hasMessage("circuit-breaker, breaker: unknown word 'some'; use one of none, own, shared");
    }

    @Test
    void breaker_ofHedgedCalls_isRefused() {
        Load hedged = Load.even("service", 20).hedge(Duration.ofMillis(20));
        assertThatThrownBy(() -> hedged.breaker(BreakerSpec.own(0.5, 10, OPEN)))
                .hasMessage("breaker: hedged calls pass none; leave out the breaker or the hedge");
    }

    private static String file(String breaker) {
        return """
                services:
                  a:
                load:
                  to: a
                  breaker: %s
                  arrivals: even 5/s
                """.formatted(breaker);
    }
}
