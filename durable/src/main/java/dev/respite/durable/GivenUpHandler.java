package dev.respite.durable;

import java.sql.Connection;

/**
 * Work of the application for a call that is given up: to mark an order as failed, for example. It is committed in one
 * transaction with the dead letter.
 *
 * @param <T> the type of the data
 */
@FunctionalInterface
public interface GivenUpHandler<T> {

    /**
     * Does the work on the connection, in its transaction. If it throws or ends the transaction, it is rolled back as far as it can
     * be, and the dead letter is written without it.
     *
     * @param connection the connection, whose transaction must not be ended here
     * @param data the data of the call
     * @param letter the dead letter that is written
     * @throws Exception if the work fails
     */
    void givenUp(Connection connection, T data, DeadLetter letter) throws Exception;
}
