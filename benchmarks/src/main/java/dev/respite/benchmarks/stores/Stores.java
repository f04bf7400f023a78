package dev.respite.benchmarks.stores;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;

/**
 * Measures executes and replays in each store beside the least that would have to be done there, and prints one table.
 *
 * <p>Respite and its floors take turns, a slice each, on the same server and through the same pool, so that a noisy minute of
 * the machine spoils both. A ratio is of two slices of the same round; the table has the median of the rounds, and the
 * lowest and the highest.
 */
public final class Stores {

    private final StorePlan plan;
    private final PrintStream messages;
    private final Map<StoreRow, List<StoreFigures>> results = new LinkedHashMap<>();

    private Stores(StorePlan plan, PrintStream messages) {
        this.plan = plan;
        this.messages = messages;
    }

    /**
     * Runs it.
     *
     * @param arguments as the usage says
     */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream messages = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        if (List.of(arguments).contains("--help")) {
            out.println(StorePlan.USAGE);
            return;
        }
        try {
            out.print(new Stores(StorePlan.read(List.of(arguments)), messages).run());
        } catch (IllegalArgumentException wrong) {
            messages.println(
                    wrong instanceof PatternSyntaxException || wrong instanceof NumberFormatException
                            ? "not a valid value: " + wrong.getMessage()
                            : wrong.getMessage());
            messages.println(StorePlan.USAGE);
            System.exit(64);
        } catch (Exception failed) {
            failed.printStackTrace(messages);
            System.exit(1);
        }
        // What embedded stores leave running is not waited for.
        System.exit(0);
    }

    private String run() throws Exception {
        for (Store store : plan.stores()) {
            messages.println("starting " + store.label());
            try (Rig rig = store.start(plan.mostThreads())) {
                for (int threads : plan.threads()) {
                    for (Contest contest : rig.contests()) {
                        measure(store, threads, contest);
                    }
                }
            }
        }
        return StoresTable.of(results);
    }

    private void measure(Store store, int threads, Contest contest) throws InterruptedException {
        Slice slice = new Slice(threads, plan.sliceNanos());
        // The first round warms up, and is not counted.
        for (int round = 0; round <= plan.rounds(); round++) {
            slice(slice, new StoreRow(store, contest.operation(), threads, StoreRow.RESPITE), contest.respite(), round);
            for (Contest.Floor floor : contest.floors()) {
                slice(slice, new StoreRow(store, contest.operation(), threads, floor.label()), floor.task(), round);
            }
        }
    }

    private void slice(Slice slice, StoreRow row, Task task, int round) throws InterruptedException {
        StoreFigures figures = slice.run(task);
        if (round > 0) {
            results.computeIfAbsent(row, unseen -> new ArrayList<>()).add(figures);
        }
        messages.printf("%d/%d  %s: %s%n", round, plan.rounds(), row, figures);
    }
}
