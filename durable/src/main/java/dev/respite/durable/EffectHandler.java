package dev.respite.durable;

import java.sql.Connection;

/**
 * The work of a durable call whose effect is in the database of its row. It takes place exactly once, since it is committed in
 * one transaction with the removal of the row.
 *
 * @param <T> the type of the data
 */
@FunctionalInterface
public interface EffectHandler<T> {

    /**
     * Makes the effect on the connection, in its transaction. What an attempt did that fails is rolled back.
     *
     * @param connection the connection, whose transaction must not be ended here
     * @param data the data
     * @param context the attempt
     * @throws Exception if the attempt fails; the policy decides what that means
     */
    void run(Connection connection, T data, DurableContext context) throws Exception;
}
