package dev.respite.sim.scenario;

import dev.respite.policy.RetryPolicy;
import dev.respite.text.ValueFormat;
import java.util.Optional;

/**
 * Clients of one kind: how many there are, when their calls begin, and what their retries are paid from. Each group has its
 * own streams of chance, named by the group, so that what one group does leaves the arrivals of the others as they are.
 *
 * @param name what reports call the group
 * @param arrivals when calls begin
 * @param clients how many clients there are
 * @param isInTurn whether they make the calls one after the other, so that the calls of one client come at more equal distances.
 *     Otherwise each call is made by any of them, with the same probability. It has no effect on bursts and closed loads
 * @param sharedBudget whether they share one retry budget, instead of having one each
 * @param sendsAttemptNumber whether their requests have the number of their attempt; otherwise each counts as a first attempt
 * @param to the service that they call; if empty, they call the service of the load
 * @param policy the policy of their calls; if empty, the run's policy applies
 */
public record ClientGroup(
        String name,
        Arrivals arrivals,
        int clients,
        boolean isInTurn,
        boolean sharedBudget,
        boolean sendsAttemptNumber,
        Optional<String> to,
        Optional<RetryPolicy> policy) {

    /** The name of the one group of a load that names none. */
    static final String DEFAULT_NAME = "all";

    /**
     * Checks the ranges.
     *
     * @throws InvalidScenarioException if the name is blank or the number of clients is out of its range
     */
    public ClientGroup {
        if (name.isBlank()) {
            throw new InvalidScenarioException(
                    "name '" + ValueFormat.shortened(name) + "': a group of clients needs one, such as web");
        }
        Checks.range("clients", clients, 1, 1e7);
    }

    /**
     * {@return a group with a budget for each client} A burst has a client for each call, a closed load one for each user, and any
     * other arrivals one client.
     *
     * @param name what reports call the group
     * @param arrivals when calls begin
     */
    public static ClientGroup of(String name, Arrivals arrivals) {
        return new ClientGroup(
                name, arrivals, arrivals.clients(), false, false, true, Optional.empty(), Optional.empty());
    }

    /**
     * {@return this group with another number of clients}
     *
     * @param clients how many, at least 1
     */
    public ClientGroup clients(int clients) {
        return new ClientGroup(name, arrivals, clients, isInTurn, sharedBudget, sendsAttemptNumber, to, policy);
    }

    /** {@return this group, its clients making the calls in turn instead of at random; of no effect on bursts and closed loads} */
    public ClientGroup inTurn() {
        return new ClientGroup(name, arrivals, clients, true, sharedBudget, sendsAttemptNumber, to, policy);
    }

    /** {@return this group, its clients sharing one budget} */
    public ClientGroup sharingBudget() {
        return new ClientGroup(name, arrivals, clients, isInTurn, true, sendsAttemptNumber, to, policy);
    }

    /**
     * {@return this group, calling another service than the load}
     *
     * @param service the service
     */
    public ClientGroup to(String service) {
        return new ClientGroup(
                name, arrivals, clients, isInTurn, sharedBudget, sendsAttemptNumber, Optional.of(service), policy);
    }

    /**
     * {@return this group under a policy of its own, whatever the policy of the run is}
     *
     * @param policy the policy, also of the budgets of its clients
     */
    public ClientGroup policy(RetryPolicy policy) {
        return new ClientGroup(
                name, arrivals, clients, isInTurn, sharedBudget, sendsAttemptNumber, to, Optional.of(policy));
    }

    /**
     * {@return this group, sending no attempt number, as most HTTP clients do} To a service that {@linkplain
     * Service#refuseRetries refuses retries} each of its requests is a first attempt.
     */
    public ClientGroup withoutAttemptNumber() {
        return new ClientGroup(name, arrivals, clients, isInTurn, sharedBudget, false, to, policy);
    }

    /**
     * Returns the name of a sequence of random numbers of this group.
     *
     * @param purpose what they are for
     * @return a name that no other group has
     */
    public String stream(String purpose) {
        return name.equals(DEFAULT_NAME) ? purpose : purpose + " of " + name;
    }
}
