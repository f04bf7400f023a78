package dev.respite.sim.report;

import dev.respite.sim.SimulationEvent.BreakerChanged;
import dev.respite.sim.SimulationEvent.BreakerChanged.State;
import java.util.HashMap;
import java.util.Map;

/** For how much of each bin the breakers of a run were open, and how much half open, on average over the breakers. */
final class BreakerStates {

    private final Bins bins;
    private final Map<Integer, State> states = new HashMap<>();
    private final double[] open;
    private final double[] halfOpen;
    private long opened;
    private long trying;
    private long since;

    BreakerStates(Bins bins) {
        this.bins = bins;
        this.open = new double[bins.count()];
        this.halfOpen = new double[bins.count()];
    }

    void changed(BreakerChanged change) {
        advanceTo(change.nanos());
        count(states.put(change.breaker(), change.state()), -1);
        count(change.state(), 1);
    }

    private void count(State state, int one) {
        if (state == State.OPEN) {
            opened += one;
        } else if (state == State.HALF_OPEN) {
            trying += one;
        }
    }

    private void advanceTo(long now) {
        long end = Math.min(now, bins.nanos() * bins.count());
        while (since < end) {
            int bin = bins.at(since);
            long next = Math.min(end, (bin + 1) * bins.nanos());
            open[bin] += opened * (double) (next - since);
            halfOpen[bin] += trying * (double) (next - since);
            since = next;
        }
    }

    boolean areAny() {
        return !states.isEmpty();
    }

    /** In percent of the breakers. */
    double[] open() {
        return percent(open);
    }

    /** In percent of the breakers. */
    double[] halfOpen() {
        return percent(halfOpen);
    }

    private double[] percent(double[] areas) {
        advanceTo(bins.nanos() * bins.count());
        double[] percents = new double[areas.length];
        for (int i = 0; i < areas.length; i++) {
            percents[i] = states.isEmpty() ? 0 : 100 * areas[i] / ((double) bins.nanos() * states.size());
        }
        return percents;
    }
}
