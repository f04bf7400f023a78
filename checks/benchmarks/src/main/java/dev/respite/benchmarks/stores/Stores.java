package dev.respite.benchmarks.stores;

import dev.respite.benchmarks.report.Options;
import dev.respite.benchmarks.report.Results;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
            usage: bin/bench --stores [--rounds N] [--millis N] [--only PATTERN]
              --rounds N      slices of each row; 5 by default
              --millis N      length of a slice; 1500 by default
              --only PATTERN  only stores that match this regular expression, such as Redis or H2
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    private static final String RESPITE = "Respite";

    /** The numbers of clients at a time. */
    private static final List<Integer> THREADS = List.of(1, 4);

    private final int rounds;
    private final long sliceNanos;
    private final PrintStream messages;
    private final Results<Row, Double> results = new Results<>();

    private Stores(int rounds, long sliceNanos, PrintStream messages) {
        this.rounds = rounds;
        this.sliceNanos = sliceNanos;
        this.messages = messages;
    }

    /** An operation in a store, by so many threads, of Respite or of a floor. */
    private record Row(Store store, Operation operation, int threads, String subject) {

        Row of(String other) {
            return new Row(store, operation, threads, other);
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
            List<Store> stores = options.only(Arrays.asList(Store.values()));
            options.end();
            return new Stores(rounds, TimeUnit.MILLISECONDS.toNanos(millis), messages).run(stores);
        });
    }

    private String run(List<Store> stores) throws Exception {
        for (Store store : stores) {
            messages.println("starting " + store);
            List<StoreCalls> calls = StoreCalls.of(Collections.max(THREADS));
            try (Rig rig = store.start(calls)) {
                for (int each : THREADS) {
                    for (Operation operation : Operation.values()) {
                        measure(new Row(store, operation, each, RESPITE), calls, rig);
                    }
                }
            }
        }
        return table();
    }

    private void measure(Row respite, List<StoreCalls> calls, Rig rig) throws InterruptedException {
        Operation operation = respite.operation();
        Map<Row, Task> tasks = new LinkedHashMap<>();
        tasks.put(respite, (worker, call) -> operation.check(rig.request(operation, worker, call)));
        Floor floor = rig.floor(operation);
        tasks.put(respite.of(floor.label()), floor.task());
        Slice slice = new Slice(operation, calls, respite.threads(), sliceNanos);
        // The first round warms up, and is not counted.
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<Row, Task> task : tasks.entrySet()) {
                double perSecond = slice.perSecond(task.getValue());
                if (round > 0) {
                    results.add(task.getKey(), perSecond);
                }
                messages.printf(Locale.ROOT, "%d/%d  %s: %,.0f/s%n", round, rounds, task.getKey(), perSecond);
            }
        }
    }

    private String table() {
        StringBuilder table = new StringBuilder("| " + Results.machine()
                + " | threads | | per s | Respite's time ÷ this (least–greatest) |\n|---|---:|---|---:|---:|\n");
        for (Row row : results.rows()) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s, %s | %d | %s | %,.0f | %s |%n",
                    row.store(),
                    row.operation(),
                    row.threads(),
                    row.subject(),
                    results.median(row, perSecond -> perSecond),
                    results.ratio(row.of(RESPITE), row, perSecond -> 1 / perSecond)));
        }
        return table.toString();
    }
}
