package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Scenario;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuiltInTest {

    @Test
    void policies_ofAScenario_areAllDifferent() {
        assertThat(BuiltIn.all())
                .allSatisfy(
                        scenario -> assertThat(new HashSet<>(scenario.policies().values()))
                                .as(scenario.name())
                                .hasSameSizeAs(scenario.policies().keySet()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metastable | none, naive, respite",
                "outage-ride | none, naive, respite, waiting",
                "pause | none, naive, respite, aws-2.0, aws-2.1, grpc:10/0.1, 10%",
                "independent-failures | none, naive, respite, aws-2.0, aws-2.1, grpc:10/0.1, 10%",
                "thundering-herd | none, immediate, fixed, linear, exponential, exponential + jitter, respite"
            })
    void policies_ofAScenario_areCompared(String scenario, String policies) {
        assertThat(BuiltIn.named(scenario).policies().keySet()).containsExactly(policies.split(", "));
    }

    @Test
    void scenario_isFoundByItsName_andDescribesItself() {
        assertThat(BuiltIn.all()).allSatisfy(builtIn -> {
            assertThat(BuiltIn.named(builtIn.name())).isSameAs(builtIn);
            assertThat(builtIn.description()).matches("[A-Z].*\\.");
        });
    }

    @Test
    void settings_givenBack_areTheScenarioByDefault() {
        assertThat(BuiltIn.all()).isNotEmpty().allSatisfy(builtIn -> {
            assertThat(builtIn.settings()).isNotEmpty();
            assertThat(builtIn.scenario(builtIn.settings())).isEqualTo(builtIn.scenario());
        });
        assertThat(BuiltIn.named("metastable").settings())
                .containsExactly(
                        entry("capacity", "300"),
                        entry("load", "280"),
                        entry("clients", "20"),
                        entry("outage", "10s"),
                        entry("timeout", "1s"),
                        entry("refuse-retries", "none"));
    }

    @Test
    void clients_areASettingOfEachScenario_andMoreThanOne() {
        assertThat(BuiltIn.all()).allSatisfy(builtIn -> {
            assertThat(clients(builtIn.scenario())).as(builtIn.name()).isGreaterThan(1);
            assertThat(clients(builtIn.scenario(Map.of("clients", "7"))))
                    .as(builtIn.name())
                    .isEqualTo(7);
        });
    }

    /** Each call of a burst has a client of its own. */
    private static int clients(Scenario scenario) {
        return scenario.load().groups().get(0).clients();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metastable | load | 1000000000 | metastable, load 1000000000: must be from 1 to 1000000",
                "metastable | outage | 0 | metastable, outage 0: must be longer than that",
                "thundering-herd | clients | 0 | thundering-herd, clients 0: must be from 1 to 10000000",
                "brownout | remaining | 150% | brownout, remaining 1.5: must be from 0 to 1",
                "bad-replica | fault | fastest | bad-replica, fault: unknown word 'fastest'; use one of fail-fast, errors, refuse, down, pause",
                "overload | protection | lif | overload, protection: unknown word 'lif'; use one of none, queue",
                "brownout | load | much | brownout, load: 'much': expected a number such as 4 or 0.5"
            })
    void setting_outOfItsRange_isRefused_withTheRange(String scenario, String key, String value, String message) {
        assertThatThrownBy(() -> BuiltIn.named(scenario).scenario(Map.of(key, value)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(message);
    }
}
