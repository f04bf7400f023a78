package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioBuilder;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the parts of the model meet: work and pauses, rates and rounding, bursts, calls that never end, time that stands still. */
class ModelEdgesTest {

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static Scenario scenario(UnaryOperator<Service> service, Load load, Fault... faults) {
        ScenarioBuilder builder = Scenario.builder("model")
                .duration(Duration.ofSeconds(30))
                .service(service.apply(Service.named("service")))
                .load(load);
        List.of(faults).forEach(builder::fault);
        return builder.build();
    }

    private static SimulationResult once(UnaryOperator<Service> service, Load load, Fault... faults) {
        return Simulation.simulate(scenario(service, load, faults), ONCE);
    }

    private static Fault pause(int at, int seconds) {
        return Fault.pause("service").at(Duration.ofSeconds(at)).duration(Duration.ofSeconds(seconds));
    }

    /** One request, at 5 s, that takes 4 s of work: the time until it is answered, in milliseconds. */
    private static long answeredAfter(Fault... pauses) {
        Load one = Load.even("service", 0.1);
        return once(service -> service.serviceTime(Distribution.constant(Duration.ofSeconds(4))), one, pauses)
                .latency(100)
                .toMillis();
    }

    @Test
    void pause_thatIsShorterThanTheWork_interruptsItAllTheSame() {
        assertThat(answeredAfter()).isBetween(3_999L, 4_005L);
        assertThat(answeredAfter(pause(6, 1))).isBetween(4_999L, 5_005L);
        assertThat(answeredAfter(pause(8, 3))).isBetween(6_999L, 7_005L);
    }

    @Test
    void pauses_thatOverlapOrFollowEachOther_areEachWaitedForOnce() {
        assertThat(answeredAfter(pause(7, 4), pause(6, 2))).isBetween(8_999L, 9_005L);
        assertThat(answeredAfter(pause(6, 5), pause(7, 1))).isBetween(8_999L, 9_005L);
        assertThat(answeredAfter(pause(6, 1), pause(8, 1))).isBetween(5_999L, 6_005L);
    }

    @Test
    void pause_ofAServiceThatWaitsForAnother_holdsItsAnswerBack() {
        Scenario chain = Scenario.builder("chain")
                .duration(Duration.ofSeconds(30))
                .service(Service.named("front").calls("store"))
                .service(Service.named("store").serviceTime(Distribution.constant(SECOND)))
                .load(Load.even("front", 0.1))
                .fault(Fault.pause("front").at(Duration.ofMillis(5_500)).duration(Duration.ofSeconds(2)))
                .build();
        assertThat(Simulation.simulate(chain, ONCE).latency(100).toMillis()).isBetween(2_499L, 2_505L);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(doubles = {30, 70, 280, 333, 999})
    void rateLimit_letsRequestsPassThatComeExactlyAtItsRate(double rate) {
        SimulationResult result = once(service -> service.workers(100).rateLimit(rate, 1), Load.even("service", rate));
        assertThat(result.succeeded()).isEqualTo(result.calls());
        SimulationResult faster =
                once(service -> service.workers(100).rateLimit(rate, 1), Load.even("service", rate * 3));
        assertThat(faster.succeeded()).isBetween(Math.round(rate * 30) - 1, Math.round(rate * 30) + 1);
    }

    @Test
    void calls_thatNeverEnd_areCallsThatDidNotSucceed() {
        SimulationResult result = Simulation.simulate(
                scenario(
                        service -> service,
                        Load.even("service", 10),
                        Fault.down("service").at(Duration.ofSeconds(10)).duration(Duration.ofSeconds(10))),
                RetryPolicy.parse("max-attempts=1 total-timeout=off"));
        assertThat(result.calls()).isEqualTo(300);
        assertThat(result.succeeded()).isEqualTo(200);
        assertThatThrownBy(() -> SimulationAssert.assertThat(result).succeedsAtLeast(0.9))
                .hasMessageContaining("0.66");
    }

    @Test
    void spread_ofRepeatedBursts_isThatOfEach() {
        RetryPolicy second = RetryPolicy.parse("max-attempts=2 backoff=fixed base-delay=11s jitter=none budget=off");
        Scenario bursts = scenario(
                service -> service.workers(100).failures(1, 503), Load.burst("service", 10, Duration.ofSeconds(10)));
        assertThat(Simulation.simulate(bursts, second).retrySpread()).isZero();
        RetryPolicy spread = RetryPolicy.parse("max-attempts=2 backoff=fixed base-delay=2s jitter=full budget=off");
        assertThat(Simulation.simulate(bursts, spread).retrySpread())
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    @Test
    void policy_thatRetriesResults_judgesTheResponsesToo() {
        RetryPolicy again = RetryPolicy.builder()
                .maxAttempts(3)
                .retryOnResult(Object.class, response -> true)
                .budget(BudgetSpec.off())
                .build();
        SimulationResult result =
                Simulation.simulate(scenario(service -> service.workers(10), Load.even("service", 1)), again);

        assertThat(result.attempts()).isEqualTo(90);
    }

    @Test
    void users_whoFailAndCallAgainInNoTime_areRefused() {
        Load hasty = Load.closed("service", 50, Distribution.constant(Duration.ZERO));
        assertThatThrownBy(() -> once(service -> service.queue(5), hasty))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(
                        "from 0ms on, calls fail and begin again without end, for none of that takes time: give the network"
                                + " a latency, the users time to think or the policy a delay");
    }

    @Test
    void retries_withoutEndAndWithoutADelay_areRefused() {
        Scenario refusing = scenario(
                service -> service,
                Load.even("service", 10),
                Fault.refuse("service").at(SECOND).duration(SECOND));
        RetryPolicy endless = RetryPolicy.parse("unbounded=\"to see\" backoff=immediate total-timeout=off budget=off");
        assertThatThrownBy(() -> Simulation.simulate(refusing, endless))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessageContaining("from 1050ms on, calls fail and begin again without end");
    }

    @Test
    void users_whoDoNotThink_areServedAsFastAsTheServiceCan() {
        Load hasty = Load.closed("service", 50, Distribution.constant(Duration.ZERO));
        assertThat(once(service -> service, hasty).goodputAfter()).isEqualTo(100);
    }

    @Test
    void bursts_repeatUntilTheEndOfTheRun() {
        List<Double> calls = once(service -> service.workers(100), Load.burst("service", 7, Duration.ofSeconds(10)))
                .series()
                .calls();

        for (int second = 0; second < 30; second++) {
            assertThat(calls.get(second)).isEqualTo(second % 10 == 0 ? 7 : 0);
        }
    }

    @Test
    void queue_ofSeveralReplicas_isThatOfAll() {
        SimulationResult result =
                once(service -> service.workers(10).replicas(3), Load.even("service", 10), pause(2, 3));

        assertThat(result.series().queue().subList(0, 4)).containsExactly(0.0, 0.0, 10.0, 20.0);
    }

    @Test
    void bursts_areNotAllMadeBeforehand() {
        Scenario many = Scenario.builder("many")
                .duration(Duration.ofHours(24))
                .service(Service.named("service"))
                .load(Load.burst("service", 1, Duration.ofNanos(1)))
                .build();
        SimTime time = new SimTime(1);
        new Traffic(many.load().groups().get(0), time, many.duration().toNanos(), 1, user -> {}).start();
        time.advanceTo(1_000);
        assertThat(time.nanoTime()).isEqualTo(1_000);
    }
}
