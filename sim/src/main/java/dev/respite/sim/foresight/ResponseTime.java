package dev.respite.sim.foresight;

/**
 * The response time of a target without a backlog: a queue with {@value #WORKERS} workers, Poisson arrivals and exponential
 * service times (M/M/3). The part of the requests that wait is Erlang's C; how long is exponential.
 *
 * <p>The queue is empty at first, and takes long to fill where the rate is close to the capacity. So the rate at which waiting
 * ends is
 * {@code capacity − rate + √(π·capacity/(4·t))} after t seconds: that of Brownian motion that is reflected at 0.
 */
final class ResponseTime {

    /** The simulator's scenario has as many. */
    private static final int WORKERS = 3;

    /** So long goodput must be high enough until a target is well: 20 s, over 5 s each. */
    private static final double STAYS = 25;

    /**
     * Requests in the target at which goodput is 5 % too low over 5 s, in seconds of the rate; 0.25 if the target were empty
     * before.
     * Fitted to 870 simulated fleets.
     */
    private static final double SHORTFALL = 0.35;

    /** The same where requests time out before that. */
    private static final double LATE = 0.1;

    private final FleetDemand demand;
    private final double spare;
    private final double service;
    private final double waits;

    ResponseTime(FleetDemand demand) {
        this.demand = demand;
        this.spare = demand.capacity() - demand.rate();
        this.service = demand.capacity() / WORKERS;
        double load = demand.rate() / service;
        double free = 1 + load + load * load / 2;
        double busy = load * load * load / 6 / (1 - demand.utilisation());
        this.waits = busy / (free + busy);
    }

    private double leaving(double elapsed) {
        return elapsed <= 0 ? Double.MAX_VALUE : spare + StrictMath.sqrt(Math.PI * demand.capacity() / (4 * elapsed));
    }

    /** The mean so many seconds after the queue was empty, in seconds. */
    double mean(double elapsed) {
        return 1 / service + waits / leaving(elapsed);
    }

    /** The probability that a response takes longer than {@code left} seconds, so many seconds after the queue was empty. */
    double late(double left, double elapsed) {
        if (left <= 0) {
            return 1;
        }
        double leave = Math.min(leaving(elapsed), 1e6 * service);
        if (Math.abs(leave - service) < 1e-6 * service) {
            leave *= 1.001;
        }
        double served = StrictMath.exp(-service * left);
        double both = (service * StrictMath.exp(-leave * left) - leave * served) / (service - leave);
        return Math.min(1, (1 - waits) * served + waits * both);
    }

    /**
     * Returns the expected seconds until goodput stays high enough by chance, without an outage. The queue exceeds a level n at
     * a rate of {@code r = C·(1 − u)·uⁿ·(capacity − rate)}, where u is the utilisation. The first gap of s seconds in such a
     * Poisson process is expected to begin after {@code (eʳˢ − 1)/r − s}.
     */
    double unsettledSeconds() {
        double utilisation = demand.utilisation();
        double level =
                Math.min(SHORTFALL * demand.rate(), demand.capacity() * demand.timeoutSeconds() + LATE * demand.rate());
        double often = waits * (1 - utilisation) * StrictMath.pow(utilisation, level) * spare;
        return often < 1e-9 ? 0 : StrictMath.expm1(often * STAYS) / often - STAYS;
    }
}
