package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.List;

/** Makes the built-in scenarios from their settings. */
final class BuiltInScenarios {

    /** Time before a pause. */
    private static final Duration HISTORY = Duration.ofSeconds(40);

    private BuiltInScenarios() {}

    /** A store with three workers that serves so many requests a second. */
    private static Service store(double capacity) {
        int workers = 3;
        Distribution time = Distribution.exponential(Duration.ofNanos(Math.round(workers * 1e9 / capacity)));
        return Service.named("store").workers(workers).serviceTime(time);
    }

    static Scenario metastable(Parameters given) {
        Service store = store(given.number("capacity", 1, 1e6));
        boolean isRefusing = !given.text("refuse-retries").equals("none");
        return Scenario.builder("metastable")
                .duration(Duration.ofSeconds(140).plus(given.time("outage")))
                .service(isRefusing ? store.refuseRetries(given.time("refuse-retries")) : store)
                .load(Load.poisson("store", given.number("load", 1, 1e6))
                        .clients(given.count("clients"))
                        .timeout(given.time("timeout")))
                .fault(Fault.down("store").at(Duration.ofSeconds(20)).duration(given.time("outage")))
                .build();
    }

    static Scenario circuitBreaker(Parameters given) {
        double capacity = given.number("capacity", 1, 1e6);
        Load load = Load.poisson("store", given.number("load", 1, 1e6))
                .clients(given.count("clients"))
                .timeout(Duration.ofSeconds(1));
        BreakerSpec own = BreakerSpec.own(given.ratio("rate"), given.count("window"), given.time("open"));
        return Scenario.builder("circuit-breaker")
                .duration(Duration.ofSeconds(80).plus(given.time("outage")))
                .service(store(capacity))
                .load(
                        switch (given.choice("breaker", "none", "own", "shared")) {
                            case "own" -> load.breaker(own);
                            case "shared" ->
                                load.breaker(BreakerSpec.shared(own.failureRate(), own.window(), own.open()));
                            default -> load;
                        })
                .fault(Fault.down("store").at(Duration.ofSeconds(20)).duration(given.time("outage")))
                .build();
    }

    static Scenario outageRide(Parameters given) {
        double capacity = given.number("capacity", 1, 1e6);
        return Scenario.builder("outage-ride")
                .duration(Duration.ofSeconds(80).plus(given.time("outage")))
                .service(store(capacity))
                .load(Load.poisson("store", given.number("load", 1, 1e6))
                        .clients(given.count("clients"))
                        .timeout(Duration.ofSeconds(1)))
                .fault(Fault.down("store").at(Duration.ofSeconds(20)).duration(given.time("outage")))
                .build();
    }

    static Scenario pause(Parameters given) {
        double rate = given.number("rate", 0.1, 1e6);
        Distribution time = Distribution.constant(Duration.ofNanos(Math.round(1e9 / rate)));
        return Scenario.builder("pause")
                .duration(HISTORY.plus(given.time("pause")).plusSeconds(150))
                .service(Service.named("server").serviceTime(time))
                .load(Load.even("server", rate * given.number("utilisation", 0.01, 2))
                        .clients(given.count("clients"))
                        .timeout(given.time("timeout")))
                .fault(Fault.pause("server").at(HISTORY).duration(given.time("pause")))
                .build();
    }

    static Scenario thunderingHerd(Parameters given) {
        Duration work = Duration.ofMillis(100);
        double capacity = given.number("capacity", 10, 1e6);
        int workers = (int) Math.round(capacity * work.toNanos() / 1e9);
        return Scenario.builder("thundering-herd")
                .duration(Duration.ofSeconds(70))
                .network(Distribution.constant(Duration.ofMillis(5)), 0)
                .service(Service.named("service")
                        .workers(workers)
                        .serviceTime(Distribution.constant(work))
                        .queue((int) Math.round(capacity / 2)))
                .load(Load.burst("service", given.count("clients"), Duration.ofHours(1))
                        .timeout(Duration.ofSeconds(2)))
                .fault(Fault.refuse("service").duration(given.time("outage")))
                .build();
    }

    static Scenario independentFailures(Parameters given) {
        double fraction = given.ratio("failureRate");
        Service service = Service.named("service").workers(1_000);
        String failure = given.text("failure");
        service = failure.equals("timeout")
                ? service.silences(fraction)
                : service.failures(fraction, given.status("failure"));
        return Scenario.builder("independent-failures")
                .duration(Duration.ofSeconds(400))
                .service(service)
                .load(Load.poisson("service", given.number("rate", 0.1, 1e6))
                        .clients(given.count("clients"))
                        .timeout(Duration.ofMillis(500)))
                .build();
    }

    static Scenario brownout(Parameters given) {
        return Scenario.builder("brownout")
                .duration(Duration.ofSeconds(90).plus(given.time("lasting")))
                .network(Distribution.exponential(Duration.ofMillis(2)), 0)
                .service(Service.named("service")
                        .workers(10)
                        .serviceTime(Distribution.logNormal(Duration.ofMillis(48), 0.6))
                        .queue(200)
                        .retryAfter(Duration.ofSeconds(1)))
                .load(Load.poisson("service", given.number("load", 1, 1e6))
                        .clients(given.count("clients"))
                        .timeout(Duration.ofSeconds(1)))
                .fault(Fault.capacity("service", given.ratio("remaining"))
                        .at(Duration.ofSeconds(20))
                        .duration(given.time("lasting"))
                        .ramp(Duration.ofSeconds(10)))
                .build();
    }

    static Scenario rateLimit(Parameters given) {
        return Scenario.builder("rate-limit")
                .duration(Duration.ofSeconds(60))
                .network(Distribution.exponential(Duration.ofMillis(2)), 0)
                .service(Service.named("service")
                        .workers(100)
                        .rateLimit(given.number("limit", 1, 1e6), 10)
                        .retryAfter(given.time("hint")))
                .load(Load.poisson("service", given.number("load", 1, 1e6))
                        .clients(given.count("clients"))
                        .timeout(Duration.ofSeconds(1)))
                .build();
    }

    static Scenario deepStack(Parameters given) {
        Duration timeout = Duration.ofSeconds(5);
        Distribution work = Distribution.exponential(Duration.ofMillis(5));
        return Scenario.builder("deep-stack")
                .duration(Duration.ofSeconds(60).plus(given.time("lasting")))
                .network(Distribution.constant(Duration.ofMillis(1)), 0)
                .service(Service.named("edge").workers(1_000).serviceTime(work).calls("middle", timeout))
                .service(
                        Service.named("middle").workers(1_000).serviceTime(work).calls("store", timeout))
                .service(Service.named("store").workers(1_000).serviceTime(work))
                .load(Load.poisson("edge", given.number("load", 1, 1e6))
                        .clients(given.count("clients"))
                        .timeout(timeout))
                .fault(Fault.errors("store", given.ratio("ratio"))
                        .at(Duration.ofSeconds(20))
                        .duration(given.time("lasting")))
                .build();
    }

    static Scenario badReplica(Parameters given) {
        int replicas = given.count("replicas");
        Fault fault = switch (given.choice("fault", "fail-fast", "errors", "refuse", "down", "pause")) {
            case "errors" -> Fault.errors("store", 1);
            case "refuse" -> Fault.refuse("store");
            case "down" -> Fault.down("store");
            case "pause" -> Fault.pause("store");
            default -> Fault.failFast("store", 1);
        };
        return Scenario.builder("bad-replica")
                .duration(Duration.ofSeconds(60).plus(given.time("lasting")))
                .service(Service.named("store")
                        .replicas(replicas)
                        .workers(2)
                        .serviceTime(Distribution.exponential(Duration.ofMillis(20))))
                .load(Load.poisson("store", given.number("load", 1, 1e6))
                        .clients(given.count("clients"))
                        .timeout(Duration.ofSeconds(1)))
                .fault(fault.replica(1).at(Duration.ofSeconds(20)).duration(given.time("lasting")))
                .build();
    }

    static Scenario overload(Parameters given) {
        double capacity = given.number("capacity", 1, 1e6);
        double usual = given.number("load", 1, 1e6);
        double peak = given.number("peak", 1, 1e6);
        Duration begins = Duration.ofSeconds(25);
        Duration ends = begins.plus(given.time("lasting"));
        Service store = store(capacity);
        boolean isProtected = given.choice("protection", "none", "queue").equals("queue");
        Arrivals arrivals = Arrivals.ramp(
                List.of(usual, peak, peak, usual), List.of(begins.minusSeconds(5), begins, ends, ends.plusSeconds(5)));
        return Scenario.builder("overload")
                .duration(ends.plusSeconds(65))
                // A tenth of a second of work.
                .service(isProtected ? store.queue((int) Math.round(capacity / 10)) : store)
                .load(Load.of(
                                "store",
                                List.of(ClientGroup.of(ClientGroup.DEFAULT_NAME, arrivals)
                                        .clients(given.count("clients"))))
                        .timeout(given.time("timeout")))
                .build();
    }

    static Scenario tail(Parameters given) {
        Distribution time = Distribution.bimodal(Duration.ofMillis(5), Duration.ofMillis(500), given.ratio("slow"));
        return Scenario.builder("tail")
                .duration(Duration.ofSeconds(120))
                .network(Distribution.exponential(Duration.ofMillis(1)), 0)
                .service(Service.named("store").workers(1_000).serviceTime(time))
                .load(Load.poisson("store", given.number("rate", 1, 1e6))
                        .clients(given.count("clients"))
                        .timeout(Duration.ofSeconds(2))
                        .hedge(given.time("hedge")))
                .build();
    }
}
