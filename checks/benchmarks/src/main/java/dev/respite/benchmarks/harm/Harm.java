package dev.respite.benchmarks.harm;

import dev.respite.benchmarks.report.Options;
import dev.respite.policy.RetryPolicy;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Prints the harm of a policy in outages that are drawn at random, compared with no retries, and its gain without an outage. The
 * default budget was chosen by it.
 */
public final class Harm {

    private static final String USAGE = """
            usage: bin/bench --harm [--policy P] [--cells N] [--draw N] [--region-1] [--first-seed N]
              --policy P        the policy, the default one if it is not given
              --cells N         cells, half of them declared, 600 by default
              --draw N          the seed by which they are drawn, 1 by default
              --region-1        only cells of region 1
              --first-seed N    the first seed of the runs of a cell, 1 by default
            The tables go to stdout, each cell to stderr. It uses all processors.""";

    /** Seeds of the calls that a policy saves in an outage. */
    private static final int SAVED_SEEDS = 3;

    private Harm() {}

    /**
     * Runs the benchmark.
     *
     * @param arguments the options of the usage
     */
    public static void main(String[] arguments) {
        Options.run(USAGE, arguments, Harm::run);
    }

    private static String run(Options options, PrintStream messages) {
        String text = options.text("--policy", "");
        RetryPolicy policy = RetryPolicy.parse(text);
        boolean onlyRegion1 = options.flag("--region-1");
        List<Cell> cells = Cell.draw(options.number("--cells", 600), options.number("--draw", 1), onlyRegion1);
        int firstSeed = options.number("--first-seed", 1);
        options.end();
        AtomicInteger done = new AtomicInteger();
        List<Finding> findings = cells.parallelStream()
                .map(cell -> {
                    Finding finding = Finding.of(cell, policy, firstSeed, Finding.MAX_SEEDS);
                    messages.println(done.incrementAndGet() + " of " + cells.size() + ", region " + finding.region()
                            + ": " + finding);
                    return finding;
                })
                .toList();
        String label = text.isEmpty() ? "the default" : text;
        return String.join(
                "\n",
                HarmTable.of(findings),
                SingleClient.HEAD + SingleClient.lines(label, policy),
                SavedCalls.HEAD + SavedCalls.lines(label, policy, firstSeed, SAVED_SEEDS));
    }
}
