package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Arrivals;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arrivals whose rate changes. */
class RampTest {

    private static final Arrivals HILL = ramp(100, 10, 400, 40, 400, 50, 0, 70, 0, 80, 200, 80, 200, 90);

    /** Rates, each with its second. */
    private static Arrivals ramp(int... points) {
        List<Double> rates = new ArrayList<>();
        List<Duration> times = new ArrayList<>();
        for (int i = 0; i < points.length; i += 2) {
            rates.add((double) points[i]);
            times.add(Duration.ofSeconds(points[i + 1]));
        }
        return Arrivals.ramp(rates, times);
    }

    private static List<Long> times(Arrivals arrivals, int seconds, long seed) {
        SimTime time = new SimTime(seed);
        List<Long> times = new ArrayList<>();
        ClientGroup group = ClientGroup.of("ramp", arrivals);
        new Traffic(group, time, seconds * 1_000_000_000L, seed, user -> times.add(time.nanoTime())).start();
        time.runAll();
        return times;
    }

    private static long between(List<Long> times, double from, double to) {
        return times.stream()
                .filter(time -> time >= from * 1e9 && time < to * 1e9)
                .count();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 10, 1000", // constant before the first point
        "10, 40, 7500", // (100 + 400) / 2 · 30
        "10, 25, 2625", // (100 + 250) / 2 · 15
        "40, 50, 4000",
        "50, 70, 4000",
        "60, 70, 1000", // (200 + 0) / 2 · 10
        "70, 80, 0",
        "80, 120, 8000", // constant after the last point
        "0, 120, 24500"
    })
    void calls_areAsManyAsTheIntegralOfTheRate(double from, double to, double integral) {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat((double) between(times(HILL, 120, seed), from, to))
                    .isCloseTo(integral, within(4 * Math.sqrt(integral)));
        }
    }

    @Test
    void rateThatStaysAtZero_hasNoMoreCalls() {
        Arrivals down = ramp(100, 0, 0, 10);
        assertThat(times(down, 60, 1)).hasSizeBetween(400, 600).allMatch(time -> time <= 10_000_000_000L);
    }

    @Test
    void rateThatStaysTheSame_isThatOfPoissonArrivals() {
        List<Long> times = times(ramp(100, 0, 100, 1), 600, 3);
        double mean = times.get(times.size() - 1) / (double) times.size() / 1e9;
        double squares = 0;
        for (int i = 1; i < times.size(); i++) {
            squares += Math.pow((times.get(i) - times.get(i - 1)) / 1e9 - mean, 2);
        }
        assertThat(mean).isCloseTo(0.01, within(4 * 0.01 / Math.sqrt(60_000)));
        assertThat(Math.sqrt(squares / times.size()) / mean)
                .as("deviation of the gaps, 1 if exponential")
                .isCloseTo(1, within(0.02));
    }

    @Test
    void ramp_isARun_andLoadsOfAnyNumberOfClientsAreTheSame() {
        Service store = Service.named("store").workers(100);
        List<Scenario> scenarios = new ArrayList<>();
        for (int clients : new int[] {1, 50}) {
            Load load = Load.of("store", List.of(ClientGroup.of("all", HILL).clients(clients)));
            scenarios.add(Scenario.builder("ramp").service(store).load(load).build());
        }
        RetryPolicy once = RetryPolicy.parse("max-attempts=1");
        SimulationResult one = Simulation.simulate(scenarios.get(0), once);
        SimulationResult fifty = Simulation.simulate(scenarios.get(1), once);
        assertThat(one.series().calls()).isEqualTo(fifty.series().calls());
        assertThat(one.series().goodput()).isEqualTo(fifty.series().goodput());
        assertThat(one.succeeded()).isEqualTo(one.calls()).isPositive();
    }

    @Test
    void rates_withoutTheirTimes_areRefused() {
        assertThatThrownBy(() -> Arrivals.ramp(List.of(100.0, 200.0), List.of(Duration.ZERO)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("a ramp has 2 rates and 1 times; give each rate the time at which it is reached");
    }

    private static final String FILE = """
            services:
              store:
            load:
              to: store
              arrivals: ramp 100/s at 10s to 400/s at 40s to 0/s at 1m
            """;

    @Test
    void file_saysTheRamp_asItIsPrinted() {
        Load load = ScenarioFile.parse(FILE).load();
        Arrivals expected = ramp(100, 10, 400, 40, 0, 60);
        assertThat(load.groups().get(0).arrivals()).isEqualTo(expected);
        assertThat(ScenarioFile.parse(FILE.replaceFirst("ramp .*", expected.toString()))
                        .load())
                .isEqualTo(load);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "100/s at 10s | 100 at 10s | line 5, load.arrivals: '100': expected a rate such as 280/s",
                "100/s at 10s | 100/s in 10s | line 5, load.arrivals: unknown word 'in'; use one of at",
                "100/s at 10s | 100/s | line 5, load.arrivals: '100/s': expected ramp 100/s at 0 to 400/s at 60s",
                "at 40s | at 5s | line 5, load.arrivals: at 5s comes after 10s; write the points of a ramp in the order of time",
                "100/s at 10s | 99999999/s at 10s | line 5, load.arrivals: rate 99999999: must be from 0.001 to 10000000",
                "at 10s to 400/s at 40s to 0/s at 1m | at 0 | line 5, load.arrivals: a ramp has at least two points, such as 100/s at 0 to 400/s at 60s; for one rate, use poisson",
                "100/s at 10s to 400/s at 40s | 0/s at 0 | line 5, load.arrivals: all rates of the ramp are 0, so no call ever begins; raise one"
            })
    void file_thatIsWrong_isRefused_withItsLine(String right, String wrong, String message) {
        assertThat(FILE).contains(right);
        assertThatThrownBy(() -> ScenarioFile.parse(FILE.replace(right, wrong)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("scenario, " + message);
    }
}
