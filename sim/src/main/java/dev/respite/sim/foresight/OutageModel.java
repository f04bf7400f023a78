package dev.respite.sim.foresight;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.ClockUse;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Calculates the load of a target before, during and after an outage. The clients have the budgets of production; the target is
 * a formula.
 *
 * <p>Time goes in steps of {@code d = min(50 ms, timeout/8)}. The backlog of the target, in requests, is
 *
 * <pre>B(t + d) = max(0, B(t) + a(t) − capacity·d),   0 in the outage,</pre>
 *
 * where {@code a(t)} are first attempts, {@code rate·d}, and retries that begin in this step. Of these attempts the fraction
 * {@code p(t) = P(B(t)/capacity + R > timeout)} times out. R is the response time of the queue without the backlog
 * ({@link ResponseTime}). In the outage {@code p(t)} is 1. The other attempts succeed after {@code B(t)/capacity + E[R]}. An
 * attempt that times out still costs capacity. One timeout later the budget of its client grants or rejects the retry. After the
 * delay of the policy the retry is added to {@code a}.
 *
 * <p>So where {@code B > capacity·timeout} all attempts time out. Then the target recovers only when the clients have no
 * credit left, {@code (retries left)/(capacity − rate)} seconds later. It never recovers if retries are granted without limit.
 *
 * <p>In an unlucky run of z standard deviations the backlog is {@code z·√(2·capacity·timeout)} at the end of the outage. Arrivals
 * and services in one timeout each have a variance of about {@code capacity·timeout}.
 *
 * <p>Calls come at equal distances. Their clients follow a fixed order without a pattern. Above {@value #MAX_CALL_RATE} calls a
 * second, each call of the model stands for several calls, and each client for as many clients or for one with that many calls.
 */
final class OutageModel {

    static final int WARM_UP_SECONDS = 40;
    static final int OUTAGE_SECONDS = 10;
    static final int AFTER_SECONDS = 120;
    private static final int OUTAGE_END = WARM_UP_SECONDS + OUTAGE_SECONDS;

    /** The seconds for which goodput must stay high enough, as in the simulator. */
    static final int STABLE_SECONDS = 20;

    private static final int WINDOW = 5;
    private static final double MIN_GOODPUT = 0.95;

    /**
     * The deviation of the worst case, in standard deviations. Of 370 simulated fleets, 1 leaves 8 harmed ones undetected, 2 leaves
     * 4, and 3 leaves 4 and calls 15 harmed that are not.
     */
    static final double UNLUCKY = 2;

    private static final double MAX_STEP = 0.05;
    private static final double MIN_STEP = 0.001;
    private static final int STEPS_IN_TIMEOUT = 8;
    private static final double MAX_CALL_RATE = 1_000;
    private static final double GOLDEN_RATIO = 0.618_033_988_749_894_9;

    private final TimeoutRetries retries;
    private final FleetDemand demand;
    private final ResponseTime response;
    private final double unlucky;
    private final double step;

    /** The number of calls that one call of the model stands for. */
    private final double weight;

    private final VirtualTime time = new VirtualTime();
    private final Random random = new Random(1);
    private final int clients;
    private final Map<Integer, RetryBudget> budgets = new HashMap<>();

    /** Events at the end of each step. */
    private final List<List<Event>> events;

    private final double[] succeeded = new double[OUTAGE_END + AFTER_SECONDS];
    private double arrivals;
    private double retriesAfter;
    private double delayed;
    private double late;

    /** An attempt of a client that begins, succeeds or times out; {@code seconds} is its duration. */
    private record Event(Kind kind, Call call, int attempt, double seconds) {}

    private record Call(int client, double begun) {}

    private enum Kind {
        BEGIN,
        SUCCESS,
        TIMEOUT
    }

    /** The fate of attempts that begin now: the fraction that times out, and the duration of the others. */
    private record CallResult(double now, double late, double seconds) {}

    /**
     * Runs the model.
     *
     * @param unlucky the backlog at the end of the outage, in standard deviations; 0 for the expected one
     */
    OutageModel(TimeoutRetries retries, FleetDemand demand, double unlucky) {
        this.retries = retries;
        this.demand = demand;
        this.unlucky = unlucky;
        this.step = Math.max(MIN_STEP, Math.min(MAX_STEP, demand.timeoutSeconds() / STEPS_IN_TIMEOUT));
        this.weight = Math.max(1, demand.rate() / MAX_CALL_RATE);
        this.response = new ResponseTime(demand);
        this.clients = (int) Math.max(1, Math.round(demand.clients() / weight));
        this.events = IntStream.range(0, (int) (succeeded.length / step))
                .<List<Event>>mapToObj(index -> new ArrayList<>())
                .toList();
        run();
    }

    /** Returns the whole seconds from the end of the outage until enough calls succeed for long enough. */
    OptionalInt recovery() {
        for (int start = OUTAGE_END; start + STABLE_SECONDS <= succeeded.length; start++) {
            if (isRecovered(start) && start - OUTAGE_END >= Math.floor(response.unsettledSeconds())) {
                return OptionalInt.of(start - OUTAGE_END);
            }
        }
        return OptionalInt.empty();
    }

    private boolean isRecovered(int start) {
        for (int from = start; from + WINDOW <= start + STABLE_SECONDS; from++) {
            double sum = 0;
            for (int second = from; second < from + WINDOW; second++) {
                sum += succeeded[second];
            }
            if (sum < MIN_GOODPUT * WINDOW * demand.rate()) {
                return false;
            }
        }
        return true;
    }

    /** Returns the number of retries that were granted after the outage. */
    double retriesAfter() {
        return retriesAfter;
    }

    private void run() {
        double backlog = 0;
        double due = 0;
        long calls = 0;
        boolean wasDown = false;
        Duration stepTime = Duration.ofNanos(Math.round(1e9 * step));
        for (int i = 0; i < events.size(); i++) {
            double now = i * step;
            boolean down = now >= WARM_UP_SECONDS && now < OUTAGE_END;
            if (wasDown && !down) {
                backlog = unlucky * StrictMath.sqrt(2 * demand.capacity() * demand.timeoutSeconds());
            }
            wasDown = down;
            CallResult result = resultOf(now, down, backlog / demand.capacity());
            arrivals = 0;
            for (due += demand.rate() / weight * step; due >= 1; due--) {
                Call call = new Call(client(calls++), now);
                begin(new Event(Kind.BEGIN, call, 1, 0), result);
            }
            events.get(i).forEach(event -> process(event, result));
            events.get(i).clear();
            backlog = down ? 0 : Math.max(0, backlog + arrivals - demand.capacity() * step);
            time.advance(stepTime);
        }
    }

    private CallResult resultOf(double now, boolean down, double wait) {
        double warm = now < WARM_UP_SECONDS ? now : Math.max(0, now - OUTAGE_END);
        double seconds = Math.min(demand.timeoutSeconds(), wait + response.mean(warm));
        return new CallResult(now, down ? 1 : response.late(demand.timeoutSeconds() - wait, warm), seconds);
    }

    /** Mixes the bits of a number: any client, and each as often as the others. */
    private int client(long call) {
        long mixed = (call + 1) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return (int) Long.remainderUnsigned(mixed ^ (mixed >>> 31), clients);
    }

    private RetryBudget budget(Call call) {
        return budgets.computeIfAbsent(call.client(), client -> RetryBudgets.of(retries.budget()));
    }

    private void process(Event event, CallResult result) {
        switch (event.kind()) {
            case BEGIN -> begin(event, result);
            case SUCCESS -> succeed(event, result);
            case TIMEOUT -> timeOut(event, result);
        }
    }

    /** Rounds so that the attempts that time out are the fraction that is expected, without a random number. */
    private void begin(Event event, CallResult result) {
        arrivals += weight;
        late += result.late();
        boolean timesOut = late >= 1;
        late -= timesOut ? 1 : 0;
        double seconds = timesOut ? demand.timeoutSeconds() : result.seconds();
        Kind kind = timesOut ? Kind.TIMEOUT : Kind.SUCCESS;
        plan(result.now(), seconds, new Event(kind, event.call(), event.attempt(), seconds));
    }

    private void plan(double now, double seconds, Event event) {
        long index = Math.round(now / step) + Math.max(1, Math.round(seconds / step));
        if (index < events.size()) {
            events.get((int) index).add(event);
        }
    }

    private void succeed(Event event, CallResult result) {
        succeeded[(int) result.now()] += weight;
        RetryBudget budget = budget(event.call());
        long latency = Math.round(1e9 * event.seconds());
        long start = time.nanoTime() - latency;
        if (event.attempt() == 1) {
            budget.succeeded(start);
        } else {
            budget.succeededAfter(event.attempt(), ErrorKind.TIMEOUT, time.nanoTime());
        }
        if (budget.clockUse() == ClockUse.LATENCY && budget.wantsLatency(start)) {
            budget.recordLatency(latency, time.nanoTime());
        }
    }

    private void timeOut(Event event, CallResult result) {
        RetryBudget budget = budget(event.call());
        FailedAttempt failed = new FailedAttempt(
                ErrorKind.TIMEOUT, event.attempt(), time.nanoTime(), Math.round(1e9 * event.seconds()));
        budget.failed(failed);
        delayed = (delayed + GOLDEN_RATIO) % 1;
        double delay = retries.delaySeconds(event.attempt(), delayed);
        boolean inTime = retries.isInTime(result.now() + delay - event.call().begun());
        boolean again = event.attempt() < retries.attempts() && inTime;
        if (!again || budget.tryAcquire(failed, random::nextDouble).isEmpty()) {
            return;
        }
        if (result.now() >= OUTAGE_END) {
            retriesAfter += weight;
        }
        plan(result.now(), delay, new Event(Kind.BEGIN, event.call(), event.attempt() + 1, 0));
    }
}
