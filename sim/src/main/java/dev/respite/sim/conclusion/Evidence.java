package dev.respite.sim.conclusion;

import dev.respite.sim.PolicySummary;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Scenario;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * The figures that a conclusion about a policy is drawn from.
 *
 * @param setting what happens in the scenario
 * @param seeds the number of runs of each policy
 * @param baselineBefore the part of the calls that succeed without retries before the first fault, from 0 to 1
 * @param outcome the policy and no retries in the scenario
 * @param calm both in the calm runs, by rising failure rate; empty if there are none
 */
record Evidence(Setting setting, int seeds, double baselineBefore, Contrast outcome, List<Calm> calm) {

    /** Where as many calls succeed before the fault, next to none fails without it. */
    private static final double ALMOST_ALL = 0.99;

    private static final Comparator<Calm> LEAST = Comparator.comparingDouble(Calm::failureRate);

    /** The kinds of scenarios. */
    enum Setting {
        /** Something goes wrong for a while. */
        FAULT,
        /** Nothing changes while it lasts. */
        STEADY,
        /** All calls begin at once. */
        BURST;

        static Setting of(Scenario scenario) {
            if (scenario.load().isBurst()) {
                return BURST;
            }
            return scenario.faults().isEmpty() ? STEADY : FAULT;
        }
    }

    /**
     * The policy and no retries in a calm run.
     *
     * @param failureRate the part of the attempts that failed, each by chance
     * @param contrast the figures
     */
    record Calm(double failureRate, Contrast contrast) {}

    /** Copies the list. */
    Evidence {
        calm = List.copyOf(calm);
    }

    static Evidence of(PolicySummary baseline, PolicySummary policy) {
        Scenario scenario = baseline.results().get(0).scenario();
        Setting setting = Setting.of(scenario);
        List<Calm> calm = new ArrayList<>();
        policy.calm().forEach((rate, run) -> {
            PolicySummary without = Objects.requireNonNull(baseline.calm().get(rate));
            calm.add(new Calm(rate, Contrast.of(without, run, Setting.STEADY)));
        });
        int seeds = policy.results().size();
        double before = successBefore(scenario, baseline);
        return new Evidence(setting, seeds, before, Contrast.of(baseline, policy, setting), calm);
    }

    private static double successBefore(Scenario scenario, PolicySummary baseline) {
        int first = (int)
                (scenario.faults().stream().mapToLong(Fault::startNanos).min().orElse(0) / 1_000_000_000L);
        double calls = baseline.series().calls().stream()
                .limit(first)
                .mapToDouble(Double::doubleValue)
                .sum();
        return calls == 0 ? 0 : baseline.mean(SimulationResult::goodputBefore) * first / calls;
    }

    /** Returns whether next to no call fails but during the fault: then a retry has little to win. */
    boolean isFailingInFaultOnly() {
        return setting == Setting.FAULT
                && baselineBefore >= ALMOST_ALL
                && isAtOnce(outcome.baseline().recovery())
                && isAtOnce(outcome.policy().recovery());
    }

    private static boolean isAtOnce(OptionalDouble recovery) {
        return recovery.isPresent() && recovery.getAsDouble() <= 1;
    }

    /**
     * Returns the calm run that decides: the least failure rate at which the policy harms or may do so, else the greatest at which
     * it gains.
     */
    Optional<Calm> decisiveCalm() {
        return calm(Finding::isHarm, LEAST)
                .or(() -> calm(Finding::mayHarm, LEAST))
                .or(() -> calm(Finding::isGain, LEAST.reversed()))
                .or(() -> calm(Finding::isUndecided, LEAST.reversed()))
                .or(() -> calm(finding -> true, LEAST.reversed()));
    }

    private Optional<Calm> calm(Predicate<Finding> kind, Comparator<Calm> first) {
        return calm.stream().filter(run -> kind.test(run.contrast().finding())).min(first);
    }
}
