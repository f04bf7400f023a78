package dev.respite.benchmarks.scale;

import dev.respite.benchmarks.report.LineProcess;
import dev.respite.benchmarks.report.Options;
import dev.respite.benchmarks.report.Results;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Lets a hundred thousand and a million calls wait for a retry at once, and prints one table.
 *
 * <p>Each call fails at once, with an exception that all share. It succeeds when it is tried again, 1 to 5 s later plus a
 * {@linkplain Round#pause(int) pause} in which the heap is measured. The bytes of a call are what the library keeps, the future that
 * the caller holds, and the caller's lambda (24 bytes in every row). Lateness is the time from the end of the delay after the failure
 * to the start of the second attempt.
 *
 * <p>Each measurement has a virtual machine of its own, warmed up with 150,000 calls, and they are made in rounds.
 */
public final class Scale {

    private static final String USAGE = """
            usage: bin/bench --scale [--rounds N] [--calls N] [--only PATTERN]
              --rounds N      processes for each row; 5 by default
              --calls N       calls that wait at once; 100000 and 1000000 by default
              --only PATTERN  only rows that match this regular expression, such as Respite or floor
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    /** Room for a million of the largest. */
    private static final String HEAP = "6g";

    private Scale() {}

    /** A library, and how many calls it has waiting. */
    private record Row(MeasuredLibrary library, int calls) {

        ScaleFigures measure() throws IOException {
            try (LineProcess process = LineProcess.start(HEAP, Round.class, library.name(), Integer.toString(calls))) {
                return ScaleFigures.parse(process.readLine());
            }
        }

        @Override
        public String toString() {
            return library.label() + ", " + calls + " calls";
        }
    }

    /**
     * Runs the benchmark.
     *
     * @param arguments the options of the usage
     */
    public static void main(String[] arguments) {
        Options.run(USAGE, arguments, Scale::run);
    }

    private static String run(Options options, PrintStream messages) throws IOException {
        int rounds = options.number("--rounds", 5);
        List<Row> rows = options.only(options.numbers("--calls", 100_000, 1_000_000).stream()
                .flatMap(size -> Arrays.stream(MeasuredLibrary.values()).map(library -> new Row(library, size)))
                .toList());
        options.end();
        Results<Row, ScaleFigures> results = new Results<>();
        for (int round = 1; round <= rounds; round++) {
            for (Row row : rows) {
                ScaleFigures figures = row.measure();
                results.add(row, figures);
                messages.printf("%d/%d  %s: %s%n", round, rounds, row, figures);
            }
        }
        return table(results);
    }

    private static String table(Results<Row, ScaleFigures> results) {
        StringBuilder table = new StringBuilder("| " + Results.machine()
                + " | calls | B each | ÷ floor | late, p50 ms | p99 ms | CPU s |\n"
                + "|---|---:|---:|---:|---:|---:|---:|\n");
        for (Row row : results.rows()) {
            Row floor = new Row(MeasuredLibrary.FLOOR, row.calls());
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %,d | %,.0f | %s | %s | %s | %.1f |%n",
                    row.library().label(),
                    row.calls(),
                    results.median(row, ScaleFigures::bytes),
                    results.ratio(row, floor, ScaleFigures::bytes),
                    lateness(results, row, ScaleFigures::p50),
                    lateness(results, row, ScaleFigures::p99),
                    results.median(row, ScaleFigures::cpu)));
        }
        return table.toString();
    }

    private static String lateness(Results<Row, ScaleFigures> results, Row row, ToDoubleFunction<ScaleFigures> figure) {
        return results.spread(
                row, figure, millis -> String.format(Locale.ROOT, millis < 10 ? "%.2f" : "%,.0f", millis));
    }
}
