package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.Fuzz;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ScenarioFuzzTest {

    private static final List<String> FILES = List.of(
            """
            name: shop
            duration: 30s
            network: {latency: lognormal 1ms 0.5, loss: 1%}
            services:
              web: {replicas: 2, workers: 8, service-time: 10ms, calls: store, timeout: 1s, policy: max-attempts=2}
              store: &s {workers: 4, service-time: exponential 10ms 10x 1%, queue: 50, failures: 20% 500}
            load:
              to: web
              groups:
                - {name: a, arrivals: poisson 100/s, clients: 10}
                - {name: b, arrivals: closed 50 think-time exponential 1s}
            faults:
              - {outage: store, at: 5s, for: 10s}
              - {slow: store, by: 5, at: 20s, ramp: 1s}
            """,
            "services: {store: {}}\nload: {to: store, arrivals: ramp 100/s at 0 to 400/s at 60s, hedge: 50ms}\n",
            "services:\n  store:\n    rate-limit: 100/s burst 20\nload:\n  to: store\n  arrivals: even 280/s\n");

    private static final List<String> TOKENS = List.of(
            "[",
            "]",
            "{",
            "}",
            ":",
            ": ",
            "- ",
            "\n",
            "\n  ",
            "  ",
            "\t",
            ",",
            "#",
            "&a ",
            "*a",
            "*s",
            "!!int ",
            "? ",
            "|",
            ">",
            "\"",
            "'",
            "%",
            "---\n",
            "...",
            "0",
            "-1",
            "1e9",
            "NaN",
            "99999999999999999999",
            "1ns",
            "24h",
            "store",
            "services:",
            "load:",
            "null",
            "~",
            "\u0000",
            "\ud800",
            "\ufeff",
            "é");

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void parse_spoiltFiles_areScenariosOrRejected() {
        Fuzz.run(Fuzz.inputs(3_000), FILES, TOKENS, text -> {
            String written = ScenarioFile.yaml(ScenarioFile.parse(text));
            assertThat(ScenarioFile.yaml(ScenarioFile.parse(written))).isEqualTo(written);
        });
    }
}
