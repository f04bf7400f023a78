package dev.respite.benchmarks.conclusions;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * A random service with its clients and a fault.
 *
 * @param rate calls a second, 10 to 1,000, the logarithm evenly distributed
 * @param utilisation first attempts for each request that the service can serve, 0.5 to 0.95
 * @param clients 1 to 1,000, the logarithm evenly distributed
 * @param timeoutMillis of an attempt, 200 to 2,000
 * @param fault the fault
 */
record RandomScenario(double rate, double utilisation, int clients, long timeoutMillis, Fault fault) {

    private static final String SERVICE = "service";
    private static final double MIN_RATE = 10;
    private static final int MAX_CLIENTS = 1_000;
    private static final List<String> OTHERS = List.of(
            "clients=N", "max-attempts=3 budget=10%", "max-attempts=3 budget=aws-2.1", "max-attempts=2 budget=off");
    private static final int WORKERS = 3;
    private static final Duration WARM = Duration.ofSeconds(20);
    private static final Duration AFTER = Duration.ofSeconds(50);

    static RandomScenario random(Random random, double maxRate) {
        return new RandomScenario(
                MIN_RATE * Math.pow(maxRate / MIN_RATE, random.nextDouble()),
                0.5 + 0.45 * random.nextDouble(),
                (int) Math.round(Math.pow(MAX_CLIENTS, random.nextDouble())),
                Math.round(200 * Math.pow(10, random.nextDouble())),
                fault(random).at(WARM).duration(Duration.ofSeconds(1 + random.nextInt(20))));
    }

    private static Fault fault(Random random) {
        double ratio = 0.2 + 0.6 * random.nextDouble();
        List<Fault> kinds = List.of(
                Fault.down(SERVICE),
                Fault.refuse(SERVICE),
                Fault.pause(SERVICE),
                Fault.errors(SERVICE, ratio),
                Fault.failFast(SERVICE, ratio),
                Fault.capacity(SERVICE, 0.5),
                Fault.slow(SERVICE, 1 / ratio));
        return kinds.get(random.nextInt(kinds.size()));
    }

    Scenario scenario() {
        return Scenario.builder("random")
                .duration(WARM.plus(fault.duration()).plus(AFTER))
                .service(Service.named(SERVICE)
                        .workers(WORKERS)
                        .serviceTime(Distribution.exponential(
                                Duration.ofNanos(Math.round(WORKERS * 1e9 * utilisation / rate)))))
                .load(Load.poisson(SERVICE, rate).clients(clients).timeout(Duration.ofMillis(timeoutMillis)))
                .fault(fault)
                .build();
    }

    /** Returns no retries, the default, naive retries, and one more policy. */
    Map<String, RetryPolicy> policies() {
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        policies.put("none", RetryPolicy.parse("max-attempts=1"));
        policies.put("default", RetryPolicy.defaults());
        policies.put("naive", RetryPolicy.parse("max-attempts=4 backoff=fixed base-delay=50ms jitter=none budget=off"));
        String other = OTHERS.get(clients % OTHERS.size()).replace("N", Integer.toString(clients));
        policies.put(other, RetryPolicy.parse(other));
        return policies;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.0f/s at %.2f, %d clients, timeout %d ms, %s for %d s",
                rate,
                utilisation,
                clients,
                timeoutMillis,
                fault.kind(),
                fault.duration().toSeconds());
    }
}
