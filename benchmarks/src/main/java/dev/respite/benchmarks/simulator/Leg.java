package dev.respite.benchmarks.simulator;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Comparison;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/** What is measured, each in a process of its own. */
enum Leg {
    /** A million calls of a thousand clients. */
    SIMULATOR("-Xmx2g") {
        @Override
        String measure() {
            return speed(() -> {
                SimulationResult result = Simulation.simulate(CROWD.scenario(), Crowd.POLICY);
                return Crowd.events(result.calls(), result.attempts());
            });
        }
    },
    /** The same events, and nothing else. */
    FLOOR("-Xmx2g") {
        @Override
        String measure() {
            return speed(() -> new BareLoop(CROWD).run());
        }
    },
    /** {@code metastable} under naive retries, a million requests at the store, the start of the machine apart. */
    METASTABLE("-Xmx2g") {
        @Override
        String measure() {
            Map<String, String> longer = Map.of("outage", "820s");
            return speed(() -> Simulation.simulate(
                            BuiltIn.named("metastable").scenario(longer),
                            RetryPolicy.parse("max-attempts=4 backoff=fixed base-delay=50ms jitter=none budget=off"))
                    .attempts());
        }
    },
    /** The heap that a call holds whose attempt is at work, with the timeout that is scheduled for it. */
    PENDING("-Xmx4g") {
        @Override
        String measure() {
            Scenario scenario = Scenario.builder("pending")
                    .duration(Duration.ofSeconds(4))
                    .service(Service.named("service")
                            .workers(1_000_000)
                            .serviceTime(Distribution.constant(Duration.ofSeconds(10))))
                    .load(Load.burst("service", PENDING_CALLS, Duration.ofHours(1))
                            .clients(1_000)
                            .timeout(Duration.ofSeconds(20)))
                    .build();
            List<Long> used = new ArrayList<>(List.of(live()));
            Comparison.of(scenario, Map.of("defaults", Crowd.POLICY)).run(() -> used.add(live()));
            return number((Collections.max(used) - used.get(0)) / (double) PENDING_CALLS) + " B for each of "
                    + PENDING_CALLS;
        }
    },
    /** Ten million calls of a hundred thousand clients. */
    FLEET("-Xmx4g") {
        @Override
        String measure() {
            Crowd crowd = new Crowd(10_000_000, 100_000, 100_000);
            long start = System.nanoTime();
            SimulationResult result = Simulation.simulate(crowd.scenario(), Crowd.POLICY);
            double seconds = (System.nanoTime() - start) / 1e9;
            return number(seconds) + " s for " + result.calls() + " calls, " + result.attempts()
                    + " requests, live heap "
                    + number(live() / 1e6) + " MB after it, at most "
                    + number(ManagementFactory.getMemoryPoolMXBeans().stream()
                                    .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
                                    .mapToLong(pool -> pool.getPeakUsage().getUsed())
                                    .sum()
                            / 1e6)
                    + " MB with garbage";
        }
    };

    private static final Crowd CROWD = new Crowd(1_000_000, 50_000, 1_000);
    private static final int PENDING_CALLS = 500_000;

    /** The first rounds make the compiler ready. */
    private static final int ROUNDS = 5;

    private final String heap;

    Leg(String heap) {
        this.heap = heap;
    }

    /** What the process is started with: one processor's work, whatever the machine. */
    List<String> options() {
        return List.of(heap, "-XX:+UseSerialGC");
    }

    /** Measures it in this process, and says what was found. */
    abstract String measure();

    /**
     * Measures one and prints one line.
     *
     * @param arguments its name
     */
    public static void main(String[] arguments) {
        System.out.println(valueOf(arguments[0]).measure());
    }

    private static String speed(LongSupplier run) {
        List<Double> seconds = new ArrayList<>();
        long events = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            events = run.getAsLong();
            seconds.add((System.nanoTime() - start) / 1e9);
        }
        double first = seconds.get(0);
        Collections.sort(seconds);
        double median = seconds.get(ROUNDS / 2);
        return number(median) + " s, " + number(events / median / 1e6) + " million a second, of " + events
                + "; the first time " + number(first) + " s";
    }

    private static long live() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }
}
