package dev.respite.benchmarks.foresight;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Simulation;
import dev.respite.sim.foresight.FleetDemand;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A random fleet, with its recovery in the simulator from a black hole of 10 s.
 *
 * @param budget the value of the key {@code budget}, with {@code N} for the number of clients
 * @param maxAttempts 2 to 4
 * @param clients 1 to 50,000, the logarithm evenly distributed
 * @param utilisation first attempts for each request that the service can serve, 0.5 to 0.97
 * @param capacity requests a second, 30 to 1,000
 * @param timeoutSeconds of an attempt, 0.2 to 3
 */
record RandomFleet(
        String budget, int maxAttempts, int clients, double utilisation, double capacity, double timeoutSeconds) {

    private static final List<String> BUDGETS = List.of(
            "fleet",
            "fleet:clients=N",
            "success:0.5/20/10",
            "success",
            "10%",
            "aws-2.0",
            "aws-2.1",
            "grpc:10/0.1",
            "off");
    private static final String SERVICE = "service";
    private static final int WORKERS = 3;
    private static final Duration WARM = Duration.ofSeconds(40);
    private static final Duration HOLE = Duration.ofSeconds(10);
    private static final Duration AFTER = Duration.ofSeconds(120);

    /** The recovery of a run that has not recovered within 100 s. */
    static final double NEVER = 120;

    static RandomFleet random(Random random) {
        String budget = BUDGETS.get(random.nextInt(BUDGETS.size()));
        if (budget.equals("success")) {
            budget = String.format(
                    Locale.ROOT,
                    "success:%.2f/%d/%d",
                    0.05 + random.nextDouble(),
                    10 + random.nextInt(90),
                    1 + random.nextInt(10));
        }
        return new RandomFleet(
                budget,
                2 + random.nextInt(3),
                (int) Math.round(Math.exp(random.nextDouble() * Math.log(50_000))),
                rounded(0.5 + 0.47 * random.nextDouble()),
                rounded(30 + 970 * random.nextDouble()),
                rounded(0.2 + 2.8 * random.nextDouble()));
    }

    FleetDemand demand() {
        return new FleetDemand(clients, rate(), capacity, timeout());
    }

    /** Returns the budget without random numbers, as a row of the table is named. */
    String budgetKind() {
        return budget.startsWith("success:") ? "success" : budget;
    }

    private static double rounded(double value) {
        return Math.round(1_000 * value) / 1_000.0;
    }

    /** Returns the same fleet with one client, for runs without retries. */
    RandomFleet withOneClient() {
        return new RandomFleet(budget, maxAttempts, 1, utilisation, capacity, timeoutSeconds);
    }

    RetryPolicy policy() {
        return RetryPolicy.parse(
                "max-attempts=" + maxAttempts + " budget=" + budget.replace("N", Integer.toString(clients)));
    }

    double rate() {
        return utilisation * capacity;
    }

    Duration timeout() {
        return Duration.ofNanos(Math.round(timeoutSeconds * 1e9));
    }

    /** Returns the seconds until a run has recovered, {@value #NEVER} if it has not within 100 s. */
    double recovery(RetryPolicy policy, long seed) {
        Scenario scenario = Scenario.builder("foresight")
                .duration(WARM.plus(HOLE).plus(AFTER))
                .service(Service.named(SERVICE)
                        .workers(WORKERS)
                        .serviceTime(Distribution.exponential(Duration.ofNanos(Math.round(WORKERS * 1e9 / capacity)))))
                .load(Load.poisson(SERVICE, rate()).clients(clients).timeout(timeout()))
                .fault(Fault.down(SERVICE).duration(HOLE).at(WARM))
                .build();
        return Simulation.simulate(scenario, policy, seed).recoverySeconds().stream()
                .asDoubleStream()
                .findFirst()
                .orElse(NEVER);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "max-attempts=%d budget=%s --clients %d --rate %.1f/s --capacity %.1f/s --timeout %.3fs",
                maxAttempts,
                budget.replace("N", Integer.toString(clients)),
                clients,
                rate(),
                capacity,
                timeoutSeconds);
    }
}
