package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The model against closed forms: the mean time in an M/M/c queue by Erlang's C formula, M/D/1 by Pollaczek and Khinchine,
 * and Little's law.
 */
@Tag("slow")
class QueueingTheoryTest {

    /** How many times longer than a build's; {@code -Drespite.sim.length=20}. */
    private static final int LENGTH = Integer.getInteger("respite.sim.length", 1);

    private static final Duration MEAN = Duration.ofMillis(10);

    @ParameterizedTest
    @CsvSource({"1, 0.5", "1, 0.8", "3, 0.7", "10, 0.9", "50, 0.9"})
    void meanTime_inAQueueOfPoissonArrivals_isErlangs(int workers, double utilisation) {
        double rate = utilisation * workers / 0.01;
        Service service = Service.named("queue").workers(workers).serviceTime(Distribution.exponential(MEAN));
        double expected =
                MEAN.toNanos() + erlangC(workers, utilisation) * MEAN.toNanos() / (workers * (1 - utilisation));
        // Successive waits are correlated over about 1/(1 − u)² services: that many calls count as one.
        assertThat(meanStay(service, rate) / expected).isCloseTo(1, within(tolerance(rate, utilisation)));
    }

    @ParameterizedTest
    @CsvSource({"0.5", "0.8"})
    void meanTime_withConstantService_isPollaczekAndKhinchines(double utilisation) {
        Service service = Service.named("queue").serviceTime(Distribution.constant(MEAN));
        double expected = MEAN.toNanos() * (1 + utilisation / (2 * (1 - utilisation)));
        assertThat(meanStay(service, utilisation * 100) / expected)
                .isCloseTo(1, within(tolerance(utilisation * 100, utilisation)));
    }

    private static double tolerance(double rate, double utilisation) {
        double independent = rate * seconds() * Math.pow(1 - utilisation, 2);
        return 4 / Math.sqrt(independent);
    }

    private static double meanStay(Service service, double rate) {
        Scenario scenario = Scenario.builder("theory")
                .duration(Duration.ofSeconds(seconds()))
                .service(service)
                .load(Load.poisson("queue", rate))
                .build();
        SimulationRun world =
                new SimulationRun(scenario, RetryPolicy.parse("max-attempts=1 total-timeout=1h"), 11, () -> {});
        world.run();
        Occupancy occupancy = world.focus().servers().get(0).occupancy();
        double arrivals = occupancy.entered() * 1e9 / world.now();
        assertThat(occupancy.meanInside(world.now()))
                .as("Little's law")
                .isCloseTo(arrivals / 1e9 * occupancy.meanStay(), within(0.01));
        return occupancy.meanStay();
    }

    private static int seconds() {
        return 600 * LENGTH;
    }

    /** The probability that an arrival waits, with the load a = c·u: by the recursion of Erlang's B. */
    private static double erlangC(int workers, double utilisation) {
        double load = workers * utilisation;
        double blocked = 1;
        for (int n = 1; n <= workers; n++) {
            blocked = load * blocked / (n + load * blocked);
        }
        return blocked / (1 - utilisation * (1 - blocked));
    }
}
