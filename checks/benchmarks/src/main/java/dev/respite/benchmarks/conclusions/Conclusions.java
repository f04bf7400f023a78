package dev.respite.benchmarks.conclusions;

import dev.respite.benchmarks.report.Options;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/** Measures how often the conclusions of the simulator depend on the seeds. */
public final class Conclusions {

    private static final String USAGE = """
            usage: bin/bench --conclusions [--scenarios N] [--draw N] [--sets N] [--max-rate N]
              --scenarios N     random scenarios, each with five policies, 100 by default
              --draw N          the seed by which they are drawn, 1 by default
              --sets N          disjoint sets of seeds, of 1 and of 10 seeds each, 10 by default
              --max-rate N      the greatest rate in calls a second, 1,000 by default
            The table goes to stdout, each conclusion that is not the same for all sets to stderr. It uses all processors.""";

    private static final String HEAD = """
            | seeds | conclusions | gain | harm | not decided | other | pairs of gain and harm |
            |--:|--:|--:|--:|--:|--:|--:|
            """;

    private static final List<Integer> SIZES = List.of(1, 10);

    private Conclusions() {}

    /**
     * Runs the benchmark.
     *
     * @param arguments the options of the usage
     */
    public static void main(String[] arguments) {
        Options.run(USAGE, arguments, Conclusions::run);
    }

    private static String run(Options options, PrintStream messages) {
        int scenarios = options.number("--scenarios", 100);
        Random random = new Random(options.number("--draw", 1));
        int sets = options.number("--sets", 10);
        int maxRate = options.number("--max-rate", 1_000);
        options.end();
        Map<Integer, List<Agreement>> all = new LinkedHashMap<>();
        for (int done = 1; done <= scenarios; done++) {
            RandomScenario scenario = RandomScenario.random(random, maxRate);
            messages.println(done + " of " + scenarios + ": " + scenario);
            Agreement.of(scenario, sets, SIZES).forEach((size, some) -> {
                all.computeIfAbsent(size, key -> new ArrayList<>()).addAll(some);
                some.stream()
                        .filter(one -> one.kinds().stream().distinct().count() > 1)
                        .forEach(one -> messages.println("  " + size + ", " + one.policy() + ": " + one.kinds()));
            });
        }
        StringBuilder table = new StringBuilder(HEAD);
        all.forEach((size, some) -> table.append(line(size, some)));
        return table.toString();
    }

    static String line(int size, List<Agreement> some) {
        double conclusions = some.stream().mapToInt(one -> one.kinds().size()).sum();
        double gain = percent(some, Agreement::isGain);
        double harm = percent(some, Agreement::isHarm);
        double undecided = percent(some, Agreement::isUndecided);
        return String.format(
                Locale.ROOT,
                "| %d | %,.0f | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %.2f %% |%n",
                size,
                conclusions,
                gain,
                harm,
                undecided,
                100 - gain - harm - undecided,
                100 * flips(some));
    }

    /** Returns the fraction of the pairs of sets that conclude the opposite. */
    static double flips(List<Agreement> some) {
        return some.stream().mapToLong(Agreement::flips).sum()
                / (double) some.stream().mapToInt(Agreement::pairs).sum();
    }

    private static double percent(List<Agreement> some, Predicate<String> kind) {
        return 100.0
                * some.stream().mapToLong(one -> one.count(kind)).sum()
                / some.stream().mapToInt(one -> one.kinds().size()).sum();
    }
}
