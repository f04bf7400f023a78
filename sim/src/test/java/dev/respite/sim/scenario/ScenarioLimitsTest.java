package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioLimitsTest {

    private static final String LONG = "x".repeat(50_000);

    @Test
    void parse_fileAboveTheLimit_isRejected() {
        assertThatThrownBy(() -> ScenarioFile.parse("a: b\n".repeat(60_000)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessageContaining("exceeds the limit: 262144");
    }

    /** A hundred aliases of a policy of 64 KB are 6 MB to read. */
    @Test
    void parse_moreThanAHundredAliases_isRejected() {
        assertThatThrownBy(() -> ScenarioFile.parse("name: &a 1\nservices:\n" + "  s: *a\n".repeat(101)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("scenario, line 103: more than 100 aliases; write some of the values that they stand for");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "L: 1",
                "duration: L",
                "network: {loss: L}",
                "network: {latency: L}",
                "network: {latency: exponential 1s L 1%}",
                "services: {a: {L: 1}}",
                "services: {L: {workers: b}}",
                "services: {a: {workers: L}}",
                "services: {a: {policy: max-attempts=L}}",
                "services: {a: {failures: L}}",
                "services: {a: {timeout: 1s, calls: L}}",
                "services: {a: {rate-limit: L}}",
                "services: {L: {calls: L}}\nload: {to: L, arrivals: even 1/s}",
                "services: {a: {}}\nload: {to: L, arrivals: even 1/s}",
                "services: {L: {}, L2: {}}\nload: {to: a, arrivals: even 1/s}",
                "services: {a: {}}\nload: {to: a, arrivals: L}",
                "services: {a: {}}\nload: {to: a, arrivals: even L/s}",
                "services: {a: {}}\nload: {to: a, arrivals: even 1/s}\nfaults: [{outage: L, at: 1s}]",
                "services: *L",
                "services: !!L {}",
                "services: {a: L: 1}"
            })
    void parse_longInvalidValue_isNotEchoedWhole(String form) {
        assertThatThrownBy(() -> ScenarioFile.parse(form.replace("L", LONG)))
                .isInstanceOf(InvalidScenarioException.class)
                .message()
                .hasSizeLessThan(2_000);
    }

    @Test
    void parse_longSetting_isNotEchoedWhole() {
        String file = "services: {a: {}}\nload: {to: a, arrivals: even 1/s}\n";

        assertThatThrownBy(() -> ScenarioFile.parse("file", file, Map.of("services." + LONG + ".workers", "1")))
                .message()
                .hasSizeLessThan(2_000);
        assertThatThrownBy(() -> ScenarioFile.parse("file", file, Map.of("services", LONG)))
                .message()
                .hasSizeLessThan(2_000);
    }
}
