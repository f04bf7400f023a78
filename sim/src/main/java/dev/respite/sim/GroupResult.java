package dev.respite.sim;

/**
 * The result of the clients of one group under a policy: of one run, or the means over several.
 *
 * @param name the name of the group
 * @param calls calls that have begun
 * @param succeeded calls that have succeeded
 * @param attempts attempts of these calls, at the service that the load calls
 */
public record GroupResult(String name, double calls, double succeeded, double attempts) {

    /** {@return the fraction of the calls that succeeded, from 0 to 1; 0 if there was no call} */
    public double successRatio() {
        return calls == 0 ? 0 : succeeded / calls;
    }

    /** {@return the attempts for each call; 0 if there was no call} */
    public double amplification() {
        return calls == 0 ? 0 : attempts / calls;
    }
}
