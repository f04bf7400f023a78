package dev.respite.sim.report;

import dev.respite.sim.PolicySummary;
import dev.respite.sim.Series;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationEvent.RequestArrived;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.report.RowChart.Limit;
import dev.respite.sim.report.RowChart.Quantity;
import dev.respite.sim.report.RowChart.Row;
import dev.respite.sim.report.RowChart.Scale;
import dev.respite.sim.report.RowChart.Span;
import dev.respite.sim.report.RowChart.Time;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Charts of a comparison in SVG, and one page in HTML with all of them. {@code requests.svg}, {@code goodput.svg} and {@code
 * queue.svg} show the service in focus, {@code budget.svg} the retries that budgets have left. Each chart is drawn a second time
 * for phones, in {@code …-narrow.svg}. {@code report.html} needs no network and has no script.
 *
 * <p>The same comparison gives the same bytes. Where calls begin in bursts, requests are drawn in tenths of a second. For that each
 * policy runs once more.
 */
public final class Report {

    private static final double TENTH = 0.1;

    private final Scenario scenario;
    private final List<PolicySummary> summaries;
    private final String text;

    private Report(Scenario scenario, List<PolicySummary> summaries, String text) {
        this.scenario = scenario;
        this.summaries = summaries;
        this.text = text;
    }

    /**
     * {@return a report}
     *
     * @param scenario the scenario that was run
     * @param summaries the results of the policies
     * @param text the table and the conclusions, as plain text
     */
    public static Report of(Scenario scenario, List<PolicySummary> summaries, String text) {
        return new Report(scenario, List.copyOf(summaries), text);
    }

    /**
     * Writes the files.
     *
     * @param folder the folder, which is created if it does not exist
     * @throws IOException if a file cannot be written
     */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<RowChart> charts = charts();
        for (RowChart chart : charts) {
            Files.writeString(folder.resolve(chart.quantity().id() + ".svg"), chart.svg(RowChart.WIDE));
            Files.writeString(folder.resolve(chart.quantity().id() + "-narrow.svg"), chart.svg(RowChart.NARROW));
        }
        Files.writeString(folder.resolve("report.html"), page(charts));
    }

    List<RowChart> charts() {
        String service = scenario.focus().name();
        List<RowChart> charts = new ArrayList<>();
        charts.add(scenario.load().isBurst() ? requestsOfBursts(service) : requests(service));
        charts.add(chart(new Quantity("goodput", "Calls that succeed", "/s"), Series::goodput));
        charts.add(chart(new Quantity("queue", "Requests that wait at '" + service + "'", ""), Series::queue));
        List<PolicySummary> limited = summaries.stream()
                .filter(summary -> summary.policy().limits().maxAttempts() > 1)
                .filter(summary -> summary.series().budget().stream().allMatch(Double::isFinite))
                .toList();
        if (!limited.isEmpty()) {
            Quantity left = new Quantity("budget", "Retries that a budget has left, mean of the clients", "");
            charts.add(chart(left, limited.stream().flatMap(Report::accounts).toList(), Optional.empty()));
        }
        return charts;
    }

    /** Returns one row for ordinary errors and one for overload signals, or one for both if they have the same account. */
    private static Stream<Row> accounts(PolicySummary summary) {
        Series series = summary.series();
        return series.budget().equals(series.overloadBudget())
                ? Stream.of(new Row(summary.name(), series.budget()))
                : Stream.of(
                        new Row(summary.name() + ": ordinary errors", series.budget()),
                        new Row(summary.name() + ": overload signals", series.overloadBudget()));
    }

    private RowChart requests(String service) {
        double capacity = scenario.focus().capacity();
        Optional<Limit> limit = Double.isInfinite(capacity)
                ? Optional.empty()
                : Optional.of(new Limit(capacity, String.format(Locale.ROOT, "capacity %,.0f/s", capacity)));
        return chart(
                new Quantity("requests", "Requests at '" + service + "'", "/s"),
                rows(summaries, Series::requests),
                limit);
    }

    private RowChart requestsOfBursts(String service) {
        List<Row> rows = active(summaries.stream()
                .map(summary -> new Row(summary.name(), tenths(summary)))
                .toList());
        String title = "Requests at '" + service + "' in each tenth of a second";
        return new RowChart(new Quantity("requests", title, ""), new Time(TENTH, spans()), Scale.ofMedian(rows), rows);
    }

    private RowChart chart(Quantity quantity, Function<Series, List<Double>> column) {
        return chart(quantity, rows(summaries, column), Optional.empty());
    }

    private RowChart chart(Quantity quantity, List<Row> rows, Optional<Limit> limit) {
        return new RowChart(quantity, new Time(1, spans()), Scale.of(rows, limit), rows);
    }

    private static List<Row> rows(List<PolicySummary> summaries, Function<Series, List<Double>> column) {
        return summaries.stream()
                .map(summary -> new Row(summary.name(), column.apply(summary.series())))
                .toList();
    }

    /** Cuts the rows after the last request of all and the last fault, and a tenth more. */
    private List<Row> active(List<Row> rows) {
        int bins = rows.get(0).values().size();
        int last = IntStream.range(0, bins)
                .filter(bin -> rows.stream().anyMatch(row -> row.values().get(bin) > 0))
                .max()
                .orElse(0);
        double faults = spans().stream().mapToDouble(Span::to).max().orElse(0) / TENTH;
        int shown = (int) Math.min(bins, 1.1 * Math.max(last + 1, faults));
        return rows.stream()
                .map(row -> new Row(row.name(), row.values().subList(0, shown)))
                .toList();
    }

    private List<Span> spans() {
        return scenario.faults().stream()
                .map(fault -> new Span(
                        fault.startNanos() / 1e9, fault.endNanos() / 1e9, fault.service() + ": " + fault.kind()))
                .toList();
    }

    /** Counts the requests of the first seed. */
    private List<Double> tenths(PolicySummary summary) {
        SimulationResult result = summary.results().get(0);
        String focus = scenario.focus().name();
        Double[] counts = new Double[(int) Math.ceil(scenario.duration().toMillis() / 1_000.0 / TENTH)];
        Arrays.fill(counts, 0.0);
        SimulationResult unused = Simulation.repeat(result, summary.policy(), event -> {
            int bin = (int) (event.nanos() / 100_000_000L);
            if (event instanceof RequestArrived arrived && arrived.service().equals(focus) && bin < counts.length) {
                counts[bin]++;
            }
        });
        return Arrays.asList(counts);
    }

    private String page(List<RowChart> charts) {
        StringBuilder page = new StringBuilder();
        String name = RowChart.escape(scenario.name());
        page.append("""
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>NAME: a comparison of retry policies</title>
                <style>
                :root { color-scheme: light dark; }
                body { font: 16px/1.5 system-ui, sans-serif; max-width: 760px; margin: 0 auto; padding: 1rem; }
                pre { font-size: 13px; overflow-x: auto; }
                svg { display: block; width: 100%; margin: 1.5rem 0; }
                .narrow { display: none; }
                @media (max-width: 30rem) { .wide { display: none; } .narrow { display: block; } }
                </style>
                </head>
                <body>
                <h1>NAME</h1>
                <pre tabindex="0">
                """.replace("NAME", name));
        page.append(RowChart.escape(text)).append("</pre>\n");
        page.append("<details><summary>Policies and scenario</summary><pre tabindex=\"0\">\n");
        summaries.forEach(summary -> page.append(RowChart.escape(summary.name() + ": " + summary.policy()))
                .append('\n'));
        page.append('\n').append(RowChart.escape(ScenarioFile.yaml(scenario))).append("</pre></details>\n");
        for (RowChart chart : charts) {
            page.append("<div class=\"wide\">").append(chart.svg(RowChart.WIDE)).append("</div>\n");
            page.append("<div class=\"narrow\">")
                    .append(chart.svg(RowChart.NARROW)
                            .replace(
                                    chart.quantity().id() + "-",
                                    chart.quantity().id() + "-narrow-"))
                    .append("</div>\n");
        }
        return page.append("</body>\n</html>\n").toString();
    }
}
