package dev.respite.policy;

/**
 * How long a target takes to answer: the waiting time of a backlog, plus the response time of a queue with {@value #WORKERS}
 * workers, Poisson arrivals and exponential service times (Erlang C).
 */
final class ResponseTime {

    private static final int WORKERS = 3;

    private final double capacity;
    private final double spare;
    private final double service;
    private final double waits;

    ResponseTime(FleetDemand demand) {
        this.capacity = demand.capacity();
        this.spare = demand.capacity() - demand.rate();
        this.service = capacity / WORKERS;
        double load = demand.rate() / service;
        double free = 1 + load + load * load / 2;
        double busy = load * load * load / 6 / (1 - demand.utilisation());
        this.waits = busy / (free + busy);
    }

    double usual() {
        return 1 / service + waits / spare;
    }

    private double leaving(double elapsed) {
        return elapsed <= 0 ? 1e9 : spare + StrictMath.sqrt(Math.PI * capacity / (4 * elapsed));
    }

    double mean(double elapsed) {
        return 1 / service + waits / leaving(elapsed);
    }

    /** The part of the attempts that take longer than the timeout. */
    double late(double left, double elapsed) {
        if (left <= 0) {
            return 1;
        }
        double leave = leaving(elapsed);
        if (Math.abs(leave - service) < 1e-6 * service) {
            leave *= 1.001;
        }
        double served = StrictMath.exp(-service * left);
        double both = (service * StrictMath.exp(-leave * left) - leave * served) / (service - leave);
        return Math.min(1, (1 - waits) * served + waits * both);
    }
}
