package dev.respite.benchmarks.harm;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Arrivals;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A setting of a service, its clients and an outage.
 *
 * @param outage the outage
 * @param capacity requests a second that the service can serve
 * @param workers the requests that a replica serves at once
 * @param timeoutSeconds of an attempt
 * @param utilisation first attempts for each request that the service can serve
 * @param clients the number of clients
 * @param isDeclared whether the policy declares their number
 * @param traffic how they call
 */
record Cell(
        Outage outage,
        double capacity,
        int workers,
        double timeoutSeconds,
        double utilisation,
        int clients,
        boolean isDeclared,
        Traffic traffic) {

    /** The seconds that a service has for its recovery. */
    static final int AFTER = 100;

    /** The outages of the grid, whose order decides the cells of a seed. */
    private static final List<Outage> OUTAGES = List.copyOf(EnumSet.complementOf(EnumSet.of(Outage.HALF_COSTLY_30)));

    private static final int MAX_CLIENTS = 200_000;

    /** A minute, as far as whole clients allow. */
    private static final double MAX_INTERVAL_SECONDS = 61;

    /** Of region 1: so many clients have called twice. */
    private static final double MIN_CALLED_TWICE = 0.95;

    private static final double[] CAPACITIES = {10, 30, 100, 300, 3_000};
    private static final double[] TIMEOUTS = {0.2, 1, 3};
    private static final double[] UTILISATIONS = {0.5, 0.7, 0.85, 0.93};
    private static final double[] INTERVALS = {0.05, 1, 5, 30, 60, 300, 3_600};

    /**
     * The calls of the clients.
     *
     * @param warmUpSeconds the seconds before the outage
     * @param work the service time
     * @param isZipf whether the client of rank n makes 1/n as many calls as the first; otherwise all make as many
     */
    record Traffic(int warmUpSeconds, Work work, boolean isZipf) {}

    /** The distribution of service times. */
    enum Work {
        EXPONENTIAL,
        LOG_NORMAL,
        CONSTANT;

        Distribution of(Duration mean) {
            return switch (this) {
                case EXPONENTIAL -> Distribution.exponential(mean);
                case LOG_NORMAL -> Distribution.logNormal(mean, 1);
                case CONSTANT -> Distribution.constant(mean);
            };
        }
    }

    /**
     * Draws cells by a seed. Each undeclared one is followed by the same with a declared number of clients.
     *
     * @param onlyRegion1 whether cells of region 2 are left out
     */
    static List<Cell> draw(int cells, long seed, boolean onlyRegion1) {
        Random random = new Random(seed);
        List<Cell> drawn = new ArrayList<>();
        while (drawn.size() < cells) {
            Cell cell = draw(random);
            if (cell.clients >= 1 && cell.clients <= MAX_CLIENTS && (!onlyRegion1 || cell.isRegion1())) {
                drawn.add(cell);
                drawn.add(cell.declared());
            }
        }
        return drawn;
    }

    private static Cell draw(Random random) {
        Outage outage = OUTAGES.get(random.nextInt(OUTAGES.size()));
        double capacity = one(CAPACITIES, random);
        int workers = random.nextBoolean() ? 1 : 3;
        double timeout = one(TIMEOUTS, random);
        double utilisation = one(UTILISATIONS, random);
        double clients = utilisation * capacity * one(INTERVALS, random);
        Traffic traffic = new Traffic(
                random.nextBoolean() ? 40 : 300,
                Work.values()[random.nextInt(Work.values().length)],
                random.nextInt(3) == 0);
        return new Cell(outage, capacity, workers, timeout, utilisation, (int) Math.round(clients), false, traffic);
    }

    private static double one(double[] values, Random random) {
        return values[random.nextInt(values.length)];
    }

    private Cell declared() {
        return new Cell(outage, capacity, workers, timeoutSeconds, utilisation, clients, true, traffic);
    }

    double rate() {
        return utilisation * capacity;
    }

    /** Returns the mean time between two calls of a client. */
    double intervalSeconds() {
        return clients / rate();
    }

    private boolean isRegion1() {
        return isRegion1(calledTwice());
    }

    /**
     * Returns whether the cell is of region 1. Its clients call once a minute or more, and 95 % of them have called twice before the
     * outage. The service has room for the retries that its lasting errors need.
     *
     * @param calledTwice the fraction of clients that have called at least twice
     */
    boolean isRegion1(double calledTwice) {
        return intervalSeconds() <= MAX_INTERVAL_SECONDS
                && calledTwice >= MIN_CALLED_TWICE
                && outage.hasRoom(utilisation);
    }

    /** Returns the fraction of the clients that are expected to have made at least two calls before the outage. */
    private double calledTwice() {
        double sum = 0;
        for (Group group : groups()) {
            double mean = traffic.warmUpSeconds * group.rate / group.clients;
            sum += group.clients * (1 - (1 + mean) * Math.exp(-mean));
        }
        return sum / clients;
    }

    /** Returns a policy with the number of clients, if they declare it. */
    RetryPolicy policy(RetryPolicy policy) {
        return isDeclared ? policy.toBuilder().clients(clients).build() : policy;
    }

    /**
     * Returns the scenario.
     *
     * @param isOneClient whether each group has one client, which makes the calls of all: without retries the number has no
     *     effect
     * @param after the seconds after the outage
     */
    Scenario scenario(boolean isOneClient, int after) {
        Duration warmUp = Duration.ofSeconds(traffic.warmUpSeconds);
        int servers = outage.replicas() * workers;
        Duration work = Duration.ofNanos(Math.round(servers * 1e9 / capacity));
        return Scenario.builder(outage.toString())
                .duration(warmUp.plusSeconds(outage.seconds() + after))
                .service(Service.named(Outage.SERVICE)
                        .replicas(outage.replicas())
                        .workers(workers)
                        .serviceTime(traffic.work.of(work)))
                .load(Load.of(Outage.SERVICE, load(isOneClient))
                        .timeout(Duration.ofNanos(Math.round(timeoutSeconds * 1e9))))
                .fault(outage.at(warmUp))
                .build();
    }

    private List<ClientGroup> load(boolean isOneClient) {
        List<ClientGroup> load = new ArrayList<>();
        for (Group group : groups()) {
            load.add(ClientGroup.of("group " + load.size(), Arrivals.poisson(group.rate))
                    .clients(isOneClient ? 1 : group.clients));
        }
        return load;
    }

    /** Clients with the same rate of calls: their number, and the calls a second of all together. */
    private record Group(int clients, double rate) {}

    /** All clients, or Zipf's in groups of like rates: the first, the next two, the next four and so on. */
    private List<Group> groups() {
        if (!traffic.isZipf) {
            return List.of(new Group(clients, rate()));
        }
        List<Group> groups = new ArrayList<>();
        double all = harmonic(1, clients);
        for (int first = 1, size = 1; first <= clients; first += size, size *= 2) {
            int last = Math.min(clients, first + size - 1);
            groups.add(new Group(last - first + 1, rate() * harmonic(first, last) / all));
        }
        return groups;
    }

    private static double harmonic(int first, int last) {
        double sum = 0;
        for (int rank = first; rank <= last; rank++) {
            sum += 1.0 / rank;
        }
        return sum;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, %.0f/s, %d workers, timeout %.1f s, u %.2f, %d clients%s (a call every %.2f s%s), warm-up %d s, %s",
                outage,
                capacity,
                workers,
                timeoutSeconds,
                utilisation,
                clients,
                isDeclared ? " declared" : "",
                intervalSeconds(),
                traffic.isZipf ? ", Zipf" : "",
                traffic.warmUpSeconds,
                traffic.work.toString().toLowerCase(Locale.ROOT));
    }
}
