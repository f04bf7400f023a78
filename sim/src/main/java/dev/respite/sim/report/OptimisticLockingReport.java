package dev.respite.sim.report;

import dev.respite.sim.occ.OptimisticLockingExperiment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the experiment has shown, as files: {@code results.csv}, {@code cost.svg} and {@code report.html}. */
public final class OptimisticLockingReport {

    private OptimisticLockingReport() {}

    /**
     * Writes the files.
     *
     * @param folder where to; it is made if it is not there
     * @param results the results
     * @param repeats how often each was run
     * @throws IOException if a file cannot be written
     */
    public static void write(Path folder, List<OptimisticLockingExperiment.Result> results, int repeats)
            throws IOException {
        Table table = new Table(
                List.of("strategy", "clients", "mean time ms", "mean calls"),
                results.stream()
                        .map(result -> List.of(
                                result.strategy(),
                                Integer.toString(result.clients()),
                                Tables.number(result.meanTimeMs()),
                                Tables.number(result.meanCalls())))
                        .toList());
        Chart chart = chart(results);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("results.csv"), table.csv());
        Files.writeString(folder.resolve(chart.id() + ".svg"), chart.alone(Format.WIDE));
        Files.writeString(folder.resolve(chart.id() + "-narrow.svg"), chart.alone(Format.NARROW));
        Page page = new Page("aws-occ", results.size());
        page.remark(
                "Clients that must each write one and the same row once, by optimistic concurrency control. Means over "
                        + repeats + " repeats.");
        page.key(results.stream()
                .map(OptimisticLockingExperiment.Result::strategy)
                .toList());
        page.figure(chart);
        Files.writeString(folder.resolve("report.html"), page.end());
    }

    /** Both axes: who finishes first makes the most calls. */
    private static Chart chart(List<OptimisticLockingExperiment.Result> results) {
        return new Chart(
                "cost",
                "What each strategy costs",
                "To the right: the time until all clients have written. Upwards: the writes that the server had to take.",
                new Chart.Across("milliseconds until all have written", true, 0, List.of()),
                Chart.Up.of("writes at the server"),
                results.stream()
                        .map(result -> new Chart.Line(
                                result.strategy(),
                                List.of(result.meanTimeMs(), result.meanTimeMs()),
                                List.of(0.0, result.meanCalls())))
                        .toList());
    }
}
