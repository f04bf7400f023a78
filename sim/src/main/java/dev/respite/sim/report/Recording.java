package dev.respite.sim.report;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.report.RunRecorder.Budget;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * What a policy did, in bins. Results have no more than a number for each second: a report runs each of them once more, with
 * the same setting and so with the same events, and records what it draws.
 */
final class Recording {

    private final PolicySummary summary;
    private final List<RunRecorder> runs;

    private Recording(PolicySummary summary, List<RunRecorder> runs) {
        this.summary = summary;
        this.runs = runs;
    }

    private record Run(PolicySummary summary, SimulationResult result) {}

    /** Runs all, on as many threads as there are processors; the order of the summaries is kept. */
    static List<Recording> of(Bins bins, List<PolicySummary> summaries) {
        List<RunRecorder> recorded = summaries.stream()
                .flatMap(summary -> summary.results().stream().map(result -> new Run(summary, result)))
                .toList()
                .parallelStream()
                .map(run -> record(bins, run))
                .toList();
        List<Recording> recordings = new ArrayList<>();
        int from = 0;
        for (PolicySummary summary : summaries) {
            int to = from + summary.results().size();
            recordings.add(new Recording(summary, recorded.subList(from, to)));
            from = to;
        }
        return recordings;
    }

    private static RunRecorder record(Bins bins, Run run) {
        RunRecorder recorder = new RunRecorder(run.result().scenario().focus().name(), bins);
        SimulationResult unused =
                Simulation.observe(run.result().setting(), run.summary().policy(), recorder);
        return recorder;
    }

    String name() {
        return summary.name();
    }

    PolicySummary summary() {
        return summary;
    }

    int runs() {
        return runs.size();
    }

    Band requests() {
        return band(RunRecorder::requests);
    }

    Band goodput() {
        return band(RunRecorder::goodput);
    }

    Band queue() {
        return band(RunRecorder::queue);
    }

    private Band band(Function<RunRecorder, double[]> column) {
        return Band.of(runs.stream().map(column).toList());
    }

    /** Who has budgets: the clients, or a service that calls another. */
    Set<String> payers() {
        Set<String> payers = new LinkedHashSet<>();
        runs.forEach(run -> payers.addAll(run.budgets().keySet()));
        return payers;
    }

    /** Returns whether the policy of one allows retries: its own, or that of the run. */
    boolean mayRetry(String payer) {
        Scenario scenario = summary.results().get(0).scenario();
        Stream<Optional<RetryPolicy>> own = payer.equals(RunRecorder.CLIENTS)
                ? scenario.load().groups().stream()
                        .map(group -> group.overrides().policy())
                : Stream.of(scenario.service(payer).downstream().flatMap(Service.Downstream::policy));
        return own.anyMatch(policy -> policy.orElse(summary.policy()).limits().maxAttempts() > 1);
    }

    /** The retries that one has made or was refused. */
    long retriesOf(String payer) {
        return runs.stream().mapToLong(run -> budget(run, payer).retries).sum();
    }

    Band budgetOf(String payer) {
        return band(run -> budget(run, payer).means());
    }

    private static Budget budget(RunRecorder run, String payer) {
        return Objects.requireNonNull(run.budgets().get(payer), "each run has the budgets of all");
    }

    boolean hasBreakers() {
        return runs.stream().anyMatch(run -> run.breakers().areAny());
    }

    Band openBreakers() {
        return band(run -> run.breakers().open());
    }

    Band halfOpenBreakers() {
        return band(run -> run.breakers().halfOpen());
    }

    /** How long calls took that succeeded, in microseconds, those of all runs together. */
    Histogram succeeded() {
        return together(RunRecorder::succeeded);
    }

    /** How long calls took to succeed or to fail, in microseconds, those of all runs together. */
    Histogram all() {
        return together(RunRecorder::all);
    }

    private Histogram together(Function<RunRecorder, Histogram> part) {
        Histogram sum = part.apply(runs.get(0)).copy();
        runs.subList(1, runs.size()).forEach(run -> sum.add(part.apply(run)));
        return sum;
    }

    /** Calls that have not ended. */
    long pending() {
        return runs.stream().mapToLong(RunRecorder::pending).sum();
    }
}
