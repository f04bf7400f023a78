package dev.respite.sim.report;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.conclusion.Conclusion;
import dev.respite.sim.scenario.Balancer;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.sim.scenario.Discipline;
import dev.respite.sim.scenario.Ejection;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Formats;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Network;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The page of a report. */
final class ReportPage {

    private static final String SERVICE =
            "Recovery: whole seconds from the end of the fault until goodput, over five seconds each, stays at 95 % of the"
                    + " load for 20 s; the worst of the runs; unseen where a run has fewer than 20 s after the fault."
                    + " Before and goodput: calls that succeed in a second, before the fault and in the last 20 s. p50 and"
                    + " p99 are of calls that succeeded; those of all, until the caller had an answer, failures included."
                    + " Peak: the most requests in a second. Wasted: work on requests whose callers no longer waited.";

    private static final String HERD =
            "Mean wait: all delays of a call. Spread: from the first to the last of the clients' same retries. Load:"
                    + " the most retries in a tenth of a second.";

    private final Scenario scenario;
    private final List<PolicySummary> summaries;
    private final List<ReportFigure> figures;

    ReportPage(Scenario scenario, List<PolicySummary> summaries, List<ReportFigure> figures) {
        this.scenario = scenario;
        this.summaries = summaries;
        this.figures = figures;
    }

    String html() {
        Page page = new Page(scenario.name(), summaries.size());
        page.remark(setting());
        page.section("What came out");
        page.table(Tables.summary(scenario, summaries), "what came out");
        page.remark(notes());
        conclusions(page);
        if (scenario.hasCalmRun()) {
            page.section("Without the fault, with random failures");
            page.table(Tables.calm(scenario, summaries), "without the fault, with random failures");
            page.remark("The same services, load and seeds, no fault, for at most 30 s; so many of the requests to '"
                    + scenario.focus().name() + "' fail, each by chance.");
        }
        if (scenario.load().hasGroups()) {
            page.section("What the groups did");
            page.table(Tables.groups(summaries), "what the groups did");
        }
        page.section("Why calls ended");
        page.table(Tables.stopReasons(summaries), "why calls ended");
        page.key(summaries.stream().map(PolicySummary::name).toList());
        figures.forEach(page::figure);
        page.section("The policies");
        for (PolicySummary summary : summaries) {
            String budget =
                    summary.customBudget().map(name -> "; budgets: " + name).orElse("");
            page.code(summary.name(), summary.policy() + budget);
        }
        return page.end();
    }

    private void conclusions(Page page) {
        List<Conclusion> conclusions = Conclusion.of(summaries);
        if (!conclusions.isEmpty()) {
            page.section("Conclusions");
            conclusions.forEach(conclusion -> page.statement(conclusion.policy(), conclusion.text()));
        }
    }

    private String setting() {
        StringBuilder words = new StringBuilder(calls(scenario.load()));
        Network network = scenario.network();
        if (!network.equals(Network.NONE)) {
            words.append(" Network: ").append(network.latency()).append(" each way");
            words.append(network.loss() == 0 ? "." : ", " + Formats.percent(network.loss()) + " lost.");
        }
        scenario.services().values().forEach(service -> words.append(service(service)));
        scenario.faults().forEach(fault -> words.append(fault(fault)));
        return words.toString();
    }

    private static String calls(Load load) {
        return "Calls to '" + load.to() + "': "
                + load.groups().stream()
                        .map(group -> (load.hasGroups() ? "'" + group.name() + "' " : "") + group(group))
                        .collect(Collectors.joining("; "))
                + load.breaker().map(breaker -> ", breaker: " + breaker).orElse("")
                + load.timeout()
                        .map(limit -> ", attempts time out after " + Formats.time(limit))
                        .orElse("")
                + load.hedge()
                        .map(delay -> ", hedged after " + Formats.time(delay))
                        .orElse("")
                + load.balancer().map(ReportPage::balancer).orElse("")
                + ".";
    }

    private static String group(ClientGroup group) {
        int clients = group.clients();
        return group.arrivals()
                + (clients == 1 ? ", one client" : ", " + clients + " clients")
                + (clients > 1 && group.order() == ClientGroup.Order.TURN ? " in turn" : "")
                + (group.sharedBudget() ? " with one budget" : "")
                + group.overrides().to().map(to -> ", to '" + to + "'").orElse("")
                + group.overrides().policy().map(ReportPage::policy).orElse("");
    }

    private static String policy(RetryPolicy own) {
        return ", always under the policy " + own;
    }

    private static String balancer(Balancer balancer) {
        return ", balancer " + balancer.choice() + (balancer.isShared() ? " of all callers" : "")
                + (balancer.retriesElsewhere() ? ", retries to other replicas" : "")
                + balancer.ejection().map(ReportPage::ejection).orElse("");
    }

    private static String ejection(Ejection ejection) {
        return ", ejection for " + Formats.time(ejection.time()) + " after failures (" + ejection.rule()
                + ") of at most " + Formats.percent(ejection.maxRatio()) + " of the replicas";
    }

    private static String service(Service service) {
        int workers = service.workers().count();
        Service.Admission door = service.admission();
        Service.Failures failures = service.failures();
        return " '" + service.name() + "': " + (service.replicas() == 1 ? "" : service.replicas() + " replicas, each ")
                + Axis.label(workers) + (workers == 1 ? " worker, " : " workers, ")
                + service.workers().time()
                + (door.queue() == Service.UNLIMITED ? "" : ", queue of " + Axis.label(door.queue()))
                + discipline(door.discipline())
                + door.concurrencyLimit()
                        .map(limit -> ", concurrency limit " + limit)
                        .orElse("")
                + (door.rateLimit().isPresent()
                        ? ", rate limit " + Formats.number(door.rateLimit().getAsDouble()) + "/s burst " + door.burst()
                        : "")
                + (failures.part() == 0
                        ? ""
                        : ", failures " + Formats.percent(failures.part()) + " "
                                + (failures.status().isPresent()
                                        ? failures.status().getAsInt()
                                        : "timeout"))
                + service.downstream().map(ReportPage::calls).orElse("")
                + ".";
    }

    private static String discipline(Discipline discipline) {
        if (discipline instanceof Discipline.Order order) {
            return order == Discipline.Order.LIFO ? ", newest first" : "";
        }
        return ", discipline " + discipline;
    }

    private static String calls(Service.Downstream next) {
        return ", calls '" + next.to() + "'"
                + (next.sharedBudget() ? " with one budget of all replicas" : "")
                + next.policy().map(ReportPage::policy).orElse("")
                + next.balancer().map(ReportPage::balancer).orElse("");
    }

    private static String fault(Fault fault) {
        String degree = switch (fault.kind()) {
            case DOWN, REFUSE, PAUSE -> "";
            case SLOW -> " by " + Formats.number(fault.degree());
            case CAPACITY -> " to " + Formats.percent(fault.degree());
            case ERRORS, FAIL_FAST, THROTTLE -> " of " + Formats.percent(fault.degree());
        };
        return " Fault: " + fault.kind() + degree + ", '" + fault.service() + "'" + replica(fault) + ", at "
                + Formats.time(fault.at())
                + " for "
                + Formats.time(fault.duration())
                + (fault.ramp().isZero() ? "" : ", repaired within " + Formats.time(fault.ramp())) + ".";
    }

    private static String replica(Fault fault) {
        OptionalInt replica = fault.target().replica();
        return replica.isEmpty() ? "" : " replica " + replica.getAsInt();
    }

    private String notes() {
        int runs = summaries.get(0).results().size();
        long seed = summaries.get(0).results().get(0).seed();
        String seeds = runs == 1 ? "One run, seed " + seed : "Means over " + runs + " runs, seeds from " + seed;
        return seeds + ". Percentiles are of the calls of all runs. "
                + (scenario.load().isBurst() ? HERD : SERVICE);
    }
}
