package dev.respite.durable;

import java.sql.Connection;

/**
 * Stores the result of a call in the database in which the calls are stored: the response of an {@link ExternalStep}, or the dead
 * letter of a call that is given up. It is committed once for each call. If it fails, everything that it has done is rolled back.
 * Then the attempt is made again under the policy; a dead letter is written without the work of its handler.
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
     * @param result the response of the other system, or the dead letter
     * @param context the attempt
     * @throws Exception if the result cannot be stored; the policy decides about the next attempt
     */
    void store(Connection connection, T data, R result, DurableContext context) throws Exception;
}
