package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server does against too many requests. */
class AdmissionTest {

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");

    /** A request every half a millisecond to a server that takes a millisecond for each. */
    private static SimulationResult overloaded(UnaryOperator<Service> protection, RetryPolicy policy, Fault... faults) {
        Service store = Service.named("store").serviceTime(Distribution.constant(Duration.ofMillis(1)));
        var builder = Scenario.builder("overloaded")
                .duration(Duration.ofSeconds(10))
                .service(protection.apply(store))
                .load(Load.even("store", 2_000).clients(100));
        List.of(faults).forEach(builder::fault);
        return Simulation.simulate(builder.build(), policy);
    }

    @Test
    void overload_isOver_withTheLoad_whereTheServerRejects() {
        assertThat(ofScenario("none", "queue")).isBetween(0.84, 0.86);
        assertThat(ofScenario("respite", "queue")).isBetween(0.84, 0.86);
    }

    @Test
    void overload_lastsAfterTheLoad_whereTheServerRejectsNothing_orRetriesHaveNoBudget() {
        assertThat(ofScenario("none", "none")).isLessThan(0.3);
        assertThat(ofScenario("naive", "none")).isLessThan(0.3);
    }

    private static double ofScenario(String policy, String protection) {
        BuiltIn scenario = BuiltIn.named("overload");
        SimulationResult result = Simulation.simulate(
                scenario.scenario(Map.of("protection", protection)),
                Objects.requireNonNull(scenario.policies().get(policy)));
        return result.succeeded() / (double) result.calls();
    }

    private static final String FILE = """
            services:
              store:
                refuse-retries: 150ms
            load:
              to: store
              arrivals: even 5/s
            """;

    @Test
    void file_hasTheQueueLimitOfRetries_whichASettingReplaces() {
        Scenario read = ScenarioFile.parse(FILE);
        assertThat(read.service("store").refuseRetries()).contains(Duration.ofMillis(150));
        assertThat(ScenarioFile.yaml(read)).contains("    refuse-retries: 150ms\n");
        String without = FILE.replace("    refuse-retries: 150ms\n", "");
        assertThat(ScenarioFile.parse(without).service("store").refuseRetries()).isEmpty();
        assertThat(ScenarioFile.parse("scenario", without, Map.of("services.store.refuse-retries", "100ms"))
                        .service("store")
                        .refuseRetries())
                .contains(Duration.ofMillis(100));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "150ms | 150 | line 3, services.store.refuse-retries: '150': expected a time such as 10ms, 1.5s or 2m",
                "150ms | 0 | line 3, services.store.refuse-retries: refuse-retries in milliseconds 0: must be from 1 to 60000",
                "refuse-retries | refuse-retry | line 3: unknown key 'refuse-retry'; did you mean 'refuse-retries'?"
            })
    void file_thatIsWrong_isRefused_withItsLine(String right, String wrong, String message) {
        assertThat(FILE).contains(right);
        assertThatThrownBy(() -> ScenarioFile.parse(FILE.replace(right, wrong)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("scenario, " + message);
    }
}
