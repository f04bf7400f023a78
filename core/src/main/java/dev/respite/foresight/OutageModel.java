package dev.respite.foresight;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a fleet does to its target before, in and after an outage, in expected values: no random numbers.
 *
 * <p>Time goes in steps of {@code d = min(50 ms, timeout/8)}. The backlog of the target, in requests, is
 *
 * <pre>B(t + d) = max(0, B(t) + a(t) − capacity·d),   0 in the outage,</pre>
 *
 * where {@code a(t)} are first attempts, {@code rate·d}, and retries that begin in this step. Of these attempts the part
 * {@code p(t) = P(B(t)/capacity + R > timeout)} times out, where R is the response time of the queue without the backlog
 * ({@link ResponseTime}), and 1 in the outage. What does not time out succeeds after {@code B(t)/capacity + E[R]}. An attempt that
 * times out is served all the same, so it costs capacity. One timeout later {@link ClientCredit} says which part of the failed
 * attempts is retried, and after the delay of the policy the retries are part of {@code a}.
 *
 * <p>So where {@code B > capacity·timeout} all attempts time out. Then the target is well again only when the clients have no
 * credit left, at {@code (retries left)/(capacity − rate)} seconds later, or never, where retries are granted without limit.
 *
 * <p>With bad luck of z standard deviations the backlog is {@code z·√(2·capacity·timeout)} when the outage ends: arrivals and services
 * in one timeout each have a variance of about {@code capacity·timeout}.
 *
 * <p>Each client of the model stands for one of the fleet, or for several alike where the rate is above {@value #SAMPLED_RATE}/s.
 * Calls come at equal distances from clients in an order without a pattern, as if drawn.
 */
final class OutageModel {

    static final int WARM = 40;
    static final int HOLE = 10;
    static final int AFTER = 120;

    /** How long goodput must stay, in seconds, and over how many of them it is averaged: as the simulator does. */
    static final int STAYS = 20;

    private static final int WINDOW = 5;
    private static final double ENOUGH = 0.95;

    /**
     * The bad luck that the worst case is calculated with, in standard deviations. Of 370 simulated fleets, 1 leaves 8 harmed ones
     * undetected, 2 leaves 4, and 3 leaves 4 and calls 15 harmed that are not.
     */
    static final double UNLUCKY = 2;

    private static final double MAX_STEP = 0.05;
    private static final double MIN_STEP = 0.001;
    private static final int STEPS_IN_TIMEOUT = 8;
    private static final double SAMPLED_RATE = 1_000;
    private static final double GOLDEN_RATIO = 0.618_033_988_749_894_9;
    private static final double NEGLIGIBLE = 1e-3;

    private final TimeoutRetries retries;
    private final FleetDemand demand;
    private final ResponseTime response;
    private final ClientCredit credit;
    private final double step;

    /** How many clients of the fleet one of the model stands for, and how many calls of one client one call. */
    private final double alike;

    private final double mass;
    private final int clients;

    /** Events at the end of each step. */
    private final List<List<Event>> events = new ArrayList<>();

    private final double[] succeeded = new double[WARM + HOLE + AFTER];
    private final double unlucky;
    private double arrivals;
    private double retriesAfter;
    private double delayed;

    /** Attempts of a client that begin, succeed or time out; {@code seconds} is how long they took. */
    private record Event(Kind kind, Call call, int attempt, double mass, double seconds) {}

    private record Call(int client, double begun) {}

    private enum Kind {
        BEGIN,
        SUCCESS,
        TIMEOUT
    }

    /** What happens to attempts that begin now: the part that times out, and how long the others take. */
    private record CallResult(double now, double late, double seconds) {}

    /**
     * Runs the model.
     *
     * @param unlucky bad luck, in standard deviations; 0 for what is expected
     */
    OutageModel(TimeoutRetries retries, FleetDemand demand, double unlucky) {
        this.retries = retries;
        this.demand = demand;
        this.unlucky = unlucky;
        this.step = Math.max(MIN_STEP, Math.min(MAX_STEP, demand.timeoutSeconds() / STEPS_IN_TIMEOUT));
        this.alike = Math.max(1, Math.min(demand.clients(), demand.rate() / SAMPLED_RATE));
        this.mass = demand.rate() / Math.min(SAMPLED_RATE, demand.rate()) / alike;
        this.clients = (int) Math.max(1, Math.round(demand.clients() / alike));
        this.response = new ResponseTime(demand);
        this.credit = ClientCredit.of(retries.budget(), clients, demand, response.usual());
        for (int i = 0; i < (WARM + HOLE + AFTER) / step; i++) {
            events.add(new ArrayList<>());
        }
        run();
    }

    /** Whole seconds from the end of the outage until enough calls succeed for long enough. */
    OptionalInt recovery() {
        int end = WARM + HOLE;
        for (int start = end; start + STAYS <= succeeded.length; start++) {
            if (isRecovered(start) && start - end >= Math.floor(response.unsettledSeconds())) {
                return OptionalInt.of(start - end);
            }
        }
        return OptionalInt.empty();
    }

    private boolean isRecovered(int start) {
        for (int from = start; from + WINDOW <= start + STAYS; from++) {
            double sum = 0;
            for (int second = from; second < from + WINDOW; second++) {
                sum += succeeded[second];
            }
            if (sum < ENOUGH * WINDOW * demand.rate()) {
                return false;
            }
        }
        return true;
    }

    /** Retries that were granted after the outage. */
    double retriesAfter() {
        return retriesAfter;
    }

    private void run() {
        double backlog = 0;
        double due = 0;
        long calls = 0;
        boolean wasDown = false;
        for (int i = 0; i < events.size(); i++) {
            double now = i * step;
            boolean down = now >= WARM && now < WARM + HOLE;
            if (wasDown && !down) {
                backlog = unlucky * StrictMath.sqrt(2 * demand.capacity() * demand.timeoutSeconds());
            }
            wasDown = down;
            CallResult fate = resultOf(now, down, backlog / demand.capacity());
            arrivals = 0;
            for (due += demand.rate() / mass / alike * step; due >= 1; due--) {
                Call call = new Call(client(calls++), now);
                begin(new Event(Kind.BEGIN, call, 1, mass, 0), fate);
            }
            events.get(i).forEach(event -> process(event, fate));
            events.get(i).clear();
            backlog = down ? 0 : Math.max(0, backlog + arrivals - demand.capacity() * step);
        }
    }

    private CallResult resultOf(double now, boolean down, double wait) {
        double warm = now < WARM ? now : Math.max(0, now - WARM - HOLE);
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

    private void process(Event event, CallResult fate) {
        switch (event.kind()) {
            case BEGIN -> begin(event, fate);
            case SUCCESS -> succeed(event, fate);
            case TIMEOUT -> timeOut(event, fate);
        }
    }

    private void begin(Event event, CallResult fate) {
        arrivals += event.mass() * alike;
        plan(fate, demand.timeoutSeconds(), Kind.TIMEOUT, event, fate.late());
        plan(fate, fate.seconds(), Kind.SUCCESS, event, 1 - fate.late());
    }

    private void plan(CallResult fate, double seconds, Kind kind, Event begun, double part) {
        plan(fate.now(), seconds, new Event(kind, begun.call(), begun.attempt(), begun.mass() * part, seconds));
    }

    private void plan(double now, double seconds, Event event) {
        long index = Math.round(now / step) + Math.max(1, Math.round(seconds / step));
        if (event.mass() > NEGLIGIBLE * mass && index < events.size()) {
            events.get((int) index).add(event);
        }
    }

    private void succeed(Event event, CallResult fate) {
        succeeded[(int) fate.now()] += event.mass() * alike;
        credit.succeeded(
                event.call().client(),
                event.mass(),
                new ClientCredit.Success(event.attempt(), event.seconds()),
                fate.now());
    }

    private void timeOut(Event event, CallResult fate) {
        credit.failed(event.call().client(), event.mass(), event.attempt());
        delayed = (delayed + GOLDEN_RATIO) % 1;
        double delay = retries.delaySeconds(event.attempt(), delayed);
        boolean inTime = retries.isInTime(fate.now() + delay - event.call().begun());
        if (event.attempt() >= retries.attempts() || !inTime) {
            return;
        }
        double granted = credit.take(event.call().client(), event.mass(), fate.now());
        if (fate.now() >= WARM + HOLE) {
            retriesAfter += granted * alike;
        }
        plan(fate.now(), delay, new Event(Kind.BEGIN, event.call(), event.attempt() + 1, granted, 0));
    }
}
