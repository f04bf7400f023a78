package dev.respite.benchmarks.conclusions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.scenario.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Conclusions hold for other seeds. The whole measurement is {@code bin/bench --conclusions}. */
class AgreementTest {

    private static final int SCENARIOS = 4;
    private static final double MAX_RATE = 40;
    private static final int SETS = 4;
    private static final List<Integer> SIZES = List.of(1, 5);
    private static final RandomScenario SCENARIO = new RandomScenario(
            10, 0.5, 1, 200, Fault.down("service").at(Duration.ZERO).duration(Duration.ofSeconds(1)));

    @Test
    void flips_areThePairsOfAGainAndAHarm() {
        List<String> kinds = List.of("gain", "costly gain", "harm when calm", "not decided", "cost without gain");
        Agreement agreement = new Agreement(SCENARIO, "mine", kinds);

        assertThat(agreement.flips()).isEqualTo(2);
        assertThat(agreement.pairs()).isEqualTo(10);
        assertThat(Conclusions.line(3, List.of(agreement)))
                .isEqualTo(String.format("| 3 | 5 | 40.0 %% | 20.0 %% | 20.0 %% | 20.0 %% | 20.00 %% |%n"));
    }

    @Test
    @Tag("compat")
    void conclusions_ofRandomScenarios_holdForOtherSeeds() {
        Random random = new Random(4);
        List<Map<Integer, List<Agreement>>> all = IntStream.range(0, SCENARIOS)
                .mapToObj(number -> Agreement.of(RandomScenario.random(random, MAX_RATE), SETS, SIZES))
                .toList();
        for (int size : SIZES) {
            List<Agreement> some = new ArrayList<>();
            all.forEach(one -> some.addAll(one.getOrDefault(size, List.of())));
            long undecided = some.stream()
                    .mapToLong(one -> one.count(Agreement::isUndecided))
                    .sum();

            assertThat(Conclusions.flips(some)).as("%d seeds: %s", size, some).isLessThanOrEqualTo(0.05);
            assertThat(undecided / (double) (some.size() * SETS))
                    .as("%d seeds: %s", size, some)
                    .isLessThanOrEqualTo(0.35);
        }
    }
}
