package dev.respite.sim.foresight;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.Experiment.Measured;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The effect of a policy on the service that its clients call, in five situations. These are calm periods with 5 % and 20 % random
 * errors, a pause of 1 s, a black hole of 10 s, and half of the requests failing for 30 s after the work.
 *
 * <p>The simulator runs each situation with retries and without, on the same arrivals. The service has three workers,
 * exponential service times and a queue without a bound. Before the incident the clients call for 40 s, or for three intervals
 * of a client up to 120 s. A service that is larger than the answer needs is scaled down with its clients.
 */
public final class Foresight {

    /** The longest recovery that is distinguished from no recovery, in seconds. */
    public static final int MAX_RECOVERY_SECONDS = 80;

    /** The least success without retries while nothing fails, with which retries can be called harmless. */
    public static final double MIN_CALM = 0.98;

    private static final Comparator<Situation> BY_HARM = Comparator.comparing(Situation::risk)
            .thenComparing(situation -> situation.recovery().isEmpty())
            .thenComparingDouble(situation -> situation.succeededWithoutRetries() - situation.succeeded());

    /** The risk that retries do harm. */
    public enum Risk {
        /** They do no harm. */
        NONE,
        /** The runs do not decide, or the service is too full without retries. */
        UNKNOWN,
        /**
         * They do harm. Fewer calls succeed than without retries, by 5 % of the calls, or by 2 % in a calm period. Or the recovery
         * takes more than 1.3 times as long and 2 s.
         */
        HARMFUL
    }

    /**
     * The effect of retries in a situation.
     *
     * @param name the name of the situation
     * @param risk whether they do harm
     * @param succeeded the fraction of the calls that succeed, of those that begin in the incident and the recovery
     * @param succeededWithoutRetries the same without retries
     * @param recovery whole seconds from the end of the incident until 95 % of the calm success lasts for 20 s; empty if it takes
     *     longer than {@value #MAX_RECOVERY_SECONDS} s
     * @param recoveryWithoutRetries the same without retries
     */
    public record Situation(
            String name,
            Risk risk,
            double succeeded,
            double succeededWithoutRetries,
            OptionalInt recovery,
            OptionalInt recoveryWithoutRetries) {}

    private final RetryPolicy policy;
    private final Fleet fleet;
    private final List<Measured> measured;

    private Foresight(RetryPolicy policy, Fleet fleet, List<Measured> measured) {
        this.policy = policy;
        this.fleet = fleet;
        this.measured = measured;
    }

    /**
     * Runs the simulations, in some seconds. Pure: the same arguments give the same result.
     *
     * @param policy the policy of every client; its attempt timeout replaces the given one
     * @param clients the number of clients, each with a budget of its own, 1 to 10,000,000
     * @param rate first attempts of all clients together, in calls a second, above 0 and below the capacity
     * @param capacity requests a second that the service can serve, 0.01 to 10,000,000
     * @param timeout the time limit of an attempt, 1 ms to 1 min
     * @return the effect
     * @throws IllegalArgumentException if a value is out of its range, or the rate is not below the capacity
     */
    public static Foresight of(RetryPolicy policy, int clients, double rate, double capacity, Duration timeout) {
        Fleet fleet = Fleet.of(clients, rate, capacity, timeout);
        Fleet scaled = fleet.scaled(policy.limits());
        // The order of the list is kept, whichever ends first.
        List<Measured> measured = Stream.of(Incident.values())
                .parallel()
                .map(incident -> Experiment.run(scaled, incident, policy))
                .toList();
        return new Foresight(policy, fleet, measured);
    }

    /** {@return the five situations, always in the same order} */
    public List<Situation> situations() {
        return measured.stream().map(Measured::situation).toList();
    }

    /**
     * {@return the fraction of the calls, from 0 to 1, that succeed without retries while nothing fails} Below {@value
     * #MIN_CALM}, no policy is called harmless: the service is too full or too small, or the timeout is too short.
     */
    public double calm() {
        return measured.stream().mapToDouble(Measured::calm).average().orElseThrow();
    }

    /** {@return the situation with the highest risk and, among these, the most lost calls} */
    public Situation worst() {
        return situations().stream().max(BY_HARM).orElseThrow();
    }

    /** {@return the risk of the worst situation} */
    public Risk risk() {
        return worst().risk();
    }

    /**
     * Runs the worst situation with one setting changed at a time, until it is harmless.
     *
     * @return the setting, as in a policy; empty if the policy does no harm, or no change was found
     */
    public Optional<String> change() {
        Situation worst = worst();
        return Stream.of(Incident.values())
                .filter(incident -> worst.risk() == Risk.HARMFUL && worst.name().equals(incident.toString()))
                .findFirst()
                .flatMap(incident -> new Remedy(policy, fleet, incident).change());
    }
}
