package dev.respite.sim.report;

import dev.respite.outcome.StopReason;
import dev.respite.sim.SimulationEvent;
import dev.respite.sim.SimulationEvent.BreakerChanged;
import dev.respite.sim.SimulationEvent.BudgetSampled;
import dev.respite.sim.SimulationEvent.CallEnded;
import dev.respite.sim.SimulationEvent.CallStarted;
import dev.respite.sim.SimulationEvent.Layer;
import dev.respite.sim.SimulationEvent.QueueSampled;
import dev.respite.sim.SimulationEvent.RequestArrived;
import dev.respite.sim.SimulationEvent.RetryRejected;
import dev.respite.sim.SimulationEvent.RetryScheduled;
import dev.respite.sim.SimulationListener;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

/** Records one run, in bins. */
final class RunRecorder implements SimulationListener {

    /** The longest time to answer that is distinguished from longer ones, in microseconds: a day. */
    private static final long LONGEST = 86_400_000_000L;

    /** Who pays for retries, if that is the clients of the load. */
    static final String CLIENTS = "";

    private final String focus;
    private final Bins bins;
    private final double[] requests;
    private final double[] goodput;
    private final double[] queue;
    private final Map<String, Budget> budgets = new LinkedHashMap<>();
    private final BreakerStates breakers;
    private final Histogram succeeded = new PackedHistogram(LONGEST, 3);
    private final Histogram all = new PackedHistogram(LONGEST, 3);
    private long pending;

    /** What one kind of caller pays from: the mean over the groups, where the callers are clients. */
    static final class Budget {
        final double[] sums;
        final int[] samples;
        long retries;

        Budget(int bins) {
            this.sums = new double[bins];
            this.samples = new int[bins];
        }

        double[] means() {
            double[] means = new double[sums.length];
            for (int i = 0; i < means.length; i++) {
                means[i] = samples[i] == 0 ? 0 : sums[i] / samples[i];
            }
            return means;
        }
    }

    RunRecorder(String focus, Bins bins) {
        this.focus = focus;
        this.bins = bins;
        this.requests = new double[bins.count()];
        this.goodput = new double[bins.count()];
        this.queue = new double[bins.count()];
        this.breakers = new BreakerStates(bins);
    }

    @Override
    public Duration sampleInterval() {
        return bins.duration();
    }

    @Override
    public void on(SimulationEvent event) {
        if (event instanceof RequestArrived arrived && arrived.service().equals(focus)) {
            count(requests, event.nanos());
        } else if (event instanceof CallStarted started
                && started.call().layer().isFront()) {
            pending++;
        } else if (event instanceof CallEnded ended && ended.call().layer().isFront()) {
            ended(ended);
        } else if (event instanceof RetryScheduled retry) {
            budget(retry.call().layer()).retries++;
        } else if (event instanceof RetryRejected retry) {
            budget(retry.call().layer()).retries++;
        } else if (event instanceof QueueSampled sample && sample.service().equals(focus)) {
            int bin = bins.at(sample.nanos() - 1);
            if (bin < queue.length) {
                queue[bin] = sample.waiting();
            }
        } else if (event instanceof BudgetSampled sample) {
            int bin = bins.at(sample.nanos() - 1);
            if (bin < queue.length) {
                Budget budget = budget(sample.layer());
                budget.sums[bin] += sample.retriesLeft();
                budget.samples[bin]++;
            }
        } else if (event instanceof BreakerChanged changed) {
            breakers.changed(changed);
        }
    }

    private void ended(CallEnded ended) {
        pending--;
        long micros = Math.min(LONGEST, ended.latencyNanos() / 1_000);
        all.recordValue(micros);
        if (ended.reason() == StopReason.ACCEPTED) {
            succeeded.recordValue(micros);
            count(goodput, ended.nanos());
        }
    }

    private void count(double[] counts, long nanos) {
        int bin = bins.at(nanos);
        if (bin < counts.length) {
            counts[bin] += bins.scale();
        }
    }

    private Budget budget(Layer layer) {
        return budgets.computeIfAbsent(layer.isFront() ? CLIENTS : layer.caller(), payer -> new Budget(bins.count()));
    }

    double[] requests() {
        return requests;
    }

    double[] goodput() {
        return goodput;
    }

    double[] queue() {
        return queue;
    }

    /** By who pays from them. */
    Map<String, Budget> budgets() {
        return budgets;
    }

    BreakerStates breakers() {
        return breakers;
    }

    /** How long calls took that succeeded, in microseconds. */
    Histogram succeeded() {
        return succeeded;
    }

    /** How long all calls took, in microseconds, those that have ended. */
    Histogram all() {
        return all;
    }

    /** Calls that have not ended. */
    long pending() {
        return pending;
    }
}
