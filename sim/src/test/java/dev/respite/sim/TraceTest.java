package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Arrivals;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arrivals that are read from a file. */
class TraceTest {

    private static final String FILE = """
            duration: 10s
            services:
              store:
                workers: 100
            load:
              to: store
              arrivals: trace logs/access.times
              clients: 3
            """;

    @TempDir
    Path folder;

    private Scenario read(String trace) throws IOException {
        Files.createDirectories(folder.resolve("logs"));
        Files.writeString(folder.resolve("logs/access.times"), trace);
        return ScenarioFile.read(Files.writeString(folder.resolve("shop.yaml"), FILE));
    }

    @Test
    void calls_beginAtTheTimesOfTheTrace() throws IOException {
        Scenario scenario = read("# from the log of the shop\n0\n0.5\n0.5\n\n  1.000000001  \n9.75\n10\n12.5\n");
        SimTime time = new SimTime(1);
        List<Long> times = new ArrayList<>();
        new Traffic(scenario.load().groups().get(0), time, 10_000_000_000L, 1, user -> times.add(time.nanoTime()))
                .start();
        time.runAll();
        assertThat(times).containsExactly(0L, 500_000_000L, 500_000_000L, 1_000_000_001L, 9_750_000_000L);
        SimulationResult result = Simulation.simulate(scenario, RetryPolicy.parse("max-attempts=1"));
        assertThat(result.calls()).isEqualTo(5);
        assertThat(result.series().calls())
                .startsWith(3.0, 1.0, 0.0)
                .endsWith(0.0, 1.0)
                .hasSize(10);
        assertThat(scenario.load().arrivals()).isEqualTo("trace logs/access.times");
    }

    @Test
    void manyCallsAtOneTime_areNotTimeThatStandsStill() throws IOException {
        Scenario scenario = read("1\n".repeat(150_000));
        assertThat(Simulation.simulate(scenario, RetryPolicy.parse("max-attempts=1"))
                        .calls())
                .isEqualTo(150_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0;1;1,5 | , line 3: '1,5': expected seconds from the beginning of the run, such as 12.5",
                "#x;;-1 | , line 3: '-1': expected seconds from the beginning of the run, such as 12.5",
                "0;2.5;2 | , line 3: '2' comes after 2500ms; sort the times",
                "1732648896.25 | , line 1: '1732648896.25': must be from 0 to 86400; subtract the time of the beginning from all",
                "# nothing | : there are no times in it; give it at least one"
            })
    void trace_thatIsWrong_isRefused_withBothLines(String lines, String message) {
        assertThatThrownBy(() -> read(lines.replace(';', '\n')))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("shop.yaml, line 7, load.arrivals: trace logs/access.times" + message);
    }

    @Test
    void trace_thatIsNotThere_isRefused() throws IOException {
        read("1");
        Path file = folder.resolve("shop.yaml");
        assertThatThrownBy(() -> ScenarioFile.read(file, Map.of("load.arrivals", "trace access.times")))
                .hasMessage(
                        "shop.yaml, line 7, load.arrivals: trace access.times: there is no such file; its name leads"
                                + " from the folder of the scenario's file");
        assertThatThrownBy(() -> ScenarioFile.read(file, Map.of("load.arrivals", "trace")))
                .hasMessageStartingWith("shop.yaml, line 7, load.arrivals: 'trace': expected ");
        Files.write(folder.resolve("logs/access.times"), new byte[] {(byte) 0xff, '\n'});
        assertThatThrownBy(() -> ScenarioFile.read(file))
                .hasMessageStartingWith(
                        "shop.yaml, line 7, load.arrivals: trace logs/access.times: it cannot be read: ");
        assertThatThrownBy(() -> ScenarioFile.parse(FILE))
                .hasMessage(
                        "scenario, line 7, load.arrivals: trace logs/access.times: it is read from a file beside that"
                                + " of the scenario, and this scenario was not read from a file");
    }

    @Test
    void times_inTheWrongOrder_areRefusedInCodeToo() {
        assertThatThrownBy(() -> new Arrivals.Trace("mine", List.of(Duration.ofSeconds(2), Duration.ofSeconds(1))))
                .hasMessage("trace mine: 1s comes after 2s; sort the times");
    }
}
