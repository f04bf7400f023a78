package dev.respite.lab;

import dev.respite.outcome.StopReason;
import dev.respite.sim.SimulationEvent;
import dev.respite.sim.SimulationEvent.BreakerChanged;
import dev.respite.sim.SimulationEvent.BudgetSampled;
import dev.respite.sim.SimulationEvent.Call;
import dev.respite.sim.SimulationEvent.CallEnded;
import dev.respite.sim.SimulationEvent.CallEvent;
import dev.respite.sim.SimulationEvent.Layer;
import dev.respite.sim.SimulationEvent.QueueSampled;
import dev.respite.sim.SimulationEvent.RequestArrived;
import dev.respite.sim.SimulationEvent.RequestFinished;
import dev.respite.sim.SimulationListener;
import dev.respite.sim.scenario.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The events of a run, as a page draws them: the calls of the first clients with each of their attempts, counts of everything in
 * bins of equal length, samples of queues and budgets, the states of breakers, and the attempts of each layer during a fault.
 */
final class Observation implements SimulationListener {

    private static final double NANOS_PER_MILLI = 1e6;

    private final long binNanos;
    private final int lanes;

    /** The distance between two clients whose calls are recorded. */
    private final int stride;

    private final String focus;
    private final Map<Count, List<Double>> bins = new LinkedHashMap<>();
    private final Map<Long, Lane> calls = new LinkedHashMap<>();
    private final FaultCalls fault;
    private final Map<Layer, Samples> budgets = new LinkedHashMap<>();
    private final List<Double> queue = new ArrayList<>();
    private final List<BreakerChanged> breakers = new ArrayList<>();
    private final List<Double> latencies = new ArrayList<>();

    /** The counts in bins. */
    private enum Count {
        CALLS("calls"),
        FIRST_ATTEMPTS("firstAttempts"),
        RETRIES("retries"),
        REJECTED_RETRIES("rejectedRetries"),
        SUCCEEDED("succeeded"),
        FAILED("failed"),
        REQUESTS("requests"),
        WASTED_MILLIS("wastedMs");

        private final String key;

        Count(String key) {
            this.key = key;
        }
    }

    /** The retries that budgets have left: of ordinary errors, and of overload signals. */
    private static final class Samples {
        private final List<Double> ordinary = new ArrayList<>();
        private final List<Double> overload = new ArrayList<>();
    }

    /** The call of a client, as far as it has come. */
    private static final class Lane {
        private final CallEvent start;
        private final List<CallEvent> attempts = new ArrayList<>();
        private final Map<Integer, CallEvent> ends = new LinkedHashMap<>();
        private final List<CallEvent> retries = new ArrayList<>();
        private double rejected = Double.NaN;
        private double end = Double.NaN;
        private String reason = "";

        Lane(CallEvent start) {
            this.start = start;
        }
    }

    /**
     * Observes a run.
     *
     * @param focus the service whose requests, work and queue are counted
     * @param bin the length of a bin, and the time between two samples
     * @param clients how many clients the load has
     * @param lanes how many of them have their calls recorded, at equal distances
     * @param faults the faults of the scenario
     */
    Observation(String focus, Duration bin, int clients, int lanes, List<Fault> faults) {
        this.focus = focus;
        this.stride = Math.max(1, clients / Math.max(1, lanes));
        this.binNanos = bin.toNanos();
        this.lanes = lanes;
        this.fault = new FaultCalls(faults);
        for (Count count : Count.values()) {
            bins.put(count, new ArrayList<>());
        }
    }

    @Override
    public Duration sampleInterval() {
        return Duration.ofNanos(binNanos);
    }

    @Override
    public void on(SimulationEvent event) {
        if (event instanceof CallEvent step) {
            stepped(step);
        } else if (event instanceof CallEnded ended) {
            ended(ended);
        } else if (event instanceof RequestArrived request) {
            if (request.service().equals(focus)) {
                count(Count.REQUESTS, event, 1);
            }
        } else if (event instanceof RequestFinished request) {
            if (request.service().equals(focus)) {
                count(Count.WASTED_MILLIS, event, request.isAbandoned() ? millis(request.workNanos()) : 0);
            }
        } else if (event instanceof BreakerChanged changed) {
            breakers.add(changed);
        } else if (event instanceof BudgetSampled sample) {
            Samples samples = budgets.computeIfAbsent(sample.layer(), layer -> new Samples());
            samples.ordinary.add(sample.retriesLeft());
            samples.overload.add(sample.overloadRetriesLeft());
        } else if (event instanceof QueueSampled sample && sample.service().equals(focus)) {
            queue.add((double) sample.waiting());
        }
    }

    private void stepped(CallEvent event) {
        switch (event.kind()) {
            case STARTED -> started(event);
            case ATTEMPT, HEDGE -> attempted(event);
            case SERVED, FAILED, TIMED_OUT, REJECTED, CANCELLED ->
                lane(event.call(), lane -> lane.ends.put(event.attempt(), event));
            case RETRY_SCHEDULED -> lane(event.call(), lane -> lane.retries.add(event));
            case RETRY_REJECTED -> {
                if (event.call().layer().isFront()) {
                    count(Count.REJECTED_RETRIES, event, 1);
                }
                lane(event.call(), lane -> lane.rejected = millis(event.nanos()));
            }
        }
    }

    private void started(CallEvent event) {
        Call call = event.call();
        fault.started(call, event.nanos());
        if (!call.layer().isFront()) {
            return;
        }
        count(Count.CALLS, event, 1);
        if (call.client() % stride == 0 && call.client() / stride < lanes) {
            calls.put(call.number(), new Lane(event));
        }
    }

    private void attempted(CallEvent event) {
        fault.attempted(event.call());
        if (event.call().layer().isFront()) {
            count(event.attempt() == 1 ? Count.FIRST_ATTEMPTS : Count.RETRIES, event, 1);
        }
        lane(event.call(), lane -> lane.attempts.add(event));
    }

    private void ended(CallEnded event) {
        fault.ended(event);
        if (!event.call().layer().isFront()) {
            return;
        }
        boolean succeeded = event.reason() == StopReason.ACCEPTED;
        count(succeeded ? Count.SUCCEEDED : Count.FAILED, event, 1);
        if (succeeded) {
            latencies.add(millis(event.latencyNanos()));
        }
        lane(event.call(), lane -> {
            lane.end = millis(event.nanos());
            lane.reason = event.reason().name();
        });
    }

    private void lane(Call call, Consumer<Lane> then) {
        Lane lane = calls.get(call.number());
        if (lane != null) {
            then.accept(lane);
        }
    }

    private void count(Count count, SimulationEvent event, double amount) {
        List<Double> bin = Objects.requireNonNull(bins.get(count), count.key);
        int index = (int) (event.nanos() / binNanos);
        while (bin.size() <= index) {
            bin.add(0.0);
        }
        bin.set(index, bin.get(index) + amount);
    }

    private static double millis(long nanos) {
        return nanos / NANOS_PER_MILLI;
    }

    /** Writes all of it. Times are in milliseconds since the beginning of the run. */
    void write(JsonWriter json) {
        json.number("binMs", millis(binNanos))
                .object("bins", object -> bins.forEach((count, numbers) -> object.numbers(count.key, numbers)))
                .numbers("queue", queue)
                .objects(
                        "budgets",
                        List.copyOf(budgets.entrySet()),
                        (object, budget) -> object.text(
                                        "caller", budget.getKey().caller())
                                .text("service", budget.getKey().service())
                                .numbers("retriesLeft", budget.getValue().ordinary)
                                .numbers("overloadRetriesLeft", budget.getValue().overload))
                .object("fault", fault::write)
                .objects(
                        "breakers",
                        breakers,
                        (object, changed) -> object.number("atMs", millis(changed.nanos()))
                                .whole("breaker", changed.breaker())
                                .text("state", changed.state().name()))
                .objects("calls", List.copyOf(calls.values()), Observation::write)
                .numbers("latencyTail", Tail.of(latencies));
    }

    private static void write(JsonWriter json, Lane lane) {
        json.whole("client", lane.start.call().client())
                .number("startMs", millis(lane.start.nanos()))
                .number("endMs", lane.end)
                .text("reason", lane.reason)
                .number("rejectedMs", lane.rejected)
                .objects("attempts", lane.attempts, (object, attempt) -> {
                    CallEvent end = lane.ends.get(attempt.attempt());
                    object.number("startMs", millis(attempt.nanos()))
                            .number("endMs", end == null ? Double.NaN : millis(end.nanos()))
                            .text("result", end == null ? "" : end.kind().name());
                })
                .objects(
                        "delays",
                        lane.retries,
                        (object, retry) -> object.number("startMs", millis(retry.nanos()))
                                .number("delayMs", millis(retry.delayNanos())));
    }
}
