package dev.respite.sim;

import dev.respite.Retry;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.SimulationEvent.BudgetSampled;
import dev.respite.sim.SimulationEvent.Layer;
import dev.respite.sim.SimulationEvent.QueueSampled;
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
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** One run: a scenario that is acted out in virtual time, under one policy. */
final class SimulationRun {

    private static final long SECOND = 1_000_000_000L;

    /** The time for which calls are awaited after the last has begun; a policy without a timeout may have some that never end. */
    private static final int MAX_SECONDS_AFTER = 300;

    private final Scenario scenario;
    private final SimulationResult.Setting setting;
    private final Runnable secondOver;
    private final SimTime time;
    private final EventTap tap;
    private final Map<String, Replicas> services = new LinkedHashMap<>();
    private final Map<Layer, List<ClientPool>> layers = new LinkedHashMap<>();
    private final Retry front;

    /** Replace the policy of the layers that have none of their own. */
    private final List<Consumer<RetryPolicy>> followers = new ArrayList<>();

    private final Waves waves;
    private final Replicas focus;
    private final CallLog calls;
    private final List<GroupRun> groups;
    private final List<Double> queue = new ArrayList<>();
    private final List<Double> budget = new ArrayList<>();
    private final List<Double> overloadBudget = new ArrayList<>();

    /**
     * A run without a listener.
     *
     * @param secondOver called whenever a simulated second is over
     */
    SimulationRun(Scenario scenario, RetryPolicy policy, long seed, Runnable secondOver) {
        this(new SimulationResult.Setting(scenario, seed), policy, secondOver, SimulationListener.NONE);
    }

    SimulationRun(
            SimulationResult.Setting setting, RetryPolicy policy, Runnable secondOver, SimulationListener listener) {
        this.scenario = setting.scenario();
        this.setting = setting;
        this.secondOver = secondOver;
        long seed = setting.seed();
        this.time = new SimTime(seed, mostAtOnce(scenario.load()));
        this.tap = new EventTap(listener, time);
        Supplier<RetryBudget> budgets = () -> RetryBudgets.of(policy);
        NetworkLink wire = new NetworkLink(scenario.networkLatency(), scenario.networkLoss(), time, seed);
        for (Service service : scenario.services().values()) {
            services.put(service.name(), new Replicas(service, scenario.faults(), time, seed, tap));
        }
        for (Service service : scenario.services().values()) {
            service.downstream().ifPresent(next -> {
                Layer layer = new Layer(service.name(), next.to(), false);
                RetryPolicy rules = next.policy().orElse(policy);
                Supplier<RetryBudget> budgetsOfLayer = perReplica(next.sharedBudget(), budgets(next.policy(), budgets));
                List<SimulatedServer> servers = replicas(service.name()).servers();
                List<ClientPool> fleets = new ArrayList<>();
                for (int i = 0; i < servers.size(); i++) {
                    int replica = i;
                    Retry retry = tap.observe(ClientPool.retry(rules, next.timeout(), time))
                            .withBudget(budgetsOfLayer.get());
                    ClientPool fleet = fleet(
                            layer, Optional.empty(), retry, wire, (client, parent) -> tap.call(layer, replica, parent));
                    servers.get(i).callsThrough(fleet);
                    fleets.add(fleet);
                }
                if (next.policy().isEmpty()) {
                    followers.add(then -> {
                        Supplier<RetryBudget> budgetsOfThen =
                                perReplica(next.sharedBudget(), () -> RetryBudgets.of(then));
                        fleets.forEach(fleet -> fleet.replacePolicy(then, next.timeout(), budgetsOfThen));
                    });
                }
            });
        }
        Load load = scenario.load();
        this.front = tap.observe(ClientPool.retry(policy, load.timeout(), time));
        this.waves = new Waves(load.isBurst());
        this.calls = new CallLog(time);
        Optional<BreakerFactory> breakers = load.breaker().map(spec -> new BreakerFactory(spec, time, tap));
        long end = scenario.duration().toNanos();
        this.groups = load.groups().stream()
                .map(group -> {
                    Layer layer = new Layer(group.name(), load.target(group), true);
                    Optional<RetryPolicy> itsOwn = group.policy();
                    Retry retry = itsOwn.map(rules -> ClientPool.under(rules, load.timeout(), front))
                            .orElse(front);
                    ClientPool fleet = fleet(
                                    layer,
                                    load.hedge(),
                                    retry,
                                    wire,
                                    (client, parent) -> tap.call(layer, client, parent))
                            .of(group, budgets(itsOwn, budgets), breakers, waves);
                    if (itsOwn.isEmpty()) {
                        followers.add(then -> fleet.replacePolicy(then, load.timeout(), () -> RetryBudgets.of(then)));
                    }
                    return new GroupRun(group, fleet, calls, time, end, seed);
                })
                .toList();
        this.focus = replicas(scenario.focus().name());
    }

    /** Returns the factory of the budgets of a layer: its own policy, if it has one, or else the factory of the run. */
    private Supplier<RetryBudget> budgets(Optional<RetryPolicy> own, Supplier<RetryBudget> ofRun) {
        return own.<Supplier<RetryBudget>>map(policy -> () -> RetryBudgets.of(policy))
                .orElse(ofRun);
    }

    /** Returns the factory of the budgets of a service's replicas, which share one or have one each. */
    private static Supplier<RetryBudget> perReplica(boolean isShared, Supplier<RetryBudget> budgets) {
        if (!isShared) {
            return budgets;
        }
        RetryBudget shared = budgets.get();
        return () -> shared;
    }

    /** Far more than any scenario does at one instant that comes to an end. */
    private static long mostAtOnce(Load load) {
        long together = load.groups().stream()
                .mapToLong(group -> group.arrivals().clients())
                .sum();
        return 100_000 + 1_000 * together;
    }

    private ClientPool fleet(
            Layer layer, Optional<Duration> hedge, Retry retry, NetworkLink wire, ClientPool.LayerEvents events) {
        boolean nests = scenario.service(layer.service()).downstream().isPresent();
        ClientPool fleet = new ClientPool(replicas(layer.service()), nests, wire, retry, hedge, events);
        layers.computeIfAbsent(layer, key -> new ArrayList<>()).add(fleet);
        return fleet;
    }

    private Replicas replicas(String name) {
        return Objects.requireNonNull(services.get(name));
    }

    /** Replaces the policy for calls that begin at a time or later, which is after zero. */
    void replacePolicy(Duration at, RetryPolicy policy) {
        if (!at.isZero()) {
            time.at(at.toNanos(), () -> followers.forEach(follower -> follower.accept(policy)));
        }
    }

    SimulationResult run() {
        int seconds = Math.toIntExact((scenario.duration().toNanos() + SECOND - 1) / SECOND);
        groups.forEach(GroupRun::start);
        for (int second = 1; second <= seconds; second++) {
            advanceTo(second * SECOND);
            queue.add((double) focus.queueLength());
            List<ClientPool> fleets = groups.stream().map(GroupRun::fleet).toList();
            budget.add(left(fleets, RetryBudget::retriesLeft));
            overloadBudget.add(left(fleets, RetryBudget::overloadRetriesLeft));
            tap.throwBug();
            secondOver.run();
        }
        for (int after = 1; calls.arePending() && after <= MAX_SECONDS_AFTER; after++) {
            time.advanceTo((seconds + after) * SECOND);
        }
        tap.throwBug();
        services.values().forEach(Replicas::check);
        return result(seconds);
    }

    /** Lets time pass and, if the run has a listener, samples budgets and queues on the way. */
    private void advanceTo(long end) {
        while (tap.nextSample() <= end) {
            long now = tap.nextSample();
            time.advanceTo(now);
            layers.forEach((layer, pools) -> tap.publish(new BudgetSampled(
                    now, layer, left(pools, RetryBudget::retriesLeft), left(pools, RetryBudget::overloadRetriesLeft))));
            services.forEach((name, service) -> tap.publish(new QueueSampled(now, name, service.queueLength())));
            tap.sampled();
        }
        time.advanceTo(end);
    }

    /** The retries that are left, on average over a few clients of each pool. */
    private static double left(List<ClientPool> pools, ToDoubleFunction<RetryBudget> account) {
        return pools.stream()
                .flatMap(ClientPool::budgets)
                .mapToDouble(account)
                .average()
                .orElse(0);
    }

    private SimulationResult result(int seconds) {
        Series series = new Series(
                calls.begun(seconds),
                focus.requests().first(seconds),
                calls.succeeded(seconds),
                calls.succeededByStart(seconds),
                queue,
                budget,
                overloadBudget);
        long attempts = layers.values().stream()
                .flatMap(List::stream)
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
                calls.times());
    }

    Replicas focus() {
        return focus;
    }

    long now() {
        return time.nanoTime();
    }
}
