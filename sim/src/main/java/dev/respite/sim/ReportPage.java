package dev.respite.sim;

import java.util.List;

/** The page of a report. */
final class ReportPage {

    private static final String SERVICE =
            "Recovery: whole seconds from the end of the fault until goodput, over five seconds each, stays at 95 % of the"
                    + " load for 20 s; the worst of the runs. Before, after: calls that succeed in a second, before the"
                    + " fault and in the last 20 s. p50 and p99 are of calls that succeeded. Peak: the most requests in a"
                    + " second.";

    private static final String HERD =
            "Mean wait: all delays of a call. Spread: from the first to the last of the clients' same retries. Busiest:"
                    + " the most retries in a tenth of a second.";

    private final Scenario scenario;
    private final List<PolicySummary> summaries;
    private final List<Chart> charts;

    ReportPage(Scenario scenario, List<PolicySummary> summaries, List<Chart> charts) {
        this.scenario = scenario;
        this.summaries = summaries;
        this.charts = charts;
    }

    String html() {
        Page page = new Page(scenario.name(), summaries.size());
        page.remark(setting());
        page.section("What came out");
        page.table(Tables.summary(scenario, summaries), "what came out");
        page.remark(notes());
        page.key(summaries.stream().map(PolicySummary::name).toList());
        for (Chart chart : charts) {
            page.chart(chart, chart.id().equals("latency") ? Tables.latency(summaries) : Tables.of(chart));
        }
        page.section("The policies");
        summaries.forEach(summary -> page.code(summary.name(), summary.policy().toString()));
        return page.end();
    }

    private String setting() {
        StringBuilder words = new StringBuilder();
        Load load = scenario.load();
        words.append("Calls to '").append(load.to()).append("': ").append(load.arrivals());
        words.append(
                load.clients().count() == 1
                        ? ", one client"
                        : ", " + load.clients().count() + " clients");
        load.clients()
                .breaker()
                .ifPresent(breaker -> words.append(", breaker: ").append(breaker));
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
        return seeds + ". Per call: attempts for each call. " + (scenario.load().isBurst() ? HERD : SERVICE);
    }
}
