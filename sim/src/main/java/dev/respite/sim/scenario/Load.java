package dev.respite.sim.scenario;

import dev.respite.policy.RetryPolicy;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The calls of a run: when they begin, who makes them, and how long an attempt may take.
 *
 * @param to the service that is called, by the groups that do not call another
 * @param groups who makes the calls, at least one group; that of the short forms below is called {@code all}
 * @param breaker the circuit breakers of the attempts; empty if there is none
 * @param timeout how long an attempt may take, unless the policy has a limit; empty if nothing limits it
 * @param hedge how long a call waits before it sends another attempt beside the first, if its policy allows more than one;
 *     it is then hedged, not retried. Empty if calls are retried
 */
public record Load(
        String to,
        List<ClientGroup> groups,
        Optional<BreakerSpec> breaker,
        Optional<Duration> timeout,
        Optional<Duration> hedge) {

    /**
     * Checks the ranges.
     *
     * @throws InvalidScenarioException if a number is out of its range, there is no group, two groups have the same name, or
     *     hedged calls are to have a breaker
     */
    public Load {
        groups = List.copyOf(groups);
        if (groups.isEmpty()) {
            throw new InvalidScenarioException("there is no group of clients; name at least one");
        }
        Set<String> names = new HashSet<>();
        for (ClientGroup group : groups) {
            if (!names.add(group.name())) {
                throw new InvalidScenarioException(
                        "two groups are called '" + ValueFormat.shortened(group.name()) + "'; rename one of them");
            }
        }
        if (hedge.isPresent() && breaker.isPresent()) {
            throw new InvalidScenarioException("breaker: hedged calls pass none; leave out the breaker or the hedge");
        }
        timeout.ifPresent(time -> Checks.positive("timeout", time));
        hedge.ifPresent(time -> Checks.positive("hedge", time));
    }

    /**
     * Calls of several groups of clients, which are reported together and each for itself.
     *
     * @param to the service that is called
     * @param groups the groups, at least one
     * @return the load
     * @throws InvalidScenarioException if there is no group, or two have the same name
     */
    public static Load of(String to, List<ClientGroup> groups) {
        return new Load(to, groups, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static Load of(String to, Arrivals arrivals) {
        return of(to, List.of(ClientGroup.of(ClientGroup.DEFAULT_NAME, arrivals)));
    }

    /**
     * Calls that know nothing of each other, made by one client.
     *
     * @param to the service that is called
     * @param rate calls a second
     * @return the load
     */
    public static Load poisson(String to, double rate) {
        return of(to, Arrivals.poisson(rate));
    }

    /**
     * Calls at equal distances, made by one client.
     *
     * @param to the service that is called
     * @param rate calls a second
     * @return the load
     */
    public static Load even(String to, double rate) {
        return of(to, Arrivals.even(rate));
    }

    /**
     * Many calls at the same moment, and again after a while, each made by a client of its own.
     *
     * @param to the service that is called
     * @param calls how many
     * @param every how long from one burst to the next
     * @return the load
     */
    public static Load burst(String to, int calls, Duration every) {
        return of(to, Arrivals.burst(calls, every));
    }

    /**
     * Users who each wait for their answer, think, and call again; each is a client.
     *
     * @param to the service that is called
     * @param users how many
     * @param think how long they think
     * @return the load
     */
    public static Load closed(String to, int users, Distribution think) {
        return of(to, Arrivals.closed(users, think));
    }

    /**
     * {@return this load, made by another number of clients}
     *
     * @param clients how many, at least 1
     * @throws InvalidScenarioException if it has several groups: each has clients of its own
     */
    public Load clients(int clients) {
        return with("clients", group -> group.clients(clients));
    }

    /**
     * {@return this load, its clients making the calls in turn instead of at random; of no effect on bursts and closed loads}
     *
     * @throws InvalidScenarioException if it has several groups: each has clients of its own
     */
    public Load inTurn() {
        return with("clients-order", ClientGroup::inTurn);
    }

    /**
     * {@return this load, its clients sharing one budget}
     *
     * @throws InvalidScenarioException if it has several groups: each has clients of its own
     */
    public Load sharingBudget() {
        return with("budget", ClientGroup::sharingBudget);
    }

    /**
     * This load under a policy of its own, whatever the policy of the run is, which is then that of the services' calls only.
     *
     * @param policy the policy, also of the budgets of its clients
     * @return the load
     * @throws InvalidScenarioException if it has several groups: each may have a policy of its own
     */
    public Load policy(RetryPolicy policy) {
        return with("policy", group -> group.policy(policy));
    }

    /**
     * {@return this load, its clients sending no attempt number} To a service that {@linkplain Service#refuseRetries refuses
     * retries} each of their requests is a first attempt.
     *
     * @throws InvalidScenarioException if it has several groups: each has clients of its own
     */
    public Load withoutAttemptNumber() {
        return with("attempt-number", ClientGroup::withoutAttemptNumber);
    }

    /**
     * Returns the service that a group calls.
     *
     * @param group one of the groups
     * @return its own, or else that of the load
     */
    public String target(ClientGroup group) {
        return group.to().orElse(to);
    }

    /**
     * {@return this load, whose attempts pass a circuit breaker}
     *
     * @param breaker the breaker, of each client or of all
     * @throws InvalidScenarioException if its calls are hedged
     */
    public Load breaker(BreakerSpec breaker) {
        return new Load(to, groups, Optional.of(breaker), timeout, hedge);
    }

    private Load with(String key, UnaryOperator<ClientGroup> change) {
        if (groups.size() > 1) {
            throw new InvalidScenarioException(
                    key + ": this load has " + groups.size() + " groups; say it of each of them");
        }
        return new Load(to, List.of(change.apply(groups.get(0))), breaker, timeout, hedge);
    }

    /**
     * {@return this load with a limit to each attempt}
     *
     * @param timeout how long an attempt may take, unless the policy has a limit
     */
    public Load timeout(Duration timeout) {
        return new Load(to, groups, breaker, Optional.of(timeout), hedge);
    }

    /**
     * {@return this load, whose calls are hedged instead of retried where the policy allows more than one attempt}
     *
     * @param delay how long a call waits before it sends another attempt beside the first
     * @throws InvalidScenarioException if its attempts pass a breaker
     */
    public Load hedge(Duration delay) {
        return new Load(to, groups, breaker, timeout, Optional.of(delay));
    }

    /** {@return whether all calls begin in bursts, so that rates show little, and the spread of the retries shows much} */
    public boolean isBurst() {
        return groups.stream().allMatch(group -> group.arrivals().isBurst());
    }

    /**
     * {@return whether several groups of clients were named, or one under a name of its own, and each is reported for itself,
     * too}
     */
    public boolean hasGroups() {
        return groups.size() > 1 || !groups.get(0).name().equals(ClientGroup.DEFAULT_NAME);
    }

    /**
     * {@return the arrivals of all groups, such as {@code poisson 280/s}, or {@code web poisson 280/s + batch even 20/s} where
     * groups were named}
     */
    public String arrivals() {
        return groups.stream()
                .map(group -> (hasGroups() ? group.name() + " " : "") + group.arrivals())
                .collect(Collectors.joining(" + "));
    }
}
