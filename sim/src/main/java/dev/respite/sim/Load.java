package dev.respite.sim;

import java.time.Duration;
import java.util.Optional;

/**
 * The calls of a run: when they begin, who makes them, and how long an attempt may take.
 *
 * @param to the service that is called
 * @param arrivals when calls begin
 * @param clients how many clients make the calls, in turn, each with a retry budget of its own
 * @param sharedBudget whether the clients share one budget instead
 * @param timeout how long an attempt may take, unless the policy says so itself; empty if nothing limits it
 * @param hedge how long a call waits before it sends another attempt beside the first, if its policy allows more than one;
 *     it is then hedged, not retried. Empty if calls are retried
 */
public record Load(
        String to,
        Arrivals arrivals,
        int clients,
        boolean sharedBudget,
        Optional<Duration> timeout,
        Optional<Duration> hedge) {

    /**
     * Checks the ranges.
     *
     * @param to as the record has it
     * @param arrivals as the record has it
     * @param clients as the record has it
     * @param sharedBudget as the record has it
     * @param timeout as the record has it
     * @param hedge as the record has it
     * @throws InvalidScenarioException if a number is out of its range
     */
    public Load {
        Checks.range("clients", clients, 1, 1e7);
        timeout.ifPresent(time -> Checks.positive("timeout", time));
        hedge.ifPresent(time -> Checks.positive("hedge", time));
    }

    private static Load of(String to, Arrivals arrivals, int clients) {
        return new Load(to, arrivals, clients, false, Optional.empty(), Optional.empty());
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
        return new Load(to, arrivals, clients, sharedBudget, timeout, hedge);
    }

    /**
     * This load, its clients sharing one budget.
     *
     * @return the load
     */
    public Load sharingBudget() {
        return new Load(to, arrivals, clients, true, timeout, hedge);
    }

    /**
     * This load with a limit to each attempt.
     *
     * @param timeout how long an attempt may take, unless the policy says so itself
     * @return the load
     */
    public Load timeout(Duration timeout) {
        return new Load(to, arrivals, clients, sharedBudget, Optional.of(timeout), hedge);
    }

    /**
     * This load, whose calls are hedged instead of retried where the policy allows more than one attempt.
     *
     * @param delay how long a call waits before it sends another attempt beside the first
     * @return the load
     */
    public Load hedge(Duration delay) {
        return new Load(to, arrivals, clients, sharedBudget, timeout, Optional.of(delay));
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
