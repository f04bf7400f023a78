package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioBuilder;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The default budget stays where it was chosen to be: docs/adr/budgets.md. No published budget beats it in success at
 * independent failures, in the time to recover and in the load of an outage at once, and it beats each of them in one.
 */
@Tag("slow")
class DefaultBudgetTest {

    private static final String OURS = RetryPolicy.defaults().budget().toString();

    private static final double NEVER = Double.POSITIVE_INFINITY;

    private static final Point OUR_POINT = measure(OURS);

    /** What more is worse. */
    private record Point(double failed, double recovery, double outage) {

        boolean beatsOnAll(Point other) {
            return failed < other.failed && recovery < other.recovery && outage < other.outage;
        }

        boolean beatsOnOne(Point other) {
            return failed < other.failed || recovery < other.recovery || outage < other.outage;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "aws-2.0", "aws-2.1", "grpc:10/0.1", "10%"})
    void publishedBudget_doesNotBeatOurs_andIsBeatenInOneWay(String published) {
        Point theirs = measure(published);
        Point ours = measure(OURS);
        assertThat(theirs.beatsOnAll(ours))
                .as("%s against our %s", theirs, ours)
                .isFalse();
        assertThat(ours.beatsOnOne(theirs))
                .as("our %s against %s", ours, theirs)
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0.2, 0.01", "0.3, 0.03"})
    void independentFailures_areSurvived(double p, double most) {
        assertThat(failed(p, OURS)).isLessThanOrEqualTo(most);
    }

    @ParameterizedTest
    @CsvSource({
        "10, 0.5",
        "10, 0.7",
        "10, 0.9",
        "10, 0.95",
        "10, 0.98",
        "1000, 0.5",
        "1000, 0.7",
        "1000, 0.9",
        "1000, 0.95"
    })
    void recovery_takesLittleLongerThanWithoutRetries(int rate, double utilisation) {
        double none = recovery(rate, utilisation, "max-attempts=1");
        assertThat(recovery(rate, utilisation, retries(OURS))).isLessThanOrEqualTo(1.3 * none + 2);
    }

    @Test
    void outageOfAMinute_isNotMadeWorse() {
        assertThat(outage(5, OURS)).isLessThanOrEqualTo(1.1);
        assertThat(outage(500, OURS)).isLessThanOrEqualTo(1.01);
    }

    /** What is left of a server's capacity is soon full of retries, and then more retries are fewer successes. */
    @Test
    void serviceThatHalfFails_nearItsCapacity_isNotFilledWithRetries() {
        double ours = halfFailing(OURS);
        assertThat(ours).isGreaterThan(0.4);
        assertThat(halfFailing("success:0.8/20/20")).isLessThan(ours - 0.1);
        assertThat(halfFailing("off")).isLessThan(ours - 0.1);
    }

    /** A call that an inner layer has given up on is not retried outside: one layer or three, the bottom sees the same. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void layers_doNotMultiplyTheLoadOfAnOutage(int layers) {
        assertThat(layered(layers, 1).amplification()).isLessThan(1.1);
        assertThat(layered(layers, 0.5).amplification()).isBetween(1.2, 1.5);
    }

    /** The part of the calls that succeed at 80 % of a server's capacity, while half of the attempts fail by chance. */
    private static double halfFailing(String budget) {
        Scenario scenario = Scenario.builder("half")
                .service(Service.named("service")
                        .workers(10)
                        .serviceTime(Distribution.exponential(Duration.ofMillis(50)))
                        .failures(0.5, 500))
                .load(Load.poisson("service", 160).clients(5).timeout(Duration.ofSeconds(1)))
                .build();
        SimulationResult result = Simulation.simulate(scenario, RetryPolicy.parse("budget=" + budget));
        return result.succeeded() / (double) result.calls();
    }

    private static SimulationResult layered(int layers, double failures) {
        Duration timeout = Duration.ofSeconds(5);
        ScenarioBuilder builder = Scenario.builder("layers");
        for (int layer = 1; layer <= layers; layer++) {
            Service service = Service.named("layer " + layer).workers(1_000);
            builder.service(
                    layer < layers ? service.calls("layer " + (layer + 1), timeout) : service.failures(failures, 500));
        }
        Scenario scenario =
                builder.load(Load.poisson("layer 1", 50).timeout(timeout)).build();
        return Simulation.simulate(scenario, RetryPolicy.defaults());
    }

    private static Point measure(String budget) {
        return new Point(failed(0.3, budget), recovery(10, 0.9, retries(budget)), outage(5, budget));
    }

    private static String retries(String budget) {
        return "max-attempts=4 backoff=fixed base-delay=50ms jitter=none budget=" + budget;
    }

    private static double failed(double p, String budget) {
        Scenario scenario = BuiltIn.named("independent-failures")
                .scenario(Map.of("failureRate", Double.toString(p), "clients", "1"));
        SimulationResult result = Simulation.simulate(scenario, RetryPolicy.parse("budget=" + budget));
        return 1 - result.succeeded() / (double) result.calls();
    }

    private static double recovery(int rate, double utilisation, String policy) {
        Scenario scenario = BuiltIn.named("pause")
                .scenario(Map.of(
                        "rate", Integer.toString(rate), "utilisation", Double.toString(utilisation), "clients", "1"));
        return Simulation.simulate(scenario, RetryPolicy.parse(policy)).recoverySeconds().stream()
                .asDoubleStream()
                .findFirst()
                .orElse(NEVER);
    }

    /** Attempts for each call while every answer is a 500: the worse of the two outages, since timeouts cost more. */
    private static double outage(double rate, String budget) {
        Duration minute = Duration.ofMinutes(1);
        Scenario scenario = Scenario.builder("outage")
                .duration(minute)
                .service(Service.named("service").workers(1_000))
                .load(Load.even("service", rate))
                .fault(Fault.errors("service", 1).duration(minute))
                .build();
        return Simulation.simulate(scenario, RetryPolicy.parse("budget=" + budget))
                .amplification();
    }
}
