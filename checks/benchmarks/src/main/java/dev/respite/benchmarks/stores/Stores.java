package dev.respite.benchmarks.stores;

import dev.respite.benchmarks.report.Options;
import dev.respite.benchmarks.report.Results;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Measures executions and replays in each store beside the necessary work of the same store, and prints one table.
 *
 * <p>Respite and its floors take turns, a slice each, on the same server and through the same pool, so that a noisy minute of the
 * machine disturbs both. A ratio is of two slices of the same round. The table has the median of the rounds, and the lowest and the
 * highest.
 */
public final class Stores {

    private static final String USAGE = """
            usage: bin/bench --stores [--rounds N] [--millis N] [--threads N] [--only PATTERN]
              --rounds N      slices of each row; 5 by default
              --millis N      length of a slice; 1500 by default
              --threads N     clients at a time; 1 and 4 by default
              --only PATTERN  only stores that match this regular expression, such as Redis or H2
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    private static final String RESPITE = "Respite";

    private final int rounds;
    private final long sliceNanos;
    private final PrintStream messages;
    private final Results<Row, StoreFigures> results = new Results<>();

    private Stores(int rounds, long sliceNanos, PrintStream messages) {
        this.rounds = rounds;
        this.sliceNanos = sliceNanos;
        this.messages = messages;
    }

    /** An operation in a store, by so many threads, of Respite or of a floor. */
    private record Row(Store store, String operation, int threads, String subject) {

        Row respite() {
            return new Row(store, operation, threads, RESPITE);
        }

        @Override
        public String toString() {
            return store + ", " + operation + ", " + threads + " threads, " + subject;
        }
    }

    /**
     * Runs the benchmark.
     *
     * @param arguments the options of the usage
     */
    public static void main(String[] arguments) {
        Options.run(USAGE, arguments, (options, messages) -> {
            int rounds = options.number("--rounds", 5);
            int millis = options.number("--millis", 1_500);
            List<Integer> threads = options.numbers("--threads", 1, 4);
            List<Store> stores = options.only(Arrays.asList(Store.values()));
            options.end();
            return new Stores(rounds, TimeUnit.MILLISECONDS.toNanos(millis), messages).run(stores, threads);
        });
    }

    private String run(List<Store> stores, List<Integer> threads) throws Exception {
        for (Store store : stores) {
            messages.println("starting " + store);
            try (Rig rig = store.start(Collections.max(threads))) {
                for (int each : threads) {
                    for (Contest contest : rig.contests()) {
                        measure(store, each, contest);
                    }
                }
            }
        }
        return table();
    }

    private void measure(Store store, int threads, Contest contest) throws InterruptedException {
        // The first round warms up, and is not counted.
        for (int round = 0; round <= rounds; round++) {
            slice(new Row(store, contest.operation(), threads, RESPITE), contest.respite(), round);
            for (Contest.Floor floor : contest.floors()) {
                slice(new Row(store, contest.operation(), threads, floor.label()), floor.task(), round);
            }
        }
    }

    private void slice(Row row, Task task, int round) throws InterruptedException {
        StoreFigures figures = new Slice(row.threads(), sliceNanos).run(task);
        if (round > 0) {
            results.add(row, figures);
        }
        messages.printf("%d/%d  %s: %s%n", round, rounds, row, figures);
    }

    private String table() {
        StringBuilder table = new StringBuilder("| " + Results.machine()
                + " | threads | | per s | p50 µs | p99 µs | Respite's time ÷ this (least–greatest) |\n"
                + "|---|---:|---|---:|---:|---:|---:|\n");
        for (Row row : results.rows()) {
            table.append(String.format(
                    "| %s, %s | %d | %s | %s | %s | %s | %s |%n",
                    row.store(),
                    row.operation(),
                    row.threads(),
                    row.subject(),
                    number(results.median(row, StoreFigures::perSecond)),
                    number(results.median(row, StoreFigures::p50) / 1e3),
                    number(results.median(row, StoreFigures::p99) / 1e3),
                    results.ratio(row.respite(), row, figures -> 1 / figures.perSecond())));
        }
        return table.toString();
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, number < 10 ? "%.2f" : number < 100 ? "%.1f" : "%,.0f", number);
    }
}
