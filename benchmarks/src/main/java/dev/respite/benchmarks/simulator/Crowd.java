package dev.respite.benchmarks.simulator;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Network;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;

/** A scenario that keeps the simulator busy: many clients, a network, timeouts, and one answer in twenty a 500. */
record Crowd(int calls, int rate, int clients) {

    static final Duration LATENCY = Duration.ofMillis(2);
    static final Duration WORK = Duration.ofMillis(10);
    static final Duration TIMEOUT = Duration.ofSeconds(1);
    static final double FAILURES = 0.05;
    static final RetryPolicy POLICY = RetryPolicy.defaults();

    Scenario scenario() {
        return Scenario.builder("crowd")
                .duration(Duration.ofNanos(calls * 1_000_000_000L / rate))
                .network(new Network(Distribution.exponential(LATENCY), 0))
                .service(Service.named("service")
                        .workers(1_000_000)
                        .serviceTime(Distribution.constant(WORK))
                        .failures(FAILURES, 500))
                .load(Load.poisson("service", rate).clients(clients).timeout(TIMEOUT))
                .build();
    }

    /**
     * How many events there are: of each call its beginning, of each attempt its arrival, the end of the work, the answer and
     * a timeout that nearly always comes to nothing, and of each retry a delay.
     */
    static long events(long calls, long attempts) {
        return calls + 4 * attempts + (attempts - calls);
    }
}
