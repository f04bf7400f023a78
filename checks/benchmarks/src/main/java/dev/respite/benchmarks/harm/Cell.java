package dev.respite.benchmarks.harm;

import dev.respite.policy.FleetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * One setting of the grid.
 *
 * @param outage the outage
 * @param clients the number of clients
 * @param utilisation first attempts for each request that the service can serve
 * @param queue the length of the queue of the service; empty if it is unbounded
 */
record Cell(Outage outage, int clients, double utilisation, OptionalInt queue) {

    static final double CAPACITY = 300;

    /** The number of clients from which on it is declared. */
    static final int DECLARED_FROM = 3_000;

    private static final Duration AFTER = Duration.ofSeconds(120);
    private static final int[] CLIENTS = {10, 60, 300, 1_000, 3_000, 10_000, 50_000};
    private static final double[] UTILISATIONS = {0.5, 0.7, 0.9, 0.93, 0.95};

    /** Returns the whole grid. */
    static List<Cell> grid() {
        List<Cell> cells = new ArrayList<>();
        for (Outage outage : Outage.values()) {
            for (double utilisation : UTILISATIONS) {
                cells.add(new Cell(outage, 1, utilisation, OptionalInt.empty()));
                for (int clients : CLIENTS) {
                    cells.add(new Cell(outage, clients, utilisation, OptionalInt.empty()));
                }
            }
        }
        OptionalInt halfASecond = OptionalInt.of((int) (CAPACITY / 2));
        for (Outage outage : List.of(Outage.BLACK_HOLE_10, Outage.HALF_COSTLY_10, Outage.BROWNOUT)) {
            for (int clients : new int[] {10, 1_000, 50_000}) {
                for (double utilisation : new double[] {0.7, 0.9, 0.95}) {
                    cells.add(new Cell(outage, clients, utilisation, halfASecond));
                }
            }
        }
        return cells;
    }

    /** Returns the policy of its clients: with their number if that is declared. */
    RetryPolicy policy(RetryPolicy policy) {
        boolean declares = policy.budget() instanceof FleetSpec && clients >= DECLARED_FROM;
        return declares ? policy.toBuilder().clients(clients).build() : policy;
    }

    SimulationResult run(RetryPolicy policy, long seed) {
        Service service = outage.service();
        Load load = Load.poisson(Outage.SERVICE, utilisation * CAPACITY)
                .clients(clients)
                .timeout(Duration.ofSeconds(1));
        return Simulation.simulate(
                Scenario.builder(outage.toString())
                        .duration(Outage.AT.plus(outage.lasting()).plus(AFTER))
                        .service(queue.isPresent() ? service.queue(queue.getAsInt()) : service)
                        .load(load)
                        .fault(outage.fault())
                        .build(),
                policy(policy),
                seed);
    }

    /** Returns the cell of the runs without retries, for which the number of clients does not matter. */
    Cell withoutClients() {
        return new Cell(outage, 1, utilisation, queue);
    }

    @Override
    public String toString() {
        return outage + ", " + clients + " clients, " + utilisation
                + (queue.isPresent() ? ", queue of " + queue.getAsInt() : "");
    }
}
