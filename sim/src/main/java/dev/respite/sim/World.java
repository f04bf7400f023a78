package dev.respite.sim;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One run: a scenario that is acted out in virtual time, under one policy. */
final class World {

    private static final long SECOND = 1_000_000_000L;

    /** How long calls are waited for after the last has begun; a policy without a timeout may have some that never end. */
    private static final int MOST_SECONDS_AFTER = 300;

    /** The longest latency that is told apart from longer ones, in microseconds: a day. */
    private static final long LONGEST = 86_400_000_000L;

    private final Scenario scenario;
    private final long seed;
    private final Runnable secondOver;
    private final SimTime time;
    private final Map<String, Replicas> services = new LinkedHashMap<>();
    private final List<Fleet> fleets = new ArrayList<>();
    private final Fleet front;
    private final Replicas focus;
    private final Traffic traffic;

    private final Series.Counts begun = new Series.Counts();
    private final Series.Counts succeeded = new Series.Counts();
    private final List<Double> queue = new ArrayList<>();
    private final List<Double> budget = new ArrayList<>();
    private final Histogram latencies = new Histogram(LONGEST, 3);
    private long pending;

    World(Scenario scenario, RetryPolicy policy, long seed, Runnable secondOver) {
        this.scenario = scenario;
        this.seed = seed;
        this.secondOver = secondOver;
        this.time = new SimTime(seed, mostAtOnce(scenario.load().arrivals()));
        Wire wire = new Wire(scenario.network(), time, seed);
        for (Service service : scenario.services().values()) {
            services.put(service.name(), new Replicas(service, scenario.faults(), time, seed));
        }
        for (Service service : scenario.services().values()) {
            service.downstream().ifPresent(next -> {
                for (Server server : replicas(service.name()).servers()) {
                    server.callsThrough(fleet(next.to(), next.timeout(), Optional.empty(), policy, wire));
                }
            });
        }
        Load load = scenario.load();
        this.front =
                fleet(load.to(), load.timeout(), load.hedge(), policy, wire).of(load);
        this.focus = replicas(scenario.focus().name());
        this.traffic = new Traffic(
                load.arrivals(), load.clients(), time, scenario.duration().toNanos(), seed, this::begin);
    }

    /** Far more than any scenario does at one instant that comes to an end. */
    private static long mostAtOnce(Arrivals arrivals) {
        long together = 0;
        if (arrivals instanceof Arrivals.Burst burst) {
            together = burst.calls();
        } else if (arrivals instanceof Arrivals.Closed closed) {
            together = closed.users();
        }
        return 100_000 + 1_000 * together;
    }

    private Fleet fleet(
            String to, Optional<Duration> timeout, Optional<Duration> hedge, RetryPolicy policy, Wire wire) {
        Retry retry = Fleet.retry(policy, timeout, time);
        boolean nests = scenario.service(to).downstream().isPresent();
        Fleet fleet = new Fleet(replicas(to), nests, wire, retry, hedge);
        fleets.add(fleet);
        return fleet;
    }

    private Replicas replicas(String name) {
        return Objects.requireNonNull(services.get(name));
    }

    SimulationResult run() {
        int seconds = Math.toIntExact((scenario.duration().toNanos() + SECOND - 1) / SECOND);
        traffic.start();
        for (int second = 1; second <= seconds; second++) {
            time.advanceTo(second * SECOND);
            queue.add((double) focus.queueLength());
            budget.add(front.budget());
            secondOver.run();
        }
        for (int after = 1; pending > 0 && after <= MOST_SECONDS_AFTER; after++) {
            time.advanceTo((seconds + after) * SECOND);
        }
        services.values().forEach(service -> service.check(time.nanoTime()));
        return result(seconds);
    }

    private void begin(int user) {
        long start = time.nanoTime();
        begun.add(start);
        pending++;
        front.call(user, failure -> ended(user, start, failure));
    }

    private void ended(int user, long start, @Nullable Throwable failure) {
        pending--;
        long now = time.nanoTime();
        if (failure == null) {
            succeeded.add(now);
            latencies.recordValue(Math.min(LONGEST, (now - start) / 1_000));
        }
        traffic.answered(user);
    }

    private SimulationResult result(int seconds) {
        Series series = new Series(
                begun.first(seconds), focus.requests().first(seconds), succeeded.first(seconds), queue, budget);
        long attempts = fleets.stream()
                .filter(fleet -> fleet.isOf(focus))
                .mapToLong(Fleet::attempts)
                .sum();
        long wasted =
                services.values().stream().mapToLong(Replicas::wastedNanos).sum();
        return new SimulationResult(
                scenario,
                seed,
                front.common().counts(),
                new SimulationResult.Work(attempts, focus.requests().peak(), wasted, front.waves()),
                series,
                latencies);
    }

    Replicas focus() {
        return focus;
    }

    long now() {
        return time.nanoTime();
    }
}
