package dev.respite.sim;

import dev.respite.Retry;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.balancing.AttemptBalancer;
import dev.respite.sim.scenario.Arrivals;
import dev.respite.sim.scenario.Balancer;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run: a scenario that is acted out in virtual time, under one policy. */
final class SimulationRun {

    private static final long SECOND = 1_000_000_000L;

    /** How long calls are waited for after the last has begun; a policy without a timeout may have some that never end. */
    private static final int MAX_SECONDS_AFTER = 300;

    private final Scenario scenario;
    private final SimulationResult.Setting setting;
    private final Runnable secondOver;
    private final SimTime time;
    private final Map<String, Replicas> services = new LinkedHashMap<>();
    private final List<ClientPool> fleets = new ArrayList<>();
    private final Retry front;
    private final Waves waves;
    private final Replicas focus;
    private final CallLog calls;
    private final List<GroupRun> groups;
    private final List<Double> queue = new ArrayList<>();
    private final List<Double> budget = new ArrayList<>();
    private @Nullable Throwable budgetBug;

    /**
     * A run.
     *
     * @param own what makes the budgets, instead of the policy
     * @param secondOver called whenever a simulated second is over
     */
    SimulationRun(Scenario scenario, RetryPolicy policy, Optional<CustomBudget> own, long seed, Runnable secondOver) {
        this.scenario = scenario;
        this.setting = new SimulationResult.Setting(scenario, seed, own);
        this.secondOver = secondOver;
        this.time = new SimTime(seed, mostAtOnce(scenario.load()));
        Supplier<RetryBudget> budgets =
                () -> own.<RetryBudget>map(budget -> new WatchedBudget(budget.create(time), bug -> budgetBug = bug))
                        .orElseGet(() -> RetryBudgets.of(policy, time));
        NetworkLink wire = new NetworkLink(scenario.network(), time, seed);
        for (Service service : scenario.services().values()) {
            services.put(service.name(), new Replicas(service, scenario.faults(), time, seed));
        }
        for (Service service : scenario.services().values()) {
            service.downstream().ifPresent(next -> {
                RetryPolicy rules = next.policy().orElse(policy);
                Supplier<RetryBudget> layer = budgets(next.policy(), budgets);
                Optional<RetryBudget> shared =
                        Optional.of(layer).filter(all -> next.sharedBudget()).map(Supplier::get);
                Function<String, Optional<Balancers>> balancers = Balancers.of(next.balancer(), this::balancer);
                for (SimulatedServer server : replicas(service.name()).servers()) {
                    Retry retry = ClientPool.retry(rules, next.timeout(), time).withBudget(shared.orElseGet(layer));
                    ClientPool fleet = fleet(next.to(), Optional.empty(), retry, wire);
                    server.callsThrough(fleet.balancedBy(balancers.apply(next.to())));
                }
            });
        }
        Load load = scenario.load();
        this.front = ClientPool.retry(policy, load.timeout(), time);
        this.waves = new Waves(load.isBurst());
        this.calls = new CallLog(time);
        Optional<BreakerFactory> breakers = load.breaker().map(spec -> new BreakerFactory(spec, time));
        Function<String, Optional<Balancers>> balancers = Balancers.of(load.balancer(), this::balancer);
        long end = scenario.duration().toNanos();
        this.groups = load.groups().stream()
                .map(group -> {
                    Optional<RetryPolicy> itsOwn = group.overrides().policy();
                    Retry retry = itsOwn.map(rules -> ClientPool.under(rules, load.timeout(), front))
                            .orElse(front);
                    String to = load.target(group);
                    ClientPool fleet = fleet(to, load.hedge(), retry, wire)
                            .of(group, budgets(itsOwn, budgets), breakers, waves)
                            .balancedBy(balancers.apply(to));
                    return new GroupRun(group, fleet, calls, time, end, seed);
                })
                .toList();
        this.focus = replicas(scenario.focus().name());
    }

    /** What makes the budgets of a layer: its own policy, if it has one, or else what makes those of the run. */
    private Supplier<RetryBudget> budgets(Optional<RetryPolicy> own, Supplier<RetryBudget> ofRun) {
        return own.<Supplier<RetryBudget>>map(policy -> () -> RetryBudgets.of(policy, time))
                .orElse(ofRun);
    }

    /** Far more than any scenario does at one instant that comes to an end. */
    private static long mostAtOnce(Load load) {
        long together = 0;
        for (ClientGroup group : load.groups()) {
            if (group.arrivals() instanceof Arrivals.Burst burst) {
                together += burst.calls();
            } else if (group.arrivals() instanceof Arrivals.Closed closed) {
                together += closed.users();
            } else if (group.arrivals() instanceof Arrivals.Trace trace) {
                together += trace.times().size();
            }
        }
        return 100_000 + 1_000 * together;
    }

    private ClientPool fleet(String to, Optional<Duration> hedge, Retry retry, NetworkLink wire) {
        boolean nests = scenario.service(to).downstream().isPresent();
        ClientPool fleet = new ClientPool(replicas(to), nests, wire, retry, hedge);
        fleets.add(fleet);
        return fleet;
    }

    private AttemptBalancer balancer(String to, Balancer spec) {
        return replicas(to).balancer(spec);
    }

    private Replicas replicas(String name) {
        return Objects.requireNonNull(services.get(name));
    }

    SimulationResult run() {
        int seconds = Math.toIntExact((scenario.duration().toNanos() + SECOND - 1) / SECOND);
        groups.forEach(GroupRun::start);
        for (int second = 1; second <= seconds; second++) {
            time.advanceTo(second * SECOND);
            queue.add((double) focus.queueLength());
            budget.add(budgetLeft());
            refuseBrokenBudget();
            secondOver.run();
        }
        for (int after = 1; calls.arePending() && after <= MAX_SECONDS_AFTER; after++) {
            time.advanceTo((seconds + after) * SECOND);
        }
        refuseBrokenBudget();
        services.values().forEach(service -> service.check(time.nanoTime()));
        return result(seconds);
    }

    private void refuseBrokenBudget() {
        if (budgetBug != null) {
            throw new InvalidScenarioException("budget '"
                    + setting.budget().map(CustomBudget::name).orElse("") + "' threw " + budgetBug
                    + "; a budget must not throw");
        }
    }

    /** The retries that are left, on average over a few clients of each group. */
    private double budgetLeft() {
        return groups.stream()
                .flatMapToDouble(group -> group.fleet().budgets())
                .average()
                .orElse(0);
    }

    private SimulationResult result(int seconds) {
        Series series = new Series(
                calls.begun(seconds), focus.requests().first(seconds), calls.succeeded(seconds), queue, budget);
        long attempts = fleets.stream()
                .filter(fleet -> fleet.isOf(focus))
                .mapToLong(ClientPool::attempts)
                .sum();
        long wasted =
                services.values().stream().mapToLong(Replicas::wastedNanos).sum();
        List<GroupResult> reported = groups.stream().map(GroupRun::result).toList();
        return new SimulationResult(
                setting,
                front.counts(),
                new SimulationResult.Work(attempts, focus.requests().peak(), wasted, waves),
                reported,
                series,
                calls.latencies());
    }

    Replicas focus() {
        return focus;
    }

    long now() {
        return time.nanoTime();
    }
}
