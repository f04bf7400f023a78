package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors that cost the service no work, and operations of two kinds. */
class FailFastTest {

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");
    private static final Duration ALL = Duration.ofSeconds(30);

    private static SimulationResult once(double rate, Fault fault) {
        return Simulation.simulate(
                Scenario.builder("cheap")
                        .duration(ALL)
                        .service(Service.named("store").queue(10))
                        .load(Load.even("store", rate))
                        .fault(fault)
                        .build(),
                ONCE);
    }

    @Test
    void failFast_costsNoWork_whereErrorsDo() {
        // One worker, 100 requests a second: of 200, half are answered at once, and the other half is all it can carry.
        assertThat(once(200, Fault.failFast("store", 0.5).duration(ALL)).goodputAfter())
                .isCloseTo(95, within(5.0));
        assertThat(once(200, Fault.errors("store", 0.5).duration(ALL)).goodputAfter())
                .isCloseTo(50, within(5.0));
    }

    @ParameterizedTest
    @CsvSource({"0", "0.25", "0.5", "1"})
    void failFast_failsItsPartOfTheRequests(double fraction) {
        SimulationResult result = once(50, Fault.failFast("store", fraction).duration(ALL));
        assertThat(result.succeeded() / (double) result.calls()).isCloseTo(1 - fraction, within(0.04));
    }

    @Test
    void failFast_thatIsRepairedLittleByLittle_fadesOut() {
        List<Double> goodput = once(
                        90,
                        Fault.failFast("store", 1)
                                .at(Duration.ofSeconds(2))
                                .duration(Duration.ofSeconds(8))
                                .ramp(Duration.ofSeconds(10)))
                .series()
                .goodput();
        assertThat(goodput.get(1)).isEqualTo(90);
        assertThat(goodput.get(5)).isZero();
        assertThat(goodput.get(14)).isCloseTo(40.5, within(20.0));
        assertThat(goodput.get(25)).isEqualTo(90);
    }

    @Test
    void file_saysFailFast_andTwoKindsOfOperations() {
        Scenario scenario = ScenarioFile.parse("""
                services:
                  store:
                    service-time: exponential 2.7ms 10x 30%
                load: {to: store, arrivals: even 5/s}
                faults:
                  - fail-fast: store
                    ratio: 50%
                """);
        assertThat(scenario.faults()).containsExactly(Fault.failFast("store", 0.5));
        Distribution mixed = Distribution.exponential(Duration.ofNanos(2_700_000), 10, 0.3);
        assertThat(scenario.service("store").work().time()).isEqualTo(mixed);
        assertThat(mixed.meanNanos()).isCloseTo(9.99e6, within(1.0));
        assertThat(ValueReader.distribution(mixed.toString())).isEqualTo(mixed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exponential 3ms 10 30% | expected a factor such as 10x",
                "exponential 3ms 0.5x 30% | factor 0.5: must be from 1 to 1000",
                "exponential 3ms 10x 130% | ratio 1.3: must be from 0 to 1",
                "exponential 3ms 10x | expected constant 10ms, exponential 10ms, exponential 10ms 10x 1%, lognormal 10ms 0.5 or bimodal 10ms 1s 1%"
            })
    void distribution_thatIsWrong_isRefused(String text, String message) {
        assertThatThrownBy(() -> ValueReader.distribution(text))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessageEndingWith(message);
    }
}
