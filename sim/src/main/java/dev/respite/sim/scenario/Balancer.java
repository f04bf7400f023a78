package dev.respite.sim.scenario;

import java.util.Locale;

/**
 * Distributes the attempts of callers over the replicas of the service that they call. Without a balancer each attempt goes to
 * a replica drawn at random.
 *
 * <p>It is immutable: each method returns another one. A new one belongs to one caller, lets a retry go to any replica.
 *
 * @param choice which replica the next attempt goes to
 * @param isShared whether all callers have one balancer together, as a proxy in front of the service is, instead of one each
 * @param retriesElsewhere whether a retry or a hedge prefers a replica that no attempt of its call has been sent to
 */
public record Balancer(Choice choice, boolean isShared, boolean retriesElsewhere) {

    /** The choice of the replica of the next attempt. */
    public enum Choice {
        /** Any, each with the same probability. */
        RANDOM,
        /** The one after the replica of the attempt before. Each balancer begins with a replica drawn at random. */
        ROUND_ROBIN,
        /**
         * The one with the fewest attempts of this balancer that wait for their response; of several, one drawn at random. An
         * attempt that has timed out waits no more.
         */
        LEAST_OUTSTANDING;

        /** {@return the value of the key {@code choice} in a file} */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * A balancer.
     *
     * @param choice which replica the next attempt goes to
     * @return the balancer, of one caller
     */
    public static Balancer of(Choice choice) {
        return new Balancer(choice, false, false);
    }

    /**
     * This balancer, one for all callers.
     *
     * @return the balancer
     */
    public Balancer shared() {
        return new Balancer(choice, true, retriesElsewhere);
    }

    /**
     * {@return this balancer with another choice for retries and hedges: a replica to which no attempt of the call was sent, if
     * there is one}
     */
    public Balancer retryingElsewhere() {
        return new Balancer(choice, isShared, true);
    }
}
