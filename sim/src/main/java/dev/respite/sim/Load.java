package dev.respite.sim;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The calls of a run: when they begin, who makes them, and how long an attempt may take.
 *
 * @param to the service that is called
 * @param arrivals when calls begin
 * @param clients who makes them
 * @param timeout how long an attempt may take, unless the policy says so itself; empty if nothing limits it
 * @param hedge how long a call waits before it sends another attempt beside the first, if its policy allows more than one;
 *     it is then hedged, not retried. Empty if calls are retried
 */
public record Load(
        String to, Arrivals arrivals, Clients clients, Optional<Duration> timeout, Optional<Duration> hedge) {

    /**
     * Who makes the calls.
     *
     * @param count how many clients
     * @param order which of them makes the next call of {@link Arrivals.Poisson} and {@link Arrivals.Even}
     * @param sharedBudget whether they share one retry budget, instead of having one each
     * @param breaker the circuit breakers of their attempts; empty if there is none
     */
    public record Clients(int count, Order order, boolean sharedBudget, Optional<BreakerSpec> breaker) {

        /**
         * Checks the range.
         *
         * @param count as the record has it
         * @param order as the record has it
         * @param sharedBudget as the record has it
         * @param breaker as the record has it
         * @throws InvalidScenarioException if the count is out of its range
         */
        public Clients {
            Checks.range("clients", count, 1, 1e7);
        }
    }

    /**
     * Which client makes the next call, where calls do not wait for each other. In a burst the calls are made by the clients
     * in turn, and in a closed load each user is one client, whatever the order.
     */
    public enum Order {
        /** Any of them, each with the same probability, whoever made the calls before. */
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
     * Checks the ranges.
     *
     * @param to as the record has it
     * @param arrivals as the record has it
     * @param clients as the record has it
     * @param timeout as the record has it
     * @param hedge as the record has it
     * @throws InvalidScenarioException if a number is out of its range, or hedged calls are to have a breaker
     */
    public Load {
        if (hedge.isPresent() && clients.breaker().isPresent()) {
            throw new InvalidScenarioException("breaker: hedged calls pass none; leave out the breaker or the hedge");
        }
        timeout.ifPresent(time -> Checks.positive("timeout", time));
        hedge.ifPresent(time -> Checks.positive("hedge", time));
    }

    private static Load of(String to, Arrivals arrivals, int clients) {
        Clients who = new Clients(clients, Order.RANDOM, false, Optional.empty());
        return new Load(to, arrivals, who, Optional.empty(), Optional.empty());
    }

    /**
     * Calls that know nothing of each other, made by one client.
     *
     * @param to the service that is called
     * @param rate calls a second
     * @return the load
     */
    public static Load poisson(String to, double rate) {
        return of(to, new Arrivals.Poisson(rate), 1);
    }

    /**
     * Calls at equal distances, made by one client.
     *
     * @param to the service that is called
     * @param rate calls a second
     * @return the load
     */
    public static Load even(String to, double rate) {
        return of(to, new Arrivals.Even(rate), 1);
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
        return of(to, new Arrivals.Burst(calls, every), calls);
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
        return of(to, new Arrivals.Closed(users, think), users);
    }

    /**
     * This load, made by another number of clients.
     *
     * @param clients how many, at least 1
     * @return the load
     */
    public Load clients(int clients) {
        return with(new Clients(clients, this.clients.order, this.clients.sharedBudget, this.clients.breaker));
    }

    /**
     * This load, its clients making the calls in another order than at random.
     *
     * @param order which client makes the next call; of no effect on bursts and closed loads
     * @return the load
     */
    public Load clientsOrder(Order order) {
        return with(new Clients(clients.count, order, clients.sharedBudget, clients.breaker));
    }

    /**
     * This load, its clients sharing one budget.
     *
     * @return the load
     */
    public Load sharingBudget() {
        return with(new Clients(clients.count, clients.order, true, clients.breaker));
    }

    /**
     * This load, whose attempts pass a circuit breaker.
     *
     * @param breaker the breaker, of each client or of all
     * @return the load
     * @throws InvalidScenarioException if its calls are hedged
     */
    public Load breaker(BreakerSpec breaker) {
        return with(new Clients(clients.count, clients.order, clients.sharedBudget, Optional.of(breaker)));
    }

    private Load with(Clients clients) {
        return new Load(to, arrivals, clients, timeout, hedge);
    }

    /**
     * This load with a limit to each attempt.
     *
     * @param timeout how long an attempt may take, unless the policy says so itself
     * @return the load
     */
    public Load timeout(Duration timeout) {
        return new Load(to, arrivals, clients, Optional.of(timeout), hedge);
    }

    /**
     * This load, whose calls are hedged instead of retried where the policy allows more than one attempt.
     *
     * @param delay how long a call waits before it sends another attempt beside the first
     * @return the load
     * @throws InvalidScenarioException if its attempts pass a breaker
     */
    public Load hedge(Duration delay) {
        return new Load(to, arrivals, clients, timeout, Optional.of(delay));
    }

    /**
     * Whether calls begin in bursts, so that rates say little, and how the clients come back says much.
     *
     * @return true if they do
     */
    public boolean isBurst() {
        return arrivals instanceof Arrivals.Burst;
    }
}
