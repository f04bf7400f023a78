package dev.respite.sim;

import dev.respite.outcome.StopReason;
import dev.respite.sim.SimulationEvent.BudgetSampled;
import dev.respite.sim.SimulationEvent.CallEnded;
import dev.respite.sim.SimulationEvent.CallEvent;
import dev.respite.sim.SimulationEvent.QueueSampled;
import dev.respite.sim.SimulationEvent.RequestArrived;
import dev.respite.sim.SimulationEvent.RequestFinished;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds up the events of a run: what a result has, from its other end. */
final class EventCounts implements SimulationListener {

    private static final long SECOND = 1_000_000_000L;

    private final String focus;
    final Map<StopReason, Long> reasons = new EnumMap<>(StopReason.class);
    final Map<CallEvent.Kind, Long> results = new EnumMap<>(CallEvent.Kind.class);
    final Map<String, Long> attemptsByCaller = new HashMap<>();
    final Map<Integer, Long> retriesByTenth = new HashMap<>();
    final Map<Integer, Double> callsBySecond = new HashMap<>();
    final Map<Integer, Double> goodputBySecond = new HashMap<>();
    final Map<Integer, Double> requestsBySecond = new HashMap<>();
    final List<Double> queue = new ArrayList<>();
    final List<Double> budget = new ArrayList<>();
    final List<Double> overloadBudget = new ArrayList<>();
    long attemptsAtFocus;
    long hedges;
    long rejected;
    long delayNanos;
    long wastedNanos;
    long longestSuccess;

    EventCounts(String focus) {
        this.focus = focus;
    }

    @Override
    public void on(SimulationEvent event) {
        int second = (int) (event.nanos() / SECOND);
        if (event instanceof CallEvent step) {
            stepped(step, second);
        } else if (event instanceof CallEnded ended) {
            if (ended.call().layer().isFront()) {
                callEnded(ended, second);
            }
        } else if (event instanceof RequestArrived request) {
            requestsBySecond.merge(second, request.service().equals(focus) ? 1.0 : 0, Double::sum);
        } else if (event instanceof RequestFinished request) {
            wastedNanos += request.isAbandoned() ? request.workNanos() : 0;
        } else if (event instanceof QueueSampled sample && sample.service().equals(focus)) {
            queue.add((double) sample.waiting());
        } else if (event instanceof BudgetSampled sample && sample.layer().isFront()) {
            budget.add(sample.retriesLeft());
            overloadBudget.add(sample.overloadRetriesLeft());
        }
    }

    private void stepped(CallEvent step, int second) {
        boolean isFront = step.call().layer().isFront();
        switch (step.kind()) {
            case STARTED -> callsBySecond.merge(second, isFront ? 1.0 : 0, Double::sum);
            case ATTEMPT, HEDGE -> attempt(step);
            case RETRY_SCHEDULED -> delayNanos += isFront ? step.delayNanos() : 0;
            case RETRY_REJECTED -> rejected += isFront ? 1 : 0;
            default -> results.merge(step.kind(), 1L, Long::sum);
        }
    }

    private void attempt(CallEvent started) {
        SimulationEvent.Layer layer = started.call().layer();
        attemptsAtFocus += layer.service().equals(focus) ? 1 : 0;
        hedges += started.kind() == CallEvent.Kind.HEDGE ? 1 : 0;
        if (layer.isFront()) {
            attemptsByCaller.merge(layer.caller(), 1L, Long::sum);
            if (started.attempt() > 1) {
                retriesByTenth.merge((int) (started.nanos() / (SECOND / 10)), 1L, Long::sum);
            }
        }
    }

    private void callEnded(CallEnded ended, int second) {
        reasons.merge(ended.reason(), 1L, Long::sum);
        if (ended.reason() == StopReason.ACCEPTED) {
            goodputBySecond.merge(second, 1.0, Double::sum);
            longestSuccess = Math.max(longestSuccess, ended.latencyNanos());
        }
    }

    static List<Double> first(Map<Integer, Double> bySecond, int seconds) {
        List<Double> list = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            list.add(bySecond.getOrDefault(second, 0.0));
        }
        return list;
    }
}
