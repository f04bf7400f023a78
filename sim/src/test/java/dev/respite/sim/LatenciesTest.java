package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    private static Latencies millis(long from, long to, long pending) {
        Histogram micros = new Histogram(3);
        LongStream.rangeClosed(from, to).forEach(time -> micros.recordValue(time * 1_000));
        return Latencies.of(micros, pending);
    }

    @Test
    void percentile_ofSeveralRuns_isThatOfTheirCalls_notTheMeanOfTheirPercentiles() {
        // 900 calls of 1 ms in one run, and 100 that take up to 100 ms in another.
        Histogram fast = new Histogram(3);
        fast.recordValueWithCount(1_000, 900);
        Latencies both = Latencies.of(List.of(Latencies.of(fast, 0), millis(1, 100, 0)));

        assertThat(both.calls()).isEqualTo(1_000);
        assertThat(both.millis(99).orElseThrow()).isCloseTo(90, within(0.5));
        assertThat(both.millis(50).orElseThrow()).isCloseTo(1, within(0.01));
    }

    @Test
    void callsThatHaveNotEnded_tookLongerThanAllOthers() {
        Latencies some = millis(1, 80, 20);

        assertThat(some.calls()).isEqualTo(100);
        assertThat(some.millis(40).orElseThrow()).isCloseTo(40, within(0.5));
        assertThat(some.millis(80).orElseThrow()).isCloseTo(80, within(0.5));
        assertThat(some.millis(81)).isEmpty();
        assertThat(millis(1, 0, 5).millis(0)).isEmpty();
        assertThat(millis(1, 0, 0).millis(50)).isEmpty();
    }

    @Test
    void answerTimes_ofARun_haveItsFailuresToo() {
        Scenario scenario = Scenario.builder("down")
                .duration(Duration.ofSeconds(60))
                .service(Service.named("store").workers(50).serviceTime(Distribution.constant(Duration.ofMillis(10))))
                .load(Load.even("store", 10).timeout(Duration.ofSeconds(1)))
                .fault(Fault.down("store").at(Duration.ofSeconds(10)))
                .build();
        SimulationResult result = Simulation.simulate(scenario, RetryPolicy.parse("max-attempts=1"));

        assertThat(result.latencies().calls()).isEqualTo(result.succeeded());
        assertThat(result.latencies().millis(100).orElseThrow()).isCloseTo(10, within(0.1));
        assertThat(result.answerTimes().calls()).isEqualTo(result.calls());
        assertThat(result.answerTimes().millis(50).orElseThrow()).isCloseTo(10, within(0.1));
        assertThat(result.answerTimes().millis(99).orElseThrow()).isCloseTo(1_000, within(1.0));
    }

    @Test
    void answerTimes_ofCallsThatNeverEnd_areMissing() {
        Scenario scenario = Scenario.builder("hanging")
                .duration(Duration.ofSeconds(10))
                .service(Service.named("store").silences(0.5))
                .load(Load.even("store", 10))
                .build();
        SimulationResult result = Simulation.simulate(scenario, RetryPolicy.parse("max-attempts=1 total-timeout=off"));

        assertThat(result.answerTimes().millis(25)).isPresent();
        assertThat(result.answerTimes().millis(90)).isEmpty();
        assertThat(result.latencies().millis(90)).isPresent();
    }
}
