package dev.respite.benchmarks.foresight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.Foresight;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Compares the forecast of {@code respite explain} with the simulator, for random fleets. The table of docs/evidence/budgets.md is the one it
 * prints with {@code -Drespite.fleets=500}.
 */
@Tag("slow")
class ForesightAgreementTest {

    private static final RetryPolicy NONE = RetryPolicy.parse("max-attempts=1");
    private static final int FLEETS_OF_BUILD = 24;
    private static final int FLEETS = Integer.getInteger("respite.fleets", FLEETS_OF_BUILD);
    private static final boolean TABLE = FLEETS > FLEETS_OF_BUILD;
    private static final int SEEDS = TABLE ? 3 : 2;

    /** Larger fleets take longer to simulate. */
    private static final double MAX_RATE = TABLE ? 1_000 : 300;

    private static List<Comparison> compared = List.of();

    /** A forecast with the seconds until each run has recovered, with retries and without. */
    private record Comparison(RandomFleet fleet, Foresight foresight, double[] with, double[] without) {

        static Comparison of(RandomFleet fleet) {
            return new Comparison(
                    fleet,
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
            double worst = Arrays.stream(with).max().orElseThrow();
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
        if (TABLE) {
            printTable();
        }
    }

    private static void printTable() {
        Map<String, List<Comparison>> ofBudget = compared.stream()
                .collect(Collectors.groupingBy(one -> one.fleet().budgetKind(), TreeMap::new, Collectors.toList()));
        System.out.println(
                "| budget | fleets | harmed | agree | falsely safe | falsely harmful | worst recovery agrees |");
        System.out.println("|---|--:|--:|--:|--:|--:|--:|");
        ofBudget.forEach(ForesightAgreementTest::printRow);
        printRow("**all**", compared);
        for (Foresight.Risk risk : Foresight.Risk.values()) {
            List<Comparison> some = compared.stream()
                    .filter(one -> one.foresight().risk() == risk)
                    .toList();
            System.out.println(risk + ": " + some.size() + " fleets, " + count(some, Comparison::isHarmed) + " harmed");
        }
    }

    private static void printRow(String name, List<Comparison> some) {
        System.out.println("| " + name + " | " + some.size() + " | " + count(some, Comparison::isHarmed) + " | "
                + count(some, Comparison::agrees) + " | " + count(some, Comparison::isFalselySafe) + " | "
                + count(some, one -> !one.agrees() && !one.isFalselySafe()) + " | "
                + count(some, Comparison::recoveryAgrees) + " |");
    }

    private static long count(List<Comparison> some, Predicate<Comparison> condition) {
        return some.stream().filter(condition).count();
    }

    /** Returns the fleets that satisfy the condition, in 24 of those compared. */
    private static double countIn24(Predicate<Comparison> condition) {
        return count(compared, condition) * 24.0 / FLEETS;
    }

    @Test
    void harm_ofRandomFleets_isForecast() {
        assertThat(countIn24(one -> !one.agrees())).isLessThanOrEqualTo(2);
        assertThat(countIn24(Comparison::isFalselySafe)).isLessThanOrEqualTo(1);
        assertThat(countIn24(Comparison::isHarmed)).isGreaterThanOrEqualTo(3);
    }

    @Test
    void worstRecovery_ofRandomFleets_isForecast() {
        assertThat(countIn24(one -> !one.recoveryAgrees())).isLessThanOrEqualTo(3);
    }
}
