package dev.respite.durable;

import java.sql.Connection;

/**
 * Stores the result of a {@link ExternalStep}, in the database in which the calls are stored: exactly once for each call. If it
 * fails, everything that it has done is rolled back, and the whole attempt is made again under the policy.
 *
 * @param <T> the type of the data
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface ResultHandler<T, R> {

    /**
     * Stores the result, by this connection only. It neither commits nor rolls back.
     *
     * @param connection the connection of the transaction in which the call is ended
     * @param data the data of the call
     * @param result what the other system has responded
     * @param context the attempt
     * @throws Exception if the result cannot be stored; the policy decides what that means
     */
    void store(Connection connection, T data, R result, DurableContext context) throws Exception;
}
