package dev.respite.sim;

/**
 * The result of the clients of one group in a run.
 *
 * @param name the name of the group
 * @param calls calls that have begun
 * @param succeeded calls that have succeeded
 * @param attempts attempts of these calls, at the service that the load calls
 */
public record GroupResult(String name, long calls, long succeeded, long attempts) {}
