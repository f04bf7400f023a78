package dev.respite.benchmarks.foresight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.Foresight;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Compares the forecast of {@code respite explain} with the simulator, for random fleets. */
@Tag("slow")
class ForesightAgreementTest {

    private static final RetryPolicy NONE = RetryPolicy.parse("max-attempts=1");
    private static final int FLEETS = 24;
    private static final int SEEDS = 2;

    /** Larger fleets take longer to simulate. */
    private static final double MAX_RATE = 300;

    private static List<Comparison> compared = List.of();

    /** A forecast with the seconds until each run has recovered, with retries and without. */
    private record Comparison(Foresight foresight, double[] with, double[] without) {

        static Comparison of(RandomFleet fleet) {
            return new Comparison(
                    Foresight.of(fleet.policy(), fleet.demand()),
                    recoveries(fleet, fleet.policy()),
                    recoveries(fleet.withOneClient(), NONE));
        }

        private static double[] recoveries(RandomFleet fleet, RetryPolicy policy) {
            return LongStream.rangeClosed(1, SEEDS)
                    .mapToDouble(seed -> fleet.recovery(policy, seed))
                    .toArray();
        }

        /** Harm is a recovery that takes on average more than 1.3 times as long as without retries, and 2 s more. */
        boolean isHarmed() {
            return mean(with) > 1.3 * mean(without) + 2;
        }

        private static double mean(double[] seconds) {
            double sum = 0;
            for (double each : seconds) {
                sum += each;
            }
            return sum / seconds.length;
        }

        boolean agrees() {
            return foresight.isHarmful() == isHarmed();
        }

        boolean isFalselySafe() {
            return isHarmed() && !foresight.isHarmful();
        }

        /** The worst recovery agrees if it differs from the forecast by at most 3 s or a factor of 2. */
        boolean recoveryAgrees() {
            double worst = Math.max(with[0], with[1]);
            double forecast = foresight.recovery().seconds().orElse((int) RandomFleet.NEVER);
            return Math.abs(worst - forecast) <= 3 || worst <= 2 * forecast && forecast <= 2 * worst;
        }
    }

    @BeforeAll
    static void compare() {
        Random random = new Random(1);
        List<RandomFleet> fleets = Stream.generate(() -> RandomFleet.random(random))
                .filter(fleet -> fleet.rate() <= MAX_RATE)
                .limit(FLEETS)
                .toList();
        compared = fleets.parallelStream().map(Comparison::of).toList();
    }

    private static long count(Predicate<Comparison> condition) {
        return compared.stream().filter(condition).count();
    }

    @Test
    void harm_ofRandomFleets_isForecast() {
        assertThat(count(one -> !one.agrees())).isLessThanOrEqualTo(2);
        assertThat(count(Comparison::isFalselySafe)).isLessThanOrEqualTo(1);
        assertThat(count(Comparison::isHarmed)).isGreaterThanOrEqualTo(3);
    }

    @Test
    void worstRecovery_ofRandomFleets_isForecast() {
        assertThat(count(one -> !one.recoveryAgrees())).isLessThanOrEqualTo(3);
    }
}
