package dev.respite.sim.scenario;

import dev.respite.policy.RetryPolicy;
import java.util.Locale;
import java.util.Optional;

/**
 * Clients of one kind: how many there are, when their calls begin, and what their retries are paid from. Each group has its
 * own streams of chance, named by the group, so that what one group does leaves the arrivals of the others as they are.
 *
 * @param name what reports call the group
 * @param arrivals when calls begin
 * @param clients how many clients there are
 * @param order which of them makes the next call of {@link Arrivals.Poisson} and {@link Arrivals.Even}
 * @param sharedBudget whether they share one retry budget, instead of having one each
 * @param overrides what they have of their own, instead of what all have
 */
public record ClientGroup(
        String name, Arrivals arrivals, int clients, Order order, boolean sharedBudget, Overrides overrides) {

    /** The name of the one group of a load that names none. */
    static final String DEFAULT_NAME = "all";

    /**
     * The choice of the client that makes the next call, where calls do not wait for each other. In a burst the calls are made
     * by the clients
     * in turn, and in a closed load each user is one client, whatever the order.
     */
    public enum Order {
        /** Any of them, each with the same probability, independently of the calls before. */
        RANDOM,
        /** One after the other, so that the calls of one client come at distances that are more equal than by chance. */
        TURN;

        /**
         * The word in a file.
         *
         * @return the value of the key {@code clients-order}
         */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The settings of a group that differ from those of the load.
     *
     * @param to the service that it calls; empty if that of the load
     * @param policy the policy of its calls; empty if that of the run
     */
    public record Overrides(Optional<String> to, Optional<RetryPolicy> policy) {

        /** Nothing of its own. */
        static final Overrides NONE = new Overrides(Optional.empty(), Optional.empty());
    }

    /**
     * Checks the ranges.
     *
     * @throws InvalidScenarioException if the name is blank or the number of clients is out of its range
     */
    public ClientGroup {
        if (name.isBlank()) {
            throw new InvalidScenarioException("name '" + name + "': a group of clients needs one, such as web");
        }
        Checks.range("clients", clients, 1, 1e7);
    }

    /**
     * Returns a group with a budget for each client. A burst has a client for each call, a closed load one for each user, and
     * any other arrivals one client.
     *
     * @param name what reports call the group
     * @param arrivals when calls begin
     * @return the group
     */
    public static ClientGroup of(String name, Arrivals arrivals) {
        int clients = 1;
        if (arrivals instanceof Arrivals.Burst burst) {
            clients = burst.calls();
        } else if (arrivals instanceof Arrivals.Closed closed) {
            clients = closed.users();
        }
        return new ClientGroup(name, arrivals, clients, Order.RANDOM, false, Overrides.NONE);
    }

    /**
     * This group with another number of clients.
     *
     * @param clients how many, at least 1
     * @return the group
     */
    public ClientGroup clients(int clients) {
        return new ClientGroup(name, arrivals, clients, order, sharedBudget, overrides);
    }

    /**
     * This group, its clients making the calls in another order than at random.
     *
     * @param order which client makes the next call; of no effect on bursts and closed loads
     * @return the group
     */
    public ClientGroup clientsOrder(Order order) {
        return new ClientGroup(name, arrivals, clients, order, sharedBudget, overrides);
    }

    /**
     * This group, its clients sharing one budget.
     *
     * @return the group
     */
    public ClientGroup sharingBudget() {
        return new ClientGroup(name, arrivals, clients, order, true, overrides);
    }

    /**
     * This group, calling another service than the load.
     *
     * @param service the service
     * @return the group
     */
    public ClientGroup to(String service) {
        return with(new Overrides(Optional.of(service), overrides.policy));
    }

    /**
     * This group under a policy of its own, whatever the policy of the run is.
     *
     * @param policy the policy, also of the budgets of its clients
     * @return the group
     */
    public ClientGroup policy(RetryPolicy policy) {
        return with(new Overrides(overrides.to, Optional.of(policy)));
    }

    private ClientGroup with(Overrides overrides) {
        return new ClientGroup(name, arrivals, clients, order, sharedBudget, overrides);
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
