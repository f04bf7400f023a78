package dev.respite.benchmarks.harm;

import dev.respite.policy.RetryPolicy;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Prints what budgets cost in outages and what they gain without one. */
public final class Harm {

    private static final String USAGE = """
            usage: bin/bench --harm [--budgets A;B] [--seeds N] [--first-seed N] [--part N] [--in-turn] [--notes]
              --budgets A;B     values of the policy key budget, fleet unless said otherwise; other keys may
                                follow, as in "fleet budget-wait=30s"
              --seeds N         runs of each cell, 3 unless said otherwise
              --first-seed N    the first of the seeds, 1 unless said otherwise
              --part N          only one cell of N, drawn by the first seed
              --in-turn         clients call in turn instead of at random
              --notes           also lists the cells that miss an aim
            The tables go to stdout, messages to stderr. It uses all processors.""";

    private Harm() {}

    private record Plan(List<String> budgets, int seeds, long firstSeed, int part, boolean inTurn, boolean notes) {

        static Plan read(String[] arguments) {
            List<String> budgets = List.of("fleet");
            int seeds = 3;
            long firstSeed = 1;
            int part = 1;
            boolean inTurn = false;
            boolean notes = false;
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--budgets" -> budgets = List.of(value(arguments, ++i).split(";"));
                    case "--seeds" -> seeds = Integer.parseInt(value(arguments, ++i));
                    case "--first-seed" -> firstSeed = Long.parseLong(value(arguments, ++i));
                    case "--part" -> part = Integer.parseInt(value(arguments, ++i));
                    case "--in-turn" -> inTurn = true;
                    case "--notes" -> notes = true;
                    default -> throw new IllegalArgumentException("unknown option: " + arguments[i]);
                }
            }
            if (seeds < 1 || part < 1) {
                throw new IllegalArgumentException("--seeds and --part take a number of at least 1");
            }
            return new Plan(budgets, seeds, firstSeed, part, inTurn, notes);
        }

        private static String value(String[] arguments, int at) {
            if (at == arguments.length) {
                throw new IllegalArgumentException(arguments[at - 1] + " needs a value");
            }
            return arguments[at];
        }
    }

    /**
     * Runs it.
     *
     * @param arguments as the usage says
     */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream messages = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        try {
            run(Plan.read(arguments), out, messages);
        } catch (IllegalArgumentException wrong) {
            messages.println(wrong.getMessage());
            messages.println(USAGE);
            System.exit(64);
        }
    }

    private static void run(Plan plan, PrintStream out, PrintStream messages) {
        List<Cell> cells = drawn(plan);
        Grid grid = new Grid(plan.firstSeed(), plan.seeds(), plan.inTurn());
        StringBuilder outages = new StringBuilder();
        StringBuilder small = new StringBuilder();
        StringBuilder alone = new StringBuilder();
        StringBuilder saved = new StringBuilder();
        StringBuilder notes = new StringBuilder();
        for (String budget : plan.budgets()) {
            RetryPolicy policy = RetryPolicy.parse("budget=" + budget);
            AtomicInteger done = new AtomicInteger();
            List<Finding> findings = grid.run(cells, policy, () -> progress(done, cells.size(), messages));
            outages.append(new HarmTable(budget, findings).lines());
            small.append(SmallServer.lines(budget, policy));
            alone.append(SingleClient.lines(budget, policy));
            saved.append(SavedCalls.lines(budget, policy, plan.firstSeed(), plan.seeds()));
            findings.stream()
                    .filter(Finding::isNoted)
                    .forEach(finding -> notes.append("- ")
                            .append(budget)
                            .append(", ")
                            .append(finding)
                            .append('\n'));
        }
        if (plan.budgets().contains("fleet")) {
            alone.append(SingleClient.lines("fleet, clients=10000", RetryPolicy.parse("clients=10000")));
        }
        out.println(HarmTable.HEAD);
        out.println(outages);
        out.println("| budget | 10/s server | 50 % | 70 % | 90 % | 93 % | 95 % |\n|---|---|--:|--:|--:|--:|--:|");
        out.println(small);
        out.println("| budget | one client, calls/s | 0.01 | 0.1 | 1 | 5 | 50 |\n|---|---|--:|--:|--:|--:|--:|");
        out.println(alone);
        out.println("| budget | 10 s of | clients | saved at 50 % | 70 % | 90 % |\n|---|---|--:|--:|--:|--:|");
        out.println(saved);
        if (plan.notes()) {
            out.println(notes);
        }
    }

    private static List<Cell> drawn(Plan plan) {
        List<Cell> cells = new ArrayList<>(Cell.grid());
        Collections.shuffle(cells, new Random(plan.firstSeed()));
        return cells.subList(0, Math.max(1, cells.size() / plan.part()));
    }

    private static void progress(AtomicInteger done, int all, PrintStream messages) {
        int now = done.incrementAndGet();
        if (now % 50 == 0 || now == all) {
            messages.println("harm: " + now + " of " + all + " cells");
        }
    }
}
