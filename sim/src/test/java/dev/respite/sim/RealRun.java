package dev.respite.sim;

import dev.respite.sim.scenario.Scenario;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What happened in a run of real processes.
 *
 * @param result the same figures as of a simulation
 * @param work the mean time that a worker took for a request
 * @param late how late a call began, 99th percentile
 * @param calls the calls
 */
record RealRun(SimulationResult result, Duration work, Duration late, List<RealCall> calls) {

    static RealRun of(Scenario scenario, long seed, ClientsReport clients, RealService.Seen seen) {
        int seconds = (int) scenario.duration().toSeconds();
        Series.Counts began = new Series.Counts();
        Series.Counts succeeded = new Series.Counts();
        Series.Counts succeededByStart = new Series.Counts();
        Histogram successes = new Histogram(3);
        Histogram all = new Histogram(3);
        Histogram late = new Histogram(3);
        for (RealCall call : clients.calls()) {
            // A call that is due in the last moment may begin after the end.
            began.add(call.due());
            late.recordValue(Math.max(0, call.began() - call.due()) / 1_000);
            all.recordValue((call.ended() - call.began()) / 1_000);
            if (call.succeeded()) {
                succeeded.add(call.ended());
                succeededByStart.add(call.due());
                successes.recordValue((call.ended() - call.began()) / 1_000);
            }
        }
        // The budgets of real clients are not sampled.
        List<Double> budget = Collections.nCopies(seconds, Double.POSITIVE_INFINITY);
        Series series = new Series(
                began.first(seconds),
                seen.requests(),
                succeeded.first(seconds),
                succeededByStart.first(seconds),
                seen.queue(),
                budget,
                budget);
        long peak =
                Math.round(seen.requests().stream().mapToDouble(n -> n).max().orElse(0));
        SimulationResult.Work work = new SimulationResult.Work(clients.attempts(), peak, 0, new Waves(false));
        SimulationResult.Setting setting = new SimulationResult.Setting(scenario, seed);
        SimulationResult.Times times = new SimulationResult.Times(Latencies.of(successes, 0), Latencies.of(all, 0));
        SimulationResult result = new SimulationResult(setting, clients.counts(), work, List.of(), series, times);
        return new RealRun(
                result, seen.work(), Duration.ofNanos(late.getValueAtPercentile(99) * 1_000), clients.calls());
    }
}
