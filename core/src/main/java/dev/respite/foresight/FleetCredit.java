package dev.respite.foresight;

import dev.respite.policy.FleetSpec;
import java.util.Arrays;

/** The account of overload signals of the default budget, in expected values: the rule of {@link FleetSpec}. */
final class FleetCredit implements ClientCredit {

    private static final double TRUSTED_PART = 0.5;
    private static final double TRUST_GAIN = 0.3;
    private static final double TRUST_LOSS = 0.5;
    private static final double TRUST_MEMORY_SECONDS = 3_600;
    private static final int MIN_SAMPLES = 8;
    private static final double RECENT_WEIGHT = 1.0 / 16;

    /** The mean absolute deviation of an exponential distribution, as a part of its mean: 2/e. */
    private static final double DEVIATION = 2 / Math.E;

    private final FleetSpec spec;
    private final double share;
    private final double memory;
    private final double slow;
    private final double[] credit;
    private final double[] fresh;
    private final double[] trust;
    private final double[] recent;
    private final double[] samples;
    private final double[] last;
    private final boolean[] healthy;

    FleetCredit(FleetSpec spec, int clients, double timeout, double usual) {
        this.spec = spec;
        this.share = Math.min(
                spec.overload().credit(),
                spec.overload().fleetBurst() / spec.clients().orElse(FleetSpec.ASSUMED_CLIENTS));
        this.memory = spec.overload().memory().toNanos() / 1e9;
        this.slow = Math.max(1.5 * usual, Math.min(usual * (1 + spec.deviations() * DEVIATION), 0.2 * timeout));
        this.credit = new double[clients];
        this.fresh = new double[clients];
        this.trust = new double[clients];
        this.recent = new double[clients];
        this.samples = new double[clients];
        this.last = new double[clients];
        this.healthy = new boolean[clients];
        Arrays.fill(healthy, true);
        Arrays.fill(recent, usual);
        Arrays.fill(last, -1);
        Arrays.fill(fresh, spec.clients().isPresent() ? 0 : 1);
        Arrays.fill(credit, floor(0));
    }

    private double floor(int client) {
        return Math.max(share, spec.overload().credit() * Math.max(fresh[client], TRUSTED_PART * trust[client]));
    }

    private void advance(int client, double now) {
        double idle = last[client] < 0 ? 0 : now - last[client];
        last[client] = now;
        trust[client] *= StrictMath.exp(-idle / TRUST_MEMORY_SECONDS);
        if (spec.clients().isEmpty()) {
            fresh[client] = idle >= spec.fresh().idle().toNanos() / 1e9
                    ? 1
                    : fresh[client]
                            * StrictMath.exp(-idle * 1e9 / spec.fresh().memory().toNanos());
        }
        double floor = floor(client);
        boolean isNewAgain =
                spec.clients().isEmpty() && idle >= spec.fresh().idle().toNanos() / 1e9;
        if (isNewAgain && healthy[client]) {
            credit[client] = Math.max(credit[client], floor);
        }
        if (credit[client] > floor) {
            credit[client] = floor + (credit[client] - floor) * StrictMath.exp(-idle / memory);
        }
    }

    @Override
    public void succeeded(int client, double mass, Success success, double now) {
        samples[client] += mass;
        recent[client] += Math.min(1, mass * RECENT_WEIGHT) * (success.seconds() - recent[client]);
        if (success.attempt() > 1) {
            trust[client] += Math.min(1, mass) * TRUST_GAIN * (1 - trust[client]);
        }
        advance(client, now);
        healthy[client] = true;
        double floor = floor(client);
        if (credit[client] < floor) {
            credit[client] = Math.min(floor, credit[client] + mass * FleetSpec.OVERLOAD_REFILL);
        } else if (credit[client] < spec.overload().credit()) {
            credit[client] = Math.min(
                    spec.overload().credit(),
                    credit[client] + mass * spec.overload().perSuccess());
        }
    }

    @Override
    public void failed(int client, double mass, int attempt) {
        if (attempt > 1) {
            trust[client] -= Math.min(1, mass) * TRUST_LOSS * trust[client];
        }
    }

    @Override
    public double take(int client, double mass, double now) {
        advance(client, now);
        healthy[client] = false;
        boolean priced = samples[client] >= MIN_SAMPLES && recent[client] > slow;
        double price = priced ? StrictMath.pow(recent[client] / slow, 8) : 1;
        double granted = mass > 1 ? Math.min(mass, credit[client] / price) : mass * Math.min(1, credit[client] / price);
        credit[client] = Math.max(0, credit[client] - granted * price);
        return granted;
    }
}
