package dev.respite.sim.conclusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.Figure;
import dev.respite.sim.conclusion.Conclusion.Kind;
import dev.respite.sim.conclusion.Evidence.Setting;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Conclusions about figures that no simulation had to make. */
class ConclusionTest {

    private static final int EVIDENCES = 20_000;

    /** A full stop that is not within a number. */
    private static final Pattern END = Pattern.compile("\\.(?= |$)");

    /** A metastable outage: 300/s of capacity, 280/s of load, 10 s down. */
    private static final Figures NONE = figures(0.9327, 1, 327, 0, 1_000);

    private static Figures figures(
            double success, double amplification, double peak, double recovery, double response) {
        return new Figures(success, amplification, peak, OptionalDouble.of(recovery), OptionalDouble.of(response));
    }

    private static Contrast contrast(Figures baseline, Figures policy) {
        return contrast(baseline, policy, 0);
    }

    private static Contrast contrast(Figures baseline, Figures policy, double error) {
        double more = policy.success() - baseline.success();
        return new Contrast(
                baseline, policy, new Difference(more, error, 0.005), new Difference(sooner(baseline, policy), 0, 3));
    }

    private static double sooner(Figures baseline, Figures policy) {
        return baseline.recovery().orElse(500) - policy.recovery().orElse(500);
    }

    private static Evidence outage(Figures policy, Evidence.Calm... calm) {
        return new Evidence(Setting.FAULT, 1, 0.999, contrast(NONE, policy), List.of(calm));
    }

    private static Evidence.Calm calm(double rate, double success, double amplification) {
        return new Evidence.Calm(
                rate,
                contrast(
                        steady(1 - rate, 1),
                        new Figures(success, amplification, 350, OptionalDouble.empty(), OptionalDouble.of(250))));
    }

    private static Figures steady(double success, double amplification) {
        return new Figures(success, amplification, 330, OptionalDouble.empty(), OptionalDouble.of(200));
    }

    private static String text(Evidence evidence) {
        return Conclusion.of("mine", evidence).text();
    }

    @Test
    void policyThatNeverRecovers_isHarm_firstOfAll() {
        Figures naive = new Figures(0.1429, 3.58, 1_208, OptionalDouble.empty(), OptionalDouble.of(4_150));

        assertThat(text(outage(naive, calm(0.2, 0.998, 1.25))))
                .isEqualTo("Harm (recovery): it never recovers after the fault, and 14.29% of calls succeed, 93.27%"
                        + " without retries, at 3.58 attempts per call and a peak of 1,208/s instead of 327/s; 99% of answers"
                        + " come within 4.15 s instead of 1 s. With 20% random failures and no fault,"
                        + " 99.80% of calls succeed, 80.00% without retries, at 1.25 attempts per call; that does not"
                        + " outweigh the harm.");
    }

    @Test
    void policyThatOnlyTheCalmRunDistinguishes_gainsThere() {
        Conclusion conclusion = Conclusion.of(
                "respite", outage(figures(0.9332, 1, 327, 0, 1_020), calm(0.05, 0.9990, 1.05), calm(0.2, 0.992, 1.24)));

        assertThat(conclusion.kind()).isEqualTo(Kind.GAIN_WHEN_CALM);
        assertThat(conclusion.decidedBy()).isEqualTo(Figure.SUCCESS);
        assertThat(conclusion.calmRate()).hasValue(0.2);
        assertThat(conclusion.text())
                .isEqualTo("Gain when calm (succeeded at 20%): with 20% random failures and no fault, 99.20% of calls"
                        + " succeed, 80.00% without retries, at 1.24 attempts per call. With the fault it makes no"
                        + " difference: 93.32% of calls succeed, 93.27% without retries, at 1.00 attempts per call, since"
                        + " calls fail during the fault only.");
    }

    @Test
    void gainAtManyAttempts_isCostly() {
        Evidence stack = outage(figures(0.9829, 15.11, 4_700, 0, 1_000));

        assertThat(text(stack))
                .startsWith("Costly gain (attempts/call): 98.29% of calls succeed, 93.27% without retries")
                .contains("at 15.11 attempts per call (281 extra for each call saved) and a peak of 4,700/s");
        assertThat(Conclusion.of("mine", outage(figures(0.9829, 1.09, 330, 0, 1_000)))
                        .kind())
                .isEqualTo(Kind.GAIN);
    }

    @Test
    void harmInACalmRun_outranksAGain() {
        Conclusion conclusion = Conclusion.of(
                "mine", outage(figures(0.99, 1.1, 330, 0, 1_000), calm(0.05, 0.999, 1.05), calm(0.2, 0.031, 3.9)));

        assertThat(conclusion.kind()).isEqualTo(Kind.HARM_WHEN_CALM);
        assertThat(conclusion.text())
                .startsWith("Harm when calm (succeeded at 20%): ")
                .contains("only 3.10% of calls succeed, 80.00% without retries, at 3.90 attempts per call")
                .contains("With the fault it gains: 99.00%");
    }

    @Test
    void savedCalls_outrankFasterAnswers() {
        Conclusion conclusion = Conclusion.of("mine", outage(figures(0.9330, 1, 327, 0, 500), calm(0.2, 0.992, 1.24)));

        assertThat(conclusion.kind()).isEqualTo(Kind.GAIN_WHEN_CALM);
        assertThat(conclusion.text()).contains("With the fault it gains: 99% of answers come within 500 ms");
    }

    @Test
    void sameSuccess_atMoreLoadOrTime_isCostWithoutGain() {
        assertThat(text(outage(figures(0.9327, 1.3, 330, 0, 1_000)))).startsWith("Cost without gain (attempts/call): ");
        assertThat(text(outage(figures(0.9327, 1, 500, 0, 1_000)))).startsWith("Cost without gain (peak/s): ");
        assertThat(text(outage(figures(0.9327, 1, 330, 0, 3_000)))).startsWith("Cost without gain (p99 all): ");
        assertThat(text(outage(figures(0.9327, 1, 330, 0, 300)))).startsWith("Gain (p99 all): 99% of answers come");
        assertThat(text(outage(figures(0.9327, 1, 330, 9, 1_000))))
                .startsWith("Harm (recovery): it recovers 9 s after the fault, without retries after 0 s");
    }

    @Test
    void difference_withinHalfAPoint_isNone() {
        assertThat(new Difference(0.0049, 0, 0.005).isBetter()).isFalse();
        assertThat(new Difference(0.005, 0, 0.005).isBetter()).isTrue();
        assertThat(new Difference(-0.0049, 0, 0.005).isWorse()).isFalse();
        assertThat(new Difference(-0.005, 0, 0.005).isWorse()).isTrue();
    }

    @Test
    void difference_withinItsError_isNotDecided() {
        Difference worse = new Difference(-0.02, 0.016, 0.005);
        assertThat(worse.isWorse()).isFalse();
        assertThat(worse.mayBeWorse()).isTrue();
        assertThat(new Difference(-0.02, 0.015, 0.005).isWorse()).isTrue();
        assertThat(new Difference(-0.02, 0.015, 0.005).mayBeWorse()).isFalse();
        assertThat(new Difference(0, 0.004, 0.005).mayBeWorse()).isFalse();
        assertThat(new Difference(0.02, 0.02, 0.005).mayBeBetter()).isTrue();
        assertThat(new Difference(0.02, 0.02, 0.005).isBetter()).isFalse();
        assertThat(new Difference(0.02, 0.019, 0.005).isBetter()).isTrue();
    }

    @Test
    void seedsThatDecide_growWithTheSquareOfTheError() {
        assertThat(new Difference(-0.025, 0.04, 0.005).decidingSeeds(10)).isEqualTo(40);
        assertThat(new Difference(-0.025, 0.08, 0.005).decidingSeeds(10)).isEqualTo(160);
        assertThat(new Difference(0.02, 0.02, 0.005).decidingSeeds(10)).isEqualTo(11);
        assertThat(new Difference(-0.005, 1, 0.005).decidingSeeds(10)).isEqualTo(360);
    }

    @Test
    void harm_thatTheSeedsDoNotExclude_isNoGain() {
        Contrast doubtful = contrast(steady(0.8, 1), steady(0.758, 1), 0.05);
        Evidence gain = new Evidence(
                Setting.FAULT,
                10,
                0.999,
                contrast(NONE, figures(0.95, 1.02, 330, 0, 1_000)),
                List.of(new Evidence.Calm(0.2, doubtful)));

        assertThat(text(gain))
                .isEqualTo(
                        "Not decided by 10 seeds (succeeded at 20%): with 20% random failures and no fault, 75.80% of"
                                + " calls succeed, 80.00% without retries (-4.20 ± 5.00 points), at 1.00 attempts per call; about"
                                + " 19 seeds would decide it. With the fault it gains: 95.00% of calls succeed, 93.27% without retries"
                                + " (+1.73 ± 0.00 points), at 1.02 attempts per call.");
    }

    @Test
    void recovery_thatTheSeedsDoNotDecide_isNamed() {
        Figures later = figures(0.9327, 1, 327, 7, 1_000);
        Contrast doubtful = new Contrast(NONE, later, new Difference(0, 0.001, 0.005), new Difference(-7, 5, 3));

        assertThat(text(new Evidence(Setting.FAULT, 1, 0.999, doubtful, List.of())))
                .isEqualTo("Not decided by 1 seed (recovery): it recovers 7 s after the fault, without retries it"
                        + " recovers 0 s after the fault; 93.27% of calls succeed with and without retries (+0.00 ± 0.10"
                        + " points), at 1.00 attempts per call; about 2 seeds would decide it.");
    }

    @Test
    void calmRuns_ofBothSigns_areBothNamed() {
        assertThat(text(outage(figures(0.9327, 1, 327, 0, 1_000), calm(0.05, 0.999, 1.05), calm(0.2, 0.031, 3.9))))
                .startsWith("Harm when calm (succeeded at 20%): ")
                .contains(", but at 5% +4.90 ± 0.00 points. With the fault it makes no difference: ");
    }

    @Test
    void calmRun_thatGainsNoMoreThanTheScenario_doesNotDecide() {
        Evidence.Calm saved = calm(0.2, 0.992, 1.24);
        Evidence.Calm sooner = new Evidence.Calm(
                0.2, contrast(steady(0.8, 1), new Figures(0.8, 1, 330, OptionalDouble.empty(), OptionalDouble.of(50))));
        Figures saves = figures(0.99, 1.09, 330, 0, 1_000);
        Figures same = figures(0.9327, 1, 327, 0, 1_000);

        assertThat(Conclusion.of("mine", outage(saves, saved)).kind()).isEqualTo(Kind.GAIN);
        assertThat(Conclusion.of("mine", outage(saves, sooner)).kind()).isEqualTo(Kind.GAIN);
        assertThat(Conclusion.of("mine", outage(same, sooner)).kind()).isEqualTo(Kind.GAIN_WHEN_CALM);
        assertThat(Conclusion.of("mine", outage(same)).kind()).isEqualTo(Kind.NO_DIFFERENCE);
        assertThat(Conclusion.of("mine", outage(same)).calmRate()).isEmpty();
    }

    @Test
    void calmRuns_thatMakeNoDifference_areNamedByTheirHighestRate() {
        Evidence.Calm[] calm = new Evidence.Calm[] {
            new Evidence.Calm(0.2, contrast(steady(0.8, 1), steady(0.8, 1))),
            new Evidence.Calm(0.05, contrast(steady(0.95, 1), steady(0.95, 1)))
        };

        assertThat(text(outage(figures(0.99, 1.09, 330, 0, 1_000), calm)))
                .endsWith(" With 20% random failures and no fault, 80.00% of calls succeed with and without retries,"
                        + " at 1.00 attempts per call.");
    }

    @Test
    void faultAsTheOnlyReason_isNamedOnlyWhereItIs() {
        String reason = ", since calls fail during the fault only.";

        assertThat(noDifference(Setting.FAULT, 0.99, OptionalDouble.of(1))).endsWith(reason);
        assertThat(noDifference(Setting.FAULT, 0.98, OptionalDouble.of(1))).doesNotContain(reason);
        assertThat(noDifference(Setting.FAULT, 0.99, OptionalDouble.of(2))).doesNotContain(reason);
        assertThat(noDifference(Setting.FAULT, 0.99, OptionalDouble.empty())).doesNotContain(reason);
        assertThat(noDifference(Setting.STEADY, 1, OptionalDouble.empty())).doesNotContain(reason);
    }

    private static String noDifference(Setting setting, double before, OptionalDouble recovery) {
        Figures same = new Figures(0.9, 1, 300, recovery, OptionalDouble.of(1_000));
        return text(new Evidence(setting, 1, before, contrast(same, same), List.of()));
    }

    @Test
    void recovery_thatOnlyThePolicyHas_isAGain() {
        Figures never = new Figures(0.5, 1, 300, OptionalDouble.empty(), OptionalDouble.of(1_000));
        Figures recovers = new Figures(0.5, 1, 300, OptionalDouble.of(7), OptionalDouble.of(1_000));

        assertThat(text(new Evidence(Setting.FAULT, 1, 1, contrast(never, recovers), List.of())))
                .isEqualTo("Gain (recovery): it recovers 7 s after the fault, without retries never; 50.00% of calls"
                        + " succeed with and without retries, at 1.00 attempts per call.");
    }

    @Test
    void gain_thatRecoversLater_namesBothTimes() {
        Figures later = new Figures(0.99, 1.1, 330, OptionalDouble.of(9), OptionalDouble.empty());

        assertThat(text(outage(later)))
                .isEqualTo(
                        "Gain (succeeded): 99.00% of calls succeed, 93.27% without retries, at 1.10 attempts per call;"
                                + " recovery takes 9 s instead of 0 s; 1% of calls or more never have an answer.");
    }

    @Test
    void peakOfABurst_isThatOfItsRetries() {
        Figures none = new Figures(0.5, 1, 0, OptionalDouble.empty(), OptionalDouble.of(1_000));
        Figures retries = new Figures(0.99, 1.6, 1_234, OptionalDouble.empty(), OptionalDouble.of(1_000));

        assertThat(text(new Evidence(Setting.BURST, 1, 0, contrast(none, retries), List.of())))
                .isEqualTo(
                        "Gain (succeeded): 99.00% of calls succeed, 50.00% without retries, at 1.60 attempts per call"
                                + " and up to 1,234 retries within 100 ms.");
    }

    @Test
    void text_ofAnyFigures_isReadable() {
        forEach(conclusion -> assertThat(conclusion.text())
                .hasSizeBetween(40, 550)
                .doesNotContain("NaN", "null", "Infinity", "Optional", "  ", "-0.00")
                .matches(text -> END.matcher(text).results().count() <= 2, "at most two sentences")
                .endsWith("."));
    }

    @Test
    void gain_isNeverClaimed_whereFewerCallsSucceed() {
        forEach(conclusion -> {
            if (conclusion.evidence().outcome().success().isWorse()) {
                assertThat(conclusion.kind()).isEqualTo(Kind.HARM);
                assertThat(conclusion.text()).startsWith("Harm (").doesNotContainIgnoringCase("gain");
            }
            for (Evidence.Calm calm : conclusion.evidence().calm()) {
                if (calm.contrast().success().isWorse()) {
                    assertThat(conclusion.kind()).isIn(Kind.HARM, Kind.HARM_WHEN_CALM);
                }
            }
        });
    }

    /** A gain and a harm that is not excluded never stand side by side under the word gain. */
    @Test
    void gain_isNeverClaimed_whereAHarmIsNotExcluded() {
        forEach(conclusion -> {
            Evidence evidence = conclusion.evidence();
            boolean isDoubtful = evidence.outcome().success().mayBeWorse()
                    || evidence.calm().stream()
                            .anyMatch(calm -> calm.contrast().success().mayBeWorse());
            if (isDoubtful) {
                assertThat(conclusion.kind()).isIn(Kind.HARM, Kind.HARM_WHEN_CALM, Kind.NOT_DECIDED);
            }
        });
    }

    @Test
    void harm_isAlwaysNamed_whereOnlyTheBaselineRecovers() {
        forEach(conclusion -> {
            Contrast outcome = conclusion.evidence().outcome();
            if (outcome.baseline().recovery().isPresent()
                    && outcome.policy().recovery().isEmpty()
                    && outcome.recovery().isWorse()) {
                assertThat(conclusion.text()).startsWith("Harm (recovery): it never recovers");
            }
        });
    }

    @Test
    void figuresThatAreEqual_makeNoDifference() {
        Random random = new Random(5);
        for (int i = 0; i < EVIDENCES; i++) {
            Figures same = figures(random, Setting.FAULT);
            assertThat(Conclusion.of("same", new Evidence(Setting.FAULT, 1, 1, contrast(same, same), List.of()))
                            .kind())
                    .isEqualTo(Kind.NO_DIFFERENCE);
        }
    }

    private static void forEach(Consumer<Conclusion> check) {
        Random random = new Random(7);
        for (int i = 0; i < EVIDENCES; i++) {
            check.accept(Conclusion.of("mine", evidence(random)));
        }
    }

    private static Evidence evidence(Random random) {
        Setting setting = List.of(Setting.FAULT, Setting.STEADY, Setting.BURST).get(random.nextInt(3));
        List<Evidence.Calm> calm = setting == Setting.FAULT && random.nextInt(4) > 0
                ? List.of(
                        new Evidence.Calm(0.05, contrast(random, Setting.STEADY)),
                        new Evidence.Calm(0.2, contrast(random, Setting.STEADY)))
                : List.of();
        return new Evidence(setting, 1 + random.nextInt(20), random.nextDouble(), contrast(random, setting), calm);
    }

    private static Contrast contrast(Random random, Setting setting) {
        Figures baseline = figures(random, setting);
        // Policies that are almost as the baseline are as frequent as those that are not.
        Figures policy = random.nextBoolean() ? figures(random, setting) : near(baseline, random);
        double more = policy.success() - baseline.success();
        double error = random.nextBoolean() ? 0 : random.nextDouble() / 50;
        double sooner = sooner(baseline, policy);
        return new Contrast(
                baseline,
                policy,
                new Difference(more, error, 0.005),
                new Difference(sooner, setting == Setting.FAULT ? random.nextDouble() * 20 : 0, 3));
    }

    private static Figures near(Figures baseline, Random random) {
        return new Figures(
                Math.min(1, baseline.success() + random.nextDouble() / 100),
                baseline.amplification() * (1 + random.nextDouble() / 5),
                baseline.peak() * (1 + random.nextDouble() / 2),
                baseline.recovery(),
                baseline.answerMillis());
    }

    private static Figures figures(Random random, Setting setting) {
        return new Figures(
                random.nextInt(5) == 0 ? random.nextInt(2) : random.nextDouble(),
                1 + random.nextInt(4) * random.nextDouble() * 20,
                random.nextInt(1_000_000),
                setting == Setting.FAULT && random.nextInt(4) > 0
                        ? OptionalDouble.of(random.nextInt(500))
                        : OptionalDouble.empty(),
                random.nextInt(10) > 0 ? OptionalDouble.of(random.nextDouble() * 300_000) : OptionalDouble.empty());
    }
}
