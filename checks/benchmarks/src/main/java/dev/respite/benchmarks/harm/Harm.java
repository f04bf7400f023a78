package dev.respite.benchmarks.harm;

import dev.respite.benchmarks.report.Options;
import dev.respite.policy.RetryPolicy;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Prints the cost of budgets in outages, and their gain without one. The default budget was chosen by this grid of settings.
 */
public final class Harm {

    private static final String USAGE = """
            usage: bin/bench --harm [--budgets A;B] [--seeds N] [--first-seed N]
              --budgets A;B     values of the policy key budget, fleet by default; other keys may
                                follow, as in "fleet budget-wait=30s"
              --seeds N         runs of each cell, 3 by default
              --first-seed N    the first of the seeds, 1 by default
            The tables go to stdout, messages to stderr. It uses all processors.""";

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
        List<String> budgets = List.of(options.text("--budgets", "fleet").split(";"));
        int seeds = options.number("--seeds", 3);
        int firstSeed = options.number("--first-seed", 1);
        options.end();
        List<Cell> cells = Cell.grid();
        Grid grid = new Grid(firstSeed, seeds);
        StringBuilder outages = new StringBuilder(HarmTable.HEAD);
        StringBuilder small = new StringBuilder(SmallServer.HEAD);
        StringBuilder alone = new StringBuilder(SingleClient.HEAD);
        StringBuilder saved = new StringBuilder(SavedCalls.HEAD);
        for (String budget : budgets) {
            RetryPolicy policy = RetryPolicy.parse("budget=" + budget);
            AtomicInteger done = new AtomicInteger();
            List<Finding> findings = grid.run(cells, policy, () -> progress(done, cells.size(), messages));
            outages.append(new HarmTable(budget, findings).lines());
            small.append(SmallServer.lines(budget, policy));
            alone.append(SingleClient.lines(budget, policy));
            saved.append(SavedCalls.lines(budget, policy, firstSeed, seeds));
        }
        if (budgets.contains("fleet")) {
            alone.append(SingleClient.lines("fleet, clients=10000", RetryPolicy.parse("clients=10000")));
        }
        return String.join("\n", outages, small, alone, saved);
    }

    private static void progress(AtomicInteger done, int all, PrintStream messages) {
        int now = done.incrementAndGet();
        if (now % 50 == 0 || now == all) {
            messages.println("harm: " + now + " of " + all + " cells");
        }
    }
}
