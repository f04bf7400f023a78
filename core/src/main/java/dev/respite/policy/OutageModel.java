package dev.respite.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a fleet does to its target after an outage, in expected values.
 *
 * <p>TODO
 */
final class OutageModel {

    static final int WARM = 40;
    static final int HOLE = 10;
    static final int AFTER = 120;
    private static final int WINDOW = 5;
    private static final int STAYS = 20;
    private static final double ENOUGH = 0.95;
    private static final double MAX_STEP = 0.05;
    private static final double STEPS_IN_TIMEOUT = 8;
    private static final double SAMPLED_RATE = 1_000;
    private static final double GOLDEN = 0.618_033_988_749_894_9;
    private static final double LEAST_MASS = 1e-3;

    private final FleetDemand demand;
    private final ResponseTime response;
    private final int attempts;
    private final List<Explanation.Retry> delays;
    private final double step;
    private final int steps;

    /** How many clients one of the model stands for, and how many calls one of its calls. */
    private final double alike;
    private final double callsPerStep;
    private final double mass;
    private final int clients;
    private final ClientCredit credit;
    private final List<List<Event>> events;
    private final double[] succeeded = new double[WARM + HOLE + AFTER];

    private double arrivals;
    private double backlog;
    private double retriesAfter;
    private double delayed;

    /** Attempts of a client that begin, succeed or time out. */
    private record Event(Kind kind, int client, int attempt, double mass, double seconds) {}

    private enum Kind {
        BEGIN,
        SUCCESS,
        TIMEOUT
    }

    OutageModel(RetryPolicy policy, FleetDemand demand, int maxAttempts) {
        this.demand = demand;
        this.attempts = maxAttempts;
        this.delays = policy.explain().retries();
        this.step = Math.max(0.001, Math.min(MAX_STEP, demand.timeoutSeconds() / STEPS_IN_TIMEOUT));
        this.steps = (int) Math.ceil((WARM + HOLE + AFTER) / step);
        this.alike = Math.max(1, Math.min(demand.clients(), demand.rate() / SAMPLED_RATE));
        double sampled = Math.min(SAMPLED_RATE, demand.rate());
        this.callsPerStep = sampled * step;
        this.mass = demand.rate() / sampled / alike;
        this.clients = (int) Math.max(1, Math.round(demand.clients() / alike));
        this.response = new ResponseTime(demand);
        this.credit = ClientCredit.of(policy.budget(), clients, demand, response.usual());
        this.events = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            events.add(new ArrayList<>());
        }
    }

    /** Seconds until it is well. */
    OptionalInt recovery() {
        run();
        int end = WARM + HOLE;
        for (int start = end; start + STAYS <= succeeded.length; start++) {
            if (isWell(start)) {
                return OptionalInt.of(start - end);
            }
        }
        return OptionalInt.empty();
    }

    double retriesAfter() {
        return retriesAfter;
    }

    private boolean isWell(int start) {
        for (int from = start; from + WINDOW <= start + STAYS; from++) {
            double sum = 0;
            for (int i = from; i < from + WINDOW; i++) {
                sum += succeeded[i];
            }
            if (sum < ENOUGH * WINDOW * demand.rate()) {
                return false;
            }
        }
        return true;
    }

    private void run() {
        double due = 0;
        long calls = 0;
        double end = WARM + HOLE;
        for (int i = 0; i < steps; i++) {
            double now = i * step;
            boolean down = now >= WARM && now < end;
            double noisy = now < WARM ? now : Math.max(0, now - end);
            double late = down ? 1 : response.late(backlog / demand.capacity(), noisy);
            double seconds = Math.min(demand.timeoutSeconds(), response.mean(backlog / demand.capacity(), noisy));
            arrivals = 0;
            due += callsPerStep;
            while (due >= 1) {
                due--;
                int client = client(calls++);
                credit.started(client, mass, now);
                begin(new Event(Kind.BEGIN, client, 1, mass, 0), now, late, seconds);
            }
            List<Event> now_ = events.get(i);
            for (int j = 0; j < now_.size(); j++) {
                Event event = now_.get(j);
                switch (event.kind()) {
                    case BEGIN -> begin(event, now, late, seconds);
                    case SUCCESS -> success(event, now);
                    case TIMEOUT -> timeout(event, now);
                }
            }
            now_.clear();
            backlog = down ? 0 : Math.max(0, backlog + arrivals - demand.capacity() * step);
        }
    }

    /** Clients in a fixed order without a pattern. */
    private int client(long call) {
        long x = (call + 1) * 0x9E3779B97F4A7C15L;
        x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return (int) Long.remainderUnsigned(x ^ (x >>> 31), clients);
    }

    private void begin(Event event, double now, double late, double seconds) {
        arrivals += event.mass() * alike;
        plan(now + demand.timeoutSeconds(), new Event(Kind.TIMEOUT, event.client(), event.attempt(), event.mass() * late, 0));
        plan(now + seconds, new Event(Kind.SUCCESS, event.client(), event.attempt(), event.mass() * (1 - late), seconds));
    }

    private void plan(double at, Event event) {
        int index = (int) Math.round(at / step);
        if (event.mass() > LEAST_MASS && index < steps) {
            events.get(index).add(event);
        }
    }

    private void success(Event event, double now) {
        succeeded[Math.min(succeeded.length - 1, (int) now)] += event.mass() * alike;
        credit.succeeded(event.client(), event.mass(), new ClientCredit.Success(event.attempt(), event.seconds()), now);
    }

    private void timeout(Event event, double now) {
        credit.failed(event.client(), event.mass(), event.attempt());
        if (event.attempt() >= attempts) {
            return;
        }
        double granted = credit.take(event.client(), event.mass(), now);
        if (now >= WARM + HOLE) {
            retriesAfter += granted * alike;
        }
        delayed += GOLDEN;
        delayed -= Math.floor(delayed);
        double delay = 0;
        if (!delays.isEmpty()) {
            Explanation.Retry retry = delays.get(Math.min(event.attempt(), delays.size()) - 1);
            delay = (retry.minNanos() + delayed * (retry.maxNanos() - retry.minNanos())) / 1e9;
        }
        plan(now + Math.max(step, delay), new Event(Kind.BEGIN, event.client(), event.attempt() + 1, granted, 0));
    }
}
