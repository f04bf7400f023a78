package dev.respite.benchmarks.harm;

import dev.respite.policy.FleetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * One setting of the grid: what goes wrong, with how many clients, how busy the service is, and how many requests may wait.
 *
 * @param outage what goes wrong
 * @param clients how many clients
 * @param utilisation first attempts for each request that the service can serve
 * @param queue how many requests may wait; empty for any number
 */
record Cell(Outage outage, int clients, double utilisation, OptionalInt queue) {

    static final double CAPACITY = 300;

    /** From so many clients on, their number is declared. */
    static final int DECLARED_FROM = 3_000;

    private static final Duration AFTER = Duration.ofSeconds(120);
    private static final int[] CLIENTS = {10, 60, 300, 1_000, 3_000, 10_000, 50_000};
    private static final double[] UTILISATIONS = {0.5, 0.7, 0.9, 0.93, 0.95};

    /** The whole grid. */
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

    /** The policy of its clients: as it is, or with their number. */
    RetryPolicy policy(RetryPolicy policy) {
        boolean declares = policy.budget() instanceof FleetSpec && clients >= DECLARED_FROM;
        return declares ? policy.toBuilder().clients(clients).build() : policy;
    }

    SimulationResult run(RetryPolicy policy, long seed, boolean inTurn) {
        Service service = outage.service();
        Load load = Load.poisson(Outage.SERVICE, utilisation * CAPACITY)
                .clients(clients)
                .timeout(Duration.ofSeconds(1));
        return Simulation.simulate(
                Scenario.builder(outage.toString())
                        .duration(Outage.AT.plus(outage.lasting()).plus(AFTER))
                        .service(queue.isPresent() ? service.queue(queue.getAsInt()) : service)
                        .load(inTurn ? load.clientsOrder(ClientGroup.Order.TURN) : load)
                        .fault(outage.fault())
                        .build(),
                policy(policy),
                seed);
    }

    /** The same without retries; its clients do not matter. */
    Cell withoutClients() {
        return new Cell(outage, 1, utilisation, queue);
    }

    @Override
    public String toString() {
        return outage + ", " + clients + " clients, " + utilisation
                + (queue.isPresent() ? ", queue of " + queue.getAsInt() : "");
    }
}
