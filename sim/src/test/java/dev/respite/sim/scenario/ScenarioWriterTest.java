package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ScenarioWriterTest {

    private static final int SCENARIOS = 2_000;

    private final Random random = new Random(11);

    @Test
    void builtInScenarios_areReadBack() {
        assertThat(BuiltIn.all())
                .allSatisfy(builtIn -> assertThat(readBack(builtIn.scenario())).isEqualTo(builtIn.scenario()));
        Scenario odd = BuiltIn.named("pause").scenario(Map.of("rate", "3.3", "utilisation", "0.7", "pause", "1.2345s"));
        assertThat(readBack(odd)).isEqualTo(odd);
    }

    @Test
    void randomScenarios_areReadBack() {
        for (int i = 0; i < SCENARIOS; i++) {
            Scenario scenario = scenario();
            assertThat(readBack(scenario)).as(() -> ScenarioFile.yaml(scenario)).isEqualTo(scenario);
        }
    }

    private static Scenario readBack(Scenario scenario) {
        return ScenarioFile.parse(ScenarioFile.yaml(scenario));
    }

    @Test
    void text_isWhatAPersonWouldWrite() {
        assertThat(ScenarioFile.yaml(BuiltIn.named("brownout").scenario(Map.of("load", "150"))))
                .isEqualTo("""
                name: brownout
                duration: 2m
                network:
                  latency: exponential 2ms
                services:
                  service:
                    workers: 10
                    service-time: lognormal 48ms 0.6
                    queue: 200
                    retry-after: 1s
                load:
                  to: service
                  arrivals: poisson 150/s
                  clients: 10
                  timeout: 1s
                faults:
                  - capacity: service
                    to: 50%
                    at: 20s
                    for: 30s
                    ramp: 10s
                """);
    }

    @Test
    void text_saysLayersAndLimits() {
        Service web =
                Service.named("web").calls("store", Duration.ofMillis(800)).sharingBudget();
        Service store = Service.named("store").replicas(4).refuseRetries(Duration.ofMillis(200));
        Arrivals ramp = Arrivals.ramp(List.of(0.0, 400.0), List.of(Duration.ZERO, Duration.ofMinutes(1)));
        Scenario scenario = Scenario.builder("layers")
                .service(web)
                .service(store)
                .load(Load.of(
                        "web", List.of(ClientGroup.of("all", ramp).to("store").withoutAttemptNumber())))
                .build();

        assertThat(ScenarioFile.yaml(scenario)).isEqualTo("""
                name: layers
                duration: 1m
                services:
                  web:
                    workers: 1
                    service-time: constant 10ms
                    calls: store
                    timeout: 800ms
                    budget: shared
                  store:
                    replicas: 4
                    workers: 1
                    service-time: constant 10ms
                    refuse-retries: 200ms
                load:
                  to: web
                  groups:
                    - name: all
                      to: store
                      arrivals: ramp 0/s at 0 to 400/s at 1m
                      attempt-number: false
                """);
    }

    @Test
    void policyInCode_isRefused() {
        RetryPolicy inCode =
                RetryPolicy.builder().retryOnResult(Object.class, "ok"::equals).build();
        Scenario scenario = Scenario.builder("coded")
                .service(Service.named("web").calls("store").policy(inCode))
                .service(Service.named("store"))
                .load(Load.even("web", 5))
                .build();

        assertThatThrownBy(() -> ScenarioFile.yaml(scenario))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessageStartingWith("policy of 'web': max-attempts=")
                .hasMessageEndingWith(": a part of it is written in code, which a file cannot say;"
                        + " use a policy of RetryPolicy.parse");
    }

    @Test
    void differentScenarios_areNotEqual() {
        List<Scenario> all = BuiltIn.all().stream().map(BuiltIn::scenario).toList();
        assertThat(all).doesNotHaveDuplicates();
        assertThat(BuiltIn.named("metastable").scenario())
                .isEqualTo(BuiltIn.named("metastable").scenario())
                .hasSameHashCodeAs(BuiltIn.named("metastable").scenario())
                .isNotEqualTo(BuiltIn.named("metastable").scenario(Map.of("timeout", "2s")));
        assertThat(Service.named("a").queue(3)).isNotEqualTo(Service.named("a"));
    }

    private Scenario scenario() {
        List<String> names = new ArrayList<>(List.of("store", "web", "a \"b\" \\ c: #d", "ü-7", "1", "no", "- x"))
                .subList(0, 1 + random.nextInt(7));
        ScenarioBuilder builder = Scenario.builder(pick(List.of("mine", "a: b", "null", "x{}")))
                .duration(Duration.ofSeconds(30 + random.nextInt(1_000)));
        if (random.nextBoolean()) {
            builder.network(distribution(), random.nextBoolean() ? 0 : random.nextDouble());
        }
        for (int i = 0; i < names.size(); i++) {
            Service service = service(names.get(i));
            boolean calls = i > 0 && random.nextBoolean();
            builder.service(calls ? calling(service, names.get(i - 1)) : service);
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            builder.fault(fault(pick(names)));
        }
        return builder.load(load(pick(names), builder)).build();
    }

    private Service calling(Service service, String next) {
        Service calling = random.nextBoolean() ? service.calls(next) : service.calls(next, time());
        calling = random.nextBoolean() ? calling.policy(policy()) : calling;
        return random.nextBoolean() ? calling.sharingBudget() : calling;
    }

    private RetryPolicy policy() {
        return pick(List.of(
                RetryPolicy.defaults(),
                RetryPolicy.parse("max-attempts=1 budget=off"),
                RetryPolicy.parse("backoff=fixed base-delay=7ms jitter=none budget=grpc:10/0.1 nested=retry"),
                RetryPolicy.parse("unbounded=\"a: b \\\"c\\\" \\\\ #d\" stop-on=java.io.IOException")));
    }

    private Arrivals ramp() {
        List<Double> rates = new ArrayList<>();
        List<Duration> times = new ArrayList<>();
        Duration at = random.nextBoolean() ? Duration.ZERO : time();
        rates.add(0.001 + random.nextDouble() * 1e6);
        times.add(at);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            at = random.nextBoolean()
                    ? at
                    : at.plus(Duration.ofHours(24).minus(at).dividedBy(2));
            rates.add(random.nextBoolean() ? 0 : 1.0 + random.nextInt(1_000));
            times.add(at);
        }
        return Arrivals.ramp(rates, times);
    }

    private Service service(String name) {
        Service service = Service.named(name).replicas(1 + random.nextInt(3)).workers(1 + random.nextInt(100_000));
        if (random.nextBoolean()) {
            service = service.serviceTime(distribution());
        }
        if (random.nextBoolean()) {
            service = service.slowStart(1 + random.nextDouble() * 10, time());
        }
        if (random.nextBoolean()) {
            service = service.queue(random.nextInt(1_000));
        }
        if (random.nextBoolean()) {
            service = service.refuseRetries(Duration.ofNanos(1_000_000L + random.nextInt(2_000_000_000)));
        }
        if (random.nextBoolean()) {
            service = service.rateLimit(0.001 + random.nextDouble() * 1_000, 1 + random.nextInt(50));
        }
        if (random.nextBoolean()) {
            service = service.retryAfter(random.nextBoolean() ? Duration.ZERO : time());
        }
        return pick(List.of(
                service,
                service.silences(random.nextDouble()),
                service.failures(random.nextDouble(), 400 + random.nextInt(200)),
                service.failures(0, 503)));
    }

    private Fault fault(String service) {
        Fault fault = pick(List.<Supplier<Fault>>of(
                        () -> Fault.down(service),
                        () -> Fault.refuse(service),
                        () -> Fault.slow(service, 1 + random.nextDouble() * 999),
                        () -> Fault.capacity(service, random.nextDouble()),
                        () -> Fault.errors(service, random.nextDouble()),
                        () -> Fault.failFast(service, random.nextDouble()),
                        () -> Fault.throttle(service, random.nextDouble())))
                .get();
        fault = fault.at(Duration.ofNanos(random.nextInt(2_000_000_000))).duration(time());
        fault = random.nextBoolean() ? fault.replica(1) : fault;
        return random.nextInt(4) == 0
                ? Fault.pause(service).at(fault.at()).duration(fault.duration())
                : random.nextBoolean() ? fault.ramp(time()) : fault;
    }

    private Load load(String to, ScenarioBuilder builder) {
        boolean hasFreeLayer = builder.services().values().stream()
                .flatMap(service -> service.downstream().stream())
                .anyMatch(next -> next.policy().isEmpty());
        List<ClientGroup> groups = new ArrayList<>();
        for (String name : random.nextBoolean() ? List.of("web: 1", "batch") : List.of(ClientGroup.DEFAULT_NAME)) {
            ClientGroup group = group(name);
            group = random.nextInt(3) == 0
                    ? group.to(pick(List.copyOf(builder.services().keySet())))
                    : group;
            // Something must be left for the policy of the run.
            boolean mayHavePolicy = hasFreeLayer || !groups.isEmpty();
            groups.add(mayHavePolicy && random.nextBoolean() ? group.policy(policy()) : group);
        }
        Load load = Load.of(to, groups);
        load = random.nextBoolean() ? load.timeout(time()) : load;
        int kind = random.nextInt(3);
        Duration open = Duration.ofMillis(1 + random.nextInt(1_000_000));
        double rate = 0.001 + random.nextDouble() * 0.99;
        return switch (kind) {
            case 0 -> load.hedge(time());
            case 1 -> load.breaker(new BreakerSpec(rate, 1 + random.nextInt(100), open, random.nextBoolean()));
            default -> load;
        };
    }

    private ClientGroup group(String name) {
        double rate = 0.001 + random.nextDouble() * 1e6;
        ClientGroup group = ClientGroup.of(
                name,
                pick(List.of(
                        Arrivals.poisson(rate),
                        Arrivals.even(rate),
                        ramp(),
                        Arrivals.burst(1 + random.nextInt(1_000), time()),
                        Arrivals.closed(1 + random.nextInt(1_000), distribution()))));
        group = random.nextBoolean() ? group.clients(1 + random.nextInt(1_000)) : group;
        group = random.nextBoolean() ? group.inTurn() : group;
        group = random.nextBoolean() ? group.withoutAttemptNumber() : group;
        return random.nextBoolean() ? group.sharingBudget() : group;
    }

    private Distribution distribution() {
        return pick(List.of(
                Distribution.constant(time()),
                Distribution.constant(Duration.ZERO),
                Distribution.exponential(time()),
                Distribution.exponential(time(), 1 + random.nextDouble() * 999, random.nextDouble()),
                Distribution.logNormal(time(), random.nextDouble() * 5),
                Distribution.bimodal(time(), time(), random.nextDouble())));
    }

    /** Some have many digits, and some the most. */
    private Duration time() {
        return pick(List.of(
                Duration.ofSeconds(1 + random.nextInt(100)),
                Duration.ofNanos(1 + random.nextInt(2_000_000_000)),
                Duration.ofHours(24).minusNanos(random.nextInt(2)),
                Duration.ofMillis(1 + random.nextInt(10_000))));
    }

    private <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
