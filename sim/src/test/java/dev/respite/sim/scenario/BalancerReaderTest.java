package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.sim.scenario.Balancer.Choice;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalancerReaderTest {

    private static final String FILE = """
            services:
              web:
                workers: 9
                calls: store
                balancer:
                  choice: round-robin
              store:
                replicas: 5
            load:
              to: web
              arrivals: even 5/s
              balancer:
                choice: least-outstanding
                state: shared
                retries: other
            """;

    @Test
    void file_withBalancers_givesThemToItsCalls() {
        Scenario scenario = ScenarioFile.parse(FILE);
        assertThat(scenario.load().balancer())
                .contains(Balancer.of(Choice.LEAST_OUTSTANDING).shared().retryingElsewhere());
        assertThat(scenario.service("web").downstream().orElseThrow().balancer())
                .contains(Balancer.of(Choice.ROUND_ROBIN));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "choice: round-robin | choice: round | scenario, line 6, services.web.balancer.choice: unknown word 'round'; did you mean 'round-robin'?",
                "choice: round-robin | state: own | scenario, line 5, services.web.balancer.choice: it is missing",
                "state: shared | state: common | scenario, line 14, load.balancer.state: unknown word 'common'; use one of own, shared",
                "retries: other | retries: others | scenario, line 15, load.balancer.retries: unknown word 'others'; did you mean 'other'?",
                "retries: other | state: own | scenario, line 15, load.balancer.state: it is given twice; leave one of them out",
                "retries: other | retry: other | scenario, line 15: unknown key 'retry'; use one of choice, state, retries"
            })
    void parse_invalidBalancer_isRejectedWithItsLine(String right, String wrong, String message) {
        assertThat(FILE).contains(right);
        assertThatThrownBy(() -> ScenarioFile.parse(FILE.replace(right, wrong)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(message);
    }

    @Test
    void parse_balancerOfAServiceThatCallsNone_isRejected() {
        assertThatThrownBy(() -> ScenarioFile.parse(FILE.replace("    calls: store\n", "")))
                .hasMessage(
                        "scenario, line 4, services.web.balancer: this is about the calls of 'web', which makes none;"
                                + " say first which service it calls");
    }

    @Test
    void setting_ofABalancer_replacesItsChoice() {
        assertThat(ScenarioFile.parse("shop.yaml", FILE, Map.of("load.balancer.choice", "random"))
                        .load()
                        .balancer()
                        .orElseThrow()
                        .choice())
                .isEqualTo(Choice.RANDOM);
    }
}
