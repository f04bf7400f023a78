package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioBuilder;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What each part of the model does. */
class ModelTest {

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

    @Test
    void fullQueue_shedsTheRest() {
        SimulationResult result = once(
                service -> service.serviceTime(Distribution.constant(SECOND)).queue(3),
                Load.burst("service", 10, Duration.ofMinutes(1)));
        assertThat(result.succeeded()).isEqualTo(4);
    }

    @Test
    void workOnRequestsThatTimedOut_isDoneAndCountedAsWasted() {
        SimulationResult result = once(
                service -> service.serviceTime(Distribution.constant(SECOND)),
                Load.even("service", 0.5).timeout(Duration.ofMillis(100)));
        assertThat(result.succeeded()).isZero();
        assertThat(result.wastedWork()).isGreaterThanOrEqualTo(SECOND.multipliedBy(14));
    }

    @Test
    void rateLimit_letsInSoManyASecond() {
        SimulationResult result = once(service -> service.workers(100).rateLimit(20, 5), Load.even("service", 50));
        assertThat(result.goodputAfter()).isCloseTo(20, within(0.5));
    }

    @Test
    void retryAfter_isHonouredByThePolicy() {
        Scenario scenario = scenario(
                service -> service.workers(100).rateLimit(100, 10).retryAfter(Duration.ofSeconds(3)),
                Load.burst("service", 20, Duration.ofMinutes(1)));
        SimulationResult result = Simulation.simulate(scenario, RetryPolicy.parse("max-attempts=2 budget=off"));
        assertThat(result.succeeded()).isEqualTo(20);
        assertThat(result.latency(100)).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(5));
    }

    @Test
    void latency_isPaidEachWay_andLossLosesEitherWay() {
        Scenario slow = Scenario.builder("slow")
                .service(Service.named("service").workers(100))
                .network(Distribution.constant(Duration.ofMillis(20)), 0)
                .load(Load.even("service", 10))
                .build();
        assertThat(Simulation.simulate(slow, ONCE).latency(50).toMillis()).isEqualTo(50);
        Scenario lossy = Scenario.builder("lossy")
                .duration(Duration.ofSeconds(400))
                .service(Service.named("service").workers(100))
                .network(Distribution.constant(Duration.ofMillis(1)), 0.1)
                .load(Load.even("service", 50).timeout(SECOND))
                .build();
        SimulationResult result = Simulation.simulate(lossy, ONCE);
        assertThat(result.succeeded() / (double) result.calls()).isCloseTo(0.81, within(0.015));
    }

    @Test
    void slowStart_isSlowAtFirst_andAfterBeingDown() {
        SimulationResult result = once(
                service -> service.workers(100).slowStart(10, Duration.ofSeconds(5)),
                Load.even("service", 20),
                Fault.down("service").at(Duration.ofSeconds(10)).duration(SECOND));
        assertThat(result.latency(100).toMillis()).isBetween(90L, 101L);
        assertThat(result.latency(50).toMillis()).isEqualTo(10);
    }

    @Test
    void down_losesWhatWasInside_andWhatComes() {
        SimulationResult result = once(
                service -> service.serviceTime(Distribution.constant(SECOND)),
                Load.burst("service", 10, Duration.ofMinutes(1)).timeout(Duration.ofSeconds(20)),
                Fault.down("service").at(Duration.ofMillis(2_500)).duration(SECOND));
        assertThat(result.succeeded()).isEqualTo(2);
    }

    @Test
    void refuse_isAConnectionThatWasRefused() {
        Scenario scenario = scenario(
                service -> service,
                Load.even("service", 1),
                Fault.refuse("service").duration(Duration.ofSeconds(30)));
        SimulationResult result = Simulation.simulate(scenario, RetryPolicy.parse("stop-on=connect"));
        assertThat(result.stopReasons()).containsOnlyKeys(StopReason.FATAL);
    }

    @Test
    void pause_keepsWhatWaits_andEndsWhatItInterruptedLater() {
        SimulationResult result = once(
                service -> service.serviceTime(Distribution.constant(SECOND)),
                Load.burst("service", 1, Duration.ofMinutes(1)),
                Fault.pause("service").at(Duration.ofMillis(400)).duration(Duration.ofSeconds(3)));
        assertThat(result.latency(100).toMillis()).isBetween(3_999L, 4_004L);
    }

    @Test
    void slowAndCapacity_cutWhatIsServed() {
        Load overload = Load.even("service", 200).timeout(SECOND);
        UnaryOperator<Service> service = s -> s.workers(4).queue(10);
        Duration always = Duration.ofSeconds(30);
        assertThat(once(service, overload, Fault.slow("service", 4).duration(always))
                        .goodputAfter())
                .isCloseTo(100, within(1.0));
        assertThat(once(service, overload, Fault.capacity("service", 0.25).duration(always))
                        .goodputAfter())
                .isCloseTo(100, within(1.0));
    }

    @Test
    void errors_thatAreRepairedLittleByLittle_fadeOut() {
        SimulationResult result = once(
                service -> service.workers(100),
                Load.even("service", 1_000),
                Fault.errors("service", 1).duration(Duration.ofSeconds(10)).ramp(Duration.ofSeconds(10)));
        List<Double> goodput = result.series().goodput();
        assertThat(goodput.get(5)).isZero();
        assertThat(goodput.get(14)).isCloseTo(450, within(80.0));
        assertThat(goodput.get(25)).isEqualTo(1_000);
    }

    @Test
    void closedLoad_hasNoMoreCallsThanUsers() {
        SimulationResult result = once(
                service -> service.serviceTime(Distribution.constant(Duration.ofMillis(100))),
                Load.closed("service", 5, Distribution.constant(Duration.ZERO)));
        assertThat(result.latency(50).toMillis()).isEqualTo(500);
        assertThat(result.goodputAfter()).isCloseTo(10, within(0.1));
    }

    @Test
    void clients_haveBudgetsOfTheirOwn_unlessTheyShareOne() {
        Load load = Load.even("service", 100).clients(10);
        UnaryOperator<Service> failing = service -> service.workers(100).failures(1, 500);
        RetryPolicy policy = RetryPolicy.parse("max-attempts=2 budget=10%");
        SimulationResult own = Simulation.simulate(scenario(failing, load), policy);
        SimulationResult shared = Simulation.simulate(scenario(failing, load.sharingBudget()), policy);
        // A full bucket of 10 tokens each, and nothing is paid in.
        assertThat(own.attempts() - own.calls()).isEqualTo(100);
        assertThat(shared.attempts() - shared.calls()).isEqualTo(10);
    }

    @Test
    void layers_multiplyNaiveRetries_andOursAreMadeByTheInnermostOnly() {
        Scenario scenario = BuiltIn.named("deep-stack").scenario(Map.of("lasting", "5s"));
        SimulationResult naive = Simulation.simulate(
                scenario,
                RetryPolicy.parse("max-attempts=4 backoff=immediate budget=off nested=retry total-timeout=10m"));
        SimulationResult ours = Simulation.simulate(
                scenario, RetryPolicy.parse("max-attempts=4 backoff=immediate budget=off total-timeout=10m"));
        double broken = 5 * 50;
        assertThat((naive.attempts() - naive.calls()) / broken).isCloseTo(63, within(8.0));
        assertThat((ours.attempts() - ours.calls()) / broken).isCloseTo(3, within(0.5));
        assertThat(ours.stopReasons()).containsKey(StopReason.ALREADY_RETRIED);
    }

    @Test
    void hedges_cutTheTail_forFewMoreRequests() {
        Scenario scenario = BuiltIn.named("tail").scenario();
        SimulationResult plain = Simulation.simulate(scenario, ONCE);
        SimulationResult hedged = Simulation.simulate(scenario, RetryPolicy.defaults());
        assertThat(plain.latency(99).toMillis()).isGreaterThan(500);
        assertThat(hedged.latency(99).toMillis()).isLessThan(40);
        assertThat(hedged.amplification()).isBetween(1.01, 1.03);
        assertThat(hedged.wastedWork()).isGreaterThan(Duration.ofSeconds(100));
    }
}
