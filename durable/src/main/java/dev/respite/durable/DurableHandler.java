package dev.respite.durable;

/**
 * The work of a durable call, for effects outside of the database. It may run more than once for one call: an attempt that
 * was killed is made again. Pass {@link DurableContext#key()} to the other system, which then makes the effect once.
 *
 * @param <T> the type of the data
 */
@FunctionalInterface
public interface DurableHandler<T> {

    /**
     * Makes one attempt. It is interrupted when its time is up, and when the instance is stopped for longer than it waits.
     *
     * @param data the data
     * @param context the attempt
     * @throws Exception if the attempt fails; the policy decides what that means
     */
    void run(T data, DurableContext context) throws Exception;
}
