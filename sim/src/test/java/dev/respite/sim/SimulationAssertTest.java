package dev.respite.sim;

import static dev.respite.sim.Simulation.simulate;
import static dev.respite.sim.SimulationAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulationAssertTest {

    private static final Scenario SCENARIO = BuiltIn.named("metastable").scenario();

    @Test
    void goodPolicy_passes() {
        assertThat(simulate(SCENARIO, RetryPolicy.defaults()))
                .recoversWithin(Duration.ofSeconds(10))
                .amplifiesAtMost(1.1)
                .succeedsAtLeast(0.9);
    }

    @Test
    void badPolicy_fails_withWhatWasMeasured() {
        SimulationResult naive =
                simulate(SCENARIO, BuiltIn.named("metastable").policies().get("naive"));
        assertThatThrownBy(() -> assertThat(naive).recoversWithin(Duration.ofMinutes(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("scenario 'metastable', seed 1: expected to recover within 60 s, and it never did");
        assertThatThrownBy(() -> assertThat(naive).amplifiesAtMost(1.1)).hasMessageContaining("there were 3.58");
        assertThatThrownBy(() -> assertThat(naive).succeedsAtLeast(0.9)).hasMessageContaining("0.14");
    }

    @Test
    void runThatIsTooShortToSeeIt_fails_andSaysSo() {
        SimulationResult brief = simulate(
                Scenario.builder("brief")
                        .duration(Duration.ofSeconds(20))
                        .service(Service.named("service"))
                        .load(Load.even("service", 10))
                        .fault(Fault.down("service").at(Duration.ofSeconds(1)).duration(Duration.ofSeconds(1)))
                        .build(),
                RetryPolicy.defaults());
        assertThatThrownBy(() -> assertThat(brief).recoversWithin(Duration.ofSeconds(1)))
                .hasMessageEndingWith("the run ends less than 20 s after its last fault, too early to see that");
    }

    @Test
    void slowPolicy_fails_withTheTime() {
        SimulationResult slow = simulate(
                BuiltIn.named("pause").scenario(Map.of("clients", "1")),
                RetryPolicy.parse("max-attempts=4 backoff=fixed base-delay=50ms jitter=none budget=aws-2.1"));
        assertThatThrownBy(() -> assertThat(slow).recoversWithin(Duration.ofSeconds(10)))
                .hasMessageContaining("within 10 s, and it took 40 s");
    }
}
