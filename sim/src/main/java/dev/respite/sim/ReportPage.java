package dev.respite.sim;

import java.util.List;

/** The page of a report. It has no script: lines are shown and hidden by its style. */
final class ReportPage {

    private final Scenario scenario;
    private final List<PolicySummary> summaries;
    private final List<Chart> charts;
    private final StringBuilder html = new StringBuilder();

    ReportPage(Scenario scenario, List<PolicySummary> summaries, List<Chart> charts) {
        this.scenario = scenario;
        this.summaries = summaries;
        this.charts = charts;
    }

    String html() {
        html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
        html.append(Svg.escaped(scenario.name())).append(" · Respite</title>\n<style>");
        html.append(Looks.charts()).append(Looks.page(summaries.size())).append("</style>\n</head>\n<body>\n<main>\n");
        html.append("<h1>").append(Svg.escaped(scenario.name())).append("</h1>\n");
        paragraph("soft", setting());
        section("What came out");
        html.append("<div class=\"scroll\" tabindex=\"0\">")
                .append(Tables.summary(summaries).html())
                .append("</div>\n");
        paragraph("soft", notes());
        key();
        charts.forEach(this::chart);
        section("The policies");
        for (PolicySummary summary : summaries) {
            html.append("<p><b>").append(Svg.escaped(summary.name())).append("</b> <code>");
            html.append(Svg.escaped(summary.policy().toString())).append("</code></p>\n");
        }
        return html.append("</main>\n</body>\n</html>\n").toString();
    }

    private String setting() {
        StringBuilder words = new StringBuilder();
        Load load = scenario.load();
        words.append("Calls to '").append(load.to()).append("': ").append(load.arrivals());
        words.append(load.clients() == 1 ? ", one client" : ", " + load.clients() + " clients");
        load.timeout()
                .ifPresent(timeout -> words.append(", attempts time out after ").append(Texts.time(timeout)));
        words.append(". ");
        for (Service service : scenario.services().values()) {
            words.append("'")
                    .append(service.name())
                    .append("': ")
                    .append(Axis.label(service.workers().count()));
            words.append(service.workers().count() == 1 ? " worker, " : " workers, ");
            words.append(service.workers().time()).append(". ");
        }
        for (Fault fault : scenario.faults()) {
            words.append("Fault: ")
                    .append(fault.kind())
                    .append(", '")
                    .append(fault.service())
                    .append("', at ");
            words.append(Texts.time(fault.at()))
                    .append(" for ")
                    .append(Texts.time(fault.lasting()))
                    .append(". ");
        }
        return words.toString().strip();
    }

    private String notes() {
        int runs = summaries.get(0).results().size();
        long seed = summaries.get(0).results().get(0).seed();
        String seeds = runs == 1 ? "One run, seed " + seed : "Means over " + runs + " runs, seeds from " + seed;
        return seeds
                + ". Recovery: whole seconds from the end of the fault until goodput, over five seconds each, stays at"
                + " 95 % of the load for 20 s; the worst of the runs. p50 and p99 are of the calls that succeeded.";
    }

    private void key() {
        html.append("<fieldset class=\"key\"><legend class=\"soft\">Show</legend>\n");
        for (int i = 0; i < summaries.size(); i++) {
            html.append("<label><input type=\"checkbox\" checked id=\"show")
                    .append(i)
                    .append("\">");
            html.append("<svg class=\"chart\" aria-hidden=\"true\"><path class=\"line s")
                    .append(i);
            html.append("\" d=\"M0 6H34\"/></svg>")
                    .append(Svg.escaped(summaries.get(i).name()))
                    .append("</label>\n");
        }
        html.append("</fieldset>\n");
    }

    private void chart(Chart chart) {
        section(chart.title());
        html.append("<figure>\n")
                .append(chart.svg(false))
                .append("<figcaption>")
                .append(Svg.escaped(chart.about()));
        html.append("</figcaption>\n<details><summary>The numbers</summary>\n<div class=\"scroll\" tabindex=\"0\">");
        html.append((chart.id().equals("latency") ? Tables.latency(summaries) : Tables.of(chart)).html());
        html.append("</div></details>\n</figure>\n");
    }

    private void section(String title) {
        html.append("<h2>").append(Svg.escaped(title)).append("</h2>\n");
    }

    private void paragraph(String type, String words) {
        html.append("<p class=\"")
                .append(type)
                .append("\">")
                .append(Svg.escaped(words))
                .append("</p>\n");
    }
}
