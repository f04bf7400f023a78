package dev.respite.benchmarks.conclusions;

import dev.respite.sim.Comparison;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.conclusion.Conclusion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The conclusions about a policy in a scenario from disjoint sets of seeds.
 *
 * @param scenario the scenario
 * @param policy the name of the policy
 * @param kinds the kind of conclusion of each set
 */
record Agreement(RandomScenario scenario, String policy, List<String> kinds) {

    /** Runs a scenario. Each policy has a result for each size of a set. */
    static Map<Integer, List<Agreement>> of(RandomScenario scenario, int sets, List<Integer> sizes) {
        int seeds = sets * sizes.stream().max(Integer::compare).orElseThrow();
        List<PolicySummary> summaries = Comparison.of(scenario.scenario(), scenario.policies())
                .seeds(1, seeds)
                .run(() -> {});
        Map<Integer, List<Agreement>> agreements = new LinkedHashMap<>();
        for (int size : sizes) {
            List<List<Conclusion>> conclusions = IntStream.range(0, sets)
                    .mapToObj(set -> Conclusion.of(summaries.stream()
                            .map(summary -> seeds(summary, set * size, size))
                            .toList()))
                    .toList();
            List<Agreement> ofSize = new ArrayList<>();
            // The first policy is the one that the others are compared with.
            for (int policy = 1; policy < summaries.size(); policy++) {
                int number = policy;
                ofSize.add(new Agreement(
                        scenario,
                        summaries.get(number).name(),
                        conclusions.stream().map(set -> set.get(number).label()).toList()));
            }
            agreements.put(size, ofSize);
        }
        return agreements;
    }

    private static PolicySummary seeds(PolicySummary summary, int first, int count) {
        Map<Double, PolicySummary> calm = new LinkedHashMap<>();
        summary.calm().forEach((rate, run) -> calm.put(rate, seeds(run, first, count)));
        return new PolicySummary(
                summary.name(), summary.policy(), summary.results().subList(first, first + count), calm);
    }

    static boolean isGain(String kind) {
        return kind.startsWith("gain") || kind.equals("costly gain");
    }

    static boolean isHarm(String kind) {
        return kind.startsWith("harm");
    }

    static boolean isUndecided(String kind) {
        return kind.equals("not decided");
    }

    long count(Predicate<String> kind) {
        return kinds.stream().filter(kind).count();
    }

    /** Returns the pairs of sets of which one concludes a gain and the other a harm. */
    long flips() {
        return count(Agreement::isGain) * count(Agreement::isHarm);
    }

    int pairs() {
        return kinds.size() * (kinds.size() - 1) / 2;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s, %s: %s", scenario, policy, kinds);
    }
}
