package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.sim.scenario.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioFileTest {

    private static final String SHOP = """
            name: shop
            duration: 90s
            network:
              latency: exponential 2ms
              loss: 0.1%
            services:
              web:
                workers: 50
                service-time: lognormal 5ms 0.5
                calls: store
                timeout: 800ms
              store:
                workers: 3
                service-time: bimodal 10ms 100ms 1%
                queue: 100
                slow-start: 3 10s
                rate-limit: 280/s burst 20
                retry-after: 2s
                failures: 1% 500
            load:
              to: web
              arrivals: poisson 200/s
              clients: 10
              budget: shared
              timeout: 2s
            faults:
              - down: store
                at: 30s
                for: 10s
              - slow: web
                by: 2
                at: 60s
                for: 5s
                ramp: 5s
            """;

    private static final Scenario BUILT = Scenario.builder("shop")
            .duration(Duration.ofSeconds(90))
            .network(Distribution.exponential(Duration.ofMillis(2)), 0.001)
            .service(Service.named("web")
                    .workers(50)
                    .serviceTime(Distribution.logNormal(Duration.ofMillis(5), 0.5))
                    .calls("store", Duration.ofMillis(800)))
            .service(Service.named("store")
                    .workers(3)
                    .serviceTime(Distribution.bimodal(Duration.ofMillis(10), Duration.ofMillis(100), 0.01))
                    .queue(100)
                    .slowStart(3, Duration.ofSeconds(10))
                    .rateLimit(280, 20)
                    .retryAfter(Duration.ofSeconds(2))
                    .failures(0.01, 500))
            .load(Load.poisson("web", 200).clients(10).sharingBudget().timeout(Duration.ofSeconds(2)))
            .fault(Fault.down("store").at(Duration.ofSeconds(30)).duration(Duration.ofSeconds(10)))
            .fault(Fault.slow("web", 2)
                    .at(Duration.ofSeconds(60))
                    .duration(Duration.ofSeconds(5))
                    .ramp(Duration.ofSeconds(5)))
            .build();

    @Test
    void fileAndBuilder_ofTheSameWords_giveTheSameRun() {
        RetryPolicy policy = RetryPolicy.defaults();
        SimulationResult read = Simulation.simulate(ScenarioFile.parse(SHOP), policy);
        SimulationResult built = Simulation.simulate(BUILT, policy);
        assertThat(read.series()).isEqualTo(built.series());
        assertThat(read.attempts()).isEqualTo(built.attempts()).isPositive();
        assertThat(read.scenario().name()).isEqualTo("shop");
    }

    @Test
    void settings_replaceWhatTheFileSays() {
        Scenario scenario = ScenarioFile.parse(
                "shop.yaml", SHOP, Map.of("services.store.workers", "7", "faults.0.for", "1s", "duration", "65s"));
        assertThat(scenario.services().get("store").work().workers()).isEqualTo(7);
        assertThat(scenario.faults().get(0).duration()).isEqualTo(Duration.ofSeconds(1));
        assertThat(scenario.duration()).isEqualTo(Duration.ofSeconds(65));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "workers: 3 | wokers: 3 | scenario, line 13: unknown key 'wokers'; did you mean 'workers'?",
                "workers: 3 | workers: many | scenario, line 13, services.store.workers: 'many': expected a whole number",
                "workers: 3 | workers: 1000000000 | scenario, line 13, services.store.workers: '1000000000': expected a whole number of at most nine digits",
                "workers: 3 | workers: 0 | scenario, line 13, services.store.workers: workers 0: must be from 1 to 1000000",
                "for: 10s | for: 10 | scenario, line 29, faults.0.for: '10': expected a time such as 10ms, 1.5s or 2m",
                "down: store | down: stor | scenario, line 27, faults.0.down: unknown service 'stor'; did you mean 'store'?",
                "at: 30s | at: 90s | scenario, line 28, faults.0.at: a fault at 90s is not before the end of the run (duration 90s)",
                "duration: 90s | duration: 30s | scenario, line 28, faults.0.at: a fault at 30s is not before the end of the run (duration 30s)",
                "duration: 90s | duration: 0 | scenario, line 2, duration: duration 0: must be longer than that",
                "duration: 90s | duration: 999999999999h | scenario, line 2, duration: duration PT2562047H47M16.854775807S: must be from 0 to 24h",
                "to: web | to: wep | scenario, line 21, load.to: unknown service 'wep'; did you mean 'web'?",
                "calls: store | calls: stor | scenario, line 10, services.web.calls: unknown service 'stor'; did you mean 'store'?",
                "workers: 3 | calls: web | scenario, line 10, services.web.calls: 'web' calls itself in the end",
                "down: store | doun: store | scenario, line 27: unknown key 'doun'; did you mean 'down'?",
                "poisson 200/s | poison 200/s | scenario, line 22, load.arrivals: unknown word 'poison'; did you mean 'poisson'?",
                "poisson 200/s | poisson 200 | scenario, line 22, load.arrivals: '200': expected a rate such as 280/s",
                "to: web | tu: web | scenario, line 21: unknown key 'tu'; use one of to, arrivals, clients, clients-order, budget, policy, attempt-number, groups, breaker, timeout, hedge",
                "loss: 0.1% | loss: 110% | scenario, line 5, network.loss: loss 1.1: must be from 0 to 1",
                "calls: store | calls: web | scenario, line 10, services.web.calls: 'web' calls itself in the end",
                "budget: shared | budget: common | scenario, line 24, load.budget: unknown word 'common'; use one of own, shared"
            })
    void wrongLine_isRefused_withItsNumberTheKeyAndTheNearest(String right, String wrong, String message) {
        assertThat(SHOP).contains(right);
        assertThatThrownBy(() -> ScenarioFile.parse(SHOP.replaceFirst(java.util.regex.Pattern.quote(right), wrong)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(message);
    }

    @Test
    void fault_setToTheEndOfTheRun_isRefused() {
        assertThatThrownBy(() -> ScenarioFile.parse("shop.yaml", SHOP, Map.of("faults.1.at", "300s")))
                .hasMessage("shop.yaml, line 32, faults.1.at: a fault at 5m is not before the end of the run"
                        + " (duration 90s)");
        assertThatThrownBy(() -> ScenarioFile.parse("shop.yaml", SHOP, Map.of("duration", "45s")))
                .hasMessageStartingWith("shop.yaml, line 32, faults.1.at: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "services.stroe.workers | shop.yaml, line 6, services.stroe.workers: unknown service 'stroe'; did you mean 'store'?",
                "faults.5.for | shop.yaml, line 26, faults.5.for: there are 2 in the file, from 0 on",
                "faults.first.for | shop.yaml, line 26, faults.first.for: there are 2 in the file, from 0 on",
                "faults | shop.yaml, line 26, faults: '1s': it has keys below it; set those",
                "load | shop.yaml, line 20, load: '1s': it has keys below it; set those",
                "services.store | shop.yaml, line 12, services.store: '1s': it has keys below it; set those",
                "load.timeout.x | shop.yaml, line 20, load.timeout.x: there is nothing below load.timeout, which is one value",
                "lood.timeout | shop.yaml, line 1: unknown key 'lood'; did you mean 'load'?"
            })
    void setting_thatLeadsNowhere_isRefused(String key, String message) {
        assertThatThrownBy(() -> ScenarioFile.parse("shop.yaml", SHOP, Map.of(key, "1s")))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(message);
    }

    @Test
    void circle_isRefused_whereItIs_notWhereItIsLedTo() {
        String circle =
                "services:\n  a: {calls: b}\n  b: {calls: c}\n  c: {calls: b}\nload: {to: a, arrivals: even 5/s}\n";
        assertThatThrownBy(() -> ScenarioFile.parse(circle))
                .hasMessage("scenario, line 3, services.b.calls: 'b' calls itself in the end");
        assertThatThrownBy(() -> ScenarioFile.parse(circle.replace("calls: b}\nload", "calls: d}\nload")))
                .hasMessageStartingWith("scenario, line 4, services.c.calls: unknown service 'd'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- "})
    void parse_moreThanAHundredLevels_isRejected(String level) {
        for (int levels : new int[] {101, 1_000, 20_000}) {
            assertThatThrownBy(() -> ScenarioFile.parse(level.repeat(levels)))
                    .isInstanceOf(InvalidScenarioException.class)
                    .hasMessageContaining("line 1: more than 100 levels");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\e", "\\x9b", "\\0", "\\r", "\\x7f"})
    void parse_controlCharacter_isRejected(String escape) {
        assertThatThrownBy(() -> ScenarioFile.parse("services:\n  \"a" + escape + "[2J\": {workers: 1}\n"))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("scenario, line 2: a control character; no value of a scenario has one");
    }

    @Test
    void read_longFile_isRejected(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("long.yaml"), "# ".repeat(1 << 19) + "#");
        assertThatThrownBy(() -> ScenarioFile.read(file))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("long.yaml: more than 1 MiB; no scenario needs as much");
    }

    @Test
    void noYaml_isRefused() {
        assertThatThrownBy(() -> ScenarioFile.parse("services: [")).hasMessageContaining("this is not YAML");
        assertThatThrownBy(() -> ScenarioFile.parse("")).hasMessageContaining("services: there is none");
        assertThatThrownBy(() -> ScenarioFile.parse("services:\n  a:\n")).hasMessageContaining("load: there is none");
        assertThatThrownBy(() -> ScenarioFile.parse("duration: 1s\nduration: 2s\n"))
                .hasMessageContaining("it is given twice; leave one of them out");
    }

    @Test
    void service_withNothingSaidOfIt_isAService() {
        Scenario scenario = ScenarioFile.parse("services:\n  a:\nload: {to: a, arrivals: even 5/s}\n");
        assertThat(scenario.services()).containsOnlyKeys("a");
    }
}
