package dev.respite.lab;

import dev.respite.outcome.StopReason;
import dev.respite.sim.SimulationEvent;
import dev.respite.sim.SimulationEvent.Call;
import dev.respite.sim.SimulationEvent.CallEnded;
import dev.respite.sim.SimulationEvent.CallEvent;
import dev.respite.sim.SimulationEvent.QueueSampled;
import dev.respite.sim.SimulationEvent.RequestArrived;
import dev.respite.sim.SimulationEvent.RequestFinished;
import dev.respite.sim.SimulationListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A run as a page plays it: the way of each attempt of one call in so many, and the counts of all calls in bins of half a
 * second.
 */
final class Replay implements SimulationListener {

    private static final long BIN_NANOS = 500_000_000;
    private static final Duration SAMPLE = Duration.ofMillis(100);
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Above any number of attempts that a call of this page makes. */
    private static final long MAX_ATTEMPTS = 1_000_000;

    /** Stands for the time of an event that has not happened. */
    private static final long NEVER = -1;

    private final String focus;
    private final int every;
    private final Map<Long, Way> ways = new LinkedHashMap<>();
    private final List<Double> begun = new ArrayList<>();
    private final List<Double> succeeded = new ArrayList<>();
    private final List<Double> goodput = new ArrayList<>();
    private final List<Double> requests = new ArrayList<>();
    private final List<Double> queue = new ArrayList<>();

    /** The times of one attempt, in nanoseconds, and how it ended for its caller. */
    private static final class Way {

        private final long call;
        private final int attempt;
        private final long sent;
        private long arrived = NEVER;
        private long begun = NEVER;
        private long finished = NEVER;
        private long ended = NEVER;
        private CallEvent.Kind result = CallEvent.Kind.STARTED;

        Way(long call, int attempt, long sent) {
            this.call = call;
            this.attempt = attempt;
            this.sent = sent;
        }
    }

    /**
     * Records a run.
     *
     * @param focus the service that is drawn
     * @param every the attempts of one call in so many are recorded
     */
    Replay(String focus, int every) {
        this.focus = focus;
        this.every = every;
    }

    @Override
    public Duration sampleInterval() {
        return SAMPLE;
    }

    @Override
    public void on(SimulationEvent event) {
        if (event instanceof CallEvent step) {
            stepped(step);
        } else if (event instanceof CallEnded ended) {
            ended(ended);
        } else if (event instanceof RequestArrived request && request.service().equals(focus)) {
            count(requests, event.nanos());
            way(request.call(), request.attempt(), way -> way.arrived = event.nanos());
        } else if (event instanceof RequestFinished request && request.service().equals(focus)) {
            way(request.call(), request.attempt(), way -> {
                way.begun = event.nanos() - request.workNanos();
                way.finished = event.nanos();
            });
        } else if (event instanceof QueueSampled sample && sample.service().equals(focus)) {
            queue.add((double) sample.waiting());
        }
    }

    private void stepped(CallEvent event) {
        Call call = event.call();
        if (!call.layer().isFront()) {
            return;
        }
        switch (event.kind()) {
            case STARTED -> count(begun, event.nanos());
            case ATTEMPT, HEDGE -> {
                if (call.number() % every == 0) {
                    ways.put(
                            key(call.number(), event.attempt()),
                            new Way(call.number(), event.attempt(), event.nanos()));
                }
            }
            case SERVED, FAILED, TIMED_OUT, REJECTED, CANCELLED ->
                way(call.number(), event.attempt(), way -> {
                    way.ended = event.nanos();
                    way.result = event.kind();
                });
            case RETRY_SCHEDULED, RETRY_REJECTED -> {}
        }
    }

    private void ended(CallEnded event) {
        if (event.call().layer().isFront() && event.reason() == StopReason.ACCEPTED) {
            count(succeeded, event.nanos() - event.latencyNanos());
            count(goodput, event.nanos());
        }
    }

    private void way(long call, int attempt, Consumer<Way> then) {
        if (call % every == 0) {
            Way way = ways.get(key(call, attempt));
            if (way != null) {
                then.accept(way);
            }
        }
    }

    private static long key(long call, int attempt) {
        return call * MAX_ATTEMPTS + attempt;
    }

    private static void count(List<Double> bins, long nanos) {
        int index = (int) (nanos / BIN_NANOS);
        while (bins.size() <= index) {
            bins.add(0.0);
        }
        bins.set(index, bins.get(index) + 1);
    }

    /**
     * Writes all of it. Each attempt has eight numbers in a row. The first is the difference of its call to the call of the attempt
     * before, and the second its own number. The third is the time since the attempt before was sent. The next four are times: from sent
     * to arrived, from arrived to begun, from begun to finished, and from sent to ended. The last is the number of its end. Times are in
     * milliseconds, and -1 if the event has not happened.
     */
    void write(JsonWriter json) {
        List<Double> numbers = new ArrayList<>(8 * ways.size());
        long call = 0;
        long sent = 0;
        for (Way way : ways.values()) {
            numbers.add((double) (way.call - call));
            numbers.add((double) way.attempt);
            numbers.add((double) (millis(way.sent) - sent));
            numbers.add(span(way.sent, way.arrived));
            numbers.add(span(way.arrived, way.begun));
            numbers.add(span(way.begun, way.finished));
            numbers.add(span(way.sent, way.ended));
            numbers.add(number(way.result));
            call = way.call;
            sent = millis(way.sent);
        }
        json.number("binMs", (double) BIN_NANOS / NANOS_PER_MILLI)
                .number("sampleMs", (double) SAMPLE.toMillis())
                .whole("every", every)
                .numbers("attempts", numbers)
                .numbers("begun", begun)
                .numbers("succeeded", succeeded)
                .numbers("goodput", goodput)
                .numbers("requests", requests)
                .numbers("queue", queue);
    }

    private static long millis(long nanos) {
        return nanos / NANOS_PER_MILLI;
    }

    private static double span(long from, long to) {
        return to == NEVER ? NEVER : millis(to) - millis(from);
    }

    private static double number(CallEvent.Kind end) {
        return switch (end) {
            case SERVED -> 1;
            case FAILED -> 2;
            case TIMED_OUT -> 3;
            case REJECTED -> 4;
            case CANCELLED -> 5;
            case STARTED, ATTEMPT, HEDGE, RETRY_SCHEDULED, RETRY_REJECTED -> 0;
        };
    }
}
