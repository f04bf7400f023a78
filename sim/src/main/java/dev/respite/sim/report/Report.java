package dev.respite.sim.report;

import dev.respite.sim.PolicySummary;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Scenario;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a comparison has shown, as files. {@code summary.csv}, {@code stop-reasons.csv}, {@code series.csv} and {@code latency.csv}
 * have the numbers, {@code calm.csv} those of the calm runs, and {@code groups.csv} those of the groups where the load has any. {@code
 * report.html} is one page with all of it that needs no network.
 *
 * <p>Charts in SVG show requests, goodput, the queue, the time until an answer and the latency of successes. Others show breakers
 * and budgets where there are any, and attempts against the rate of failures where those come by chance. Each is drawn a second
 * time for phones, in {@code …-narrow.svg}.
 *
 * <p>The same comparison gives the same bytes. Charts need more than results have, so each run is run once more to draw them.
 */
public final class Report {

    private final Scenario scenario;
    private final List<PolicySummary> summaries;

    private Report(Scenario scenario, List<PolicySummary> summaries) {
        this.scenario = scenario;
        this.summaries = summaries;
    }

    /**
     * A report.
     *
     * @param scenario what was run
     * @param summaries what the policies did in it
     * @return the report
     * @throws InvalidScenarioException if there are more policies than lines in a chart can be distinguished
     */
    public static Report of(Scenario scenario, List<PolicySummary> summaries) {
        checkPolicies(summaries.size());
        return new Report(scenario, List.copyOf(summaries));
    }

    /**
     * Refuses a comparison that no report can show, before it is run.
     *
     * @param policies how many policies are compared
     * @throws InvalidScenarioException if there are more than lines in a chart can be distinguished
     */
    public static void checkPolicies(int policies) {
        if (policies > ReportStyle.most()) {
            throw new InvalidScenarioException(policies + " policies: a chart can show at most " + ReportStyle.most());
        }
    }

    /**
     * Writes the files.
     *
     * @param folder where to; it is made if it is not there
     * @throws IOException if a file cannot be written
     */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        put(folder, "summary.csv", Tables.summary(scenario, summaries).csv());
        put(folder, "stop-reasons.csv", Tables.stopReasons(summaries).csv());
        if (scenario.hasCalmRun()) {
            put(folder, "calm.csv", Tables.calm(scenario, summaries).csv());
        }
        if (scenario.load().hasGroups()) {
            put(folder, "groups.csv", Tables.groups(summaries).csv());
        }
        put(folder, "series.csv", Tables.series(summaries).csv());
        put(folder, "latency.csv", Tables.latency(summaries).csv());
        List<ReportFigure> figures = Charts.of(scenario, summaries);
        for (ReportFigure figure : figures) {
            put(folder, figure.id() + ".svg", figure.alone(Format.WIDE));
            put(folder, figure.id() + "-narrow.svg", figure.alone(Format.NARROW));
        }
        put(folder, "report.html", new ReportPage(scenario, summaries, figures).html());
    }

    private static void put(Path folder, String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
    }
}
