package dev.respite.durable;

import dev.respite.jdbc.transaction.LocalTransaction;
import java.sql.Connection;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Runs an effect in a transaction of the database in which the calls are stored: for transaction managers, and for records of
 * idempotency keys. Implementations are safe for use by any number of threads.
 */
@FunctionalInterface
public interface EffectRunner {

    /** Everything that is committed together: the work of the handler, then the removal of the call's row. */
    @FunctionalInterface
    interface Effect {

        /**
         * Makes the effect. If it throws, the transaction has to be rolled back, and what it has thrown has to be thrown. After a
         * rollback it may run again.
         *
         * @param connection a connection with auto-commit off
         * @throws Exception if the transaction has to be rolled back
         */
        void run(Connection connection) throws Exception;
    }

    /**
     * Runs an effect in a transaction, and commits it. It need not run if an earlier transaction has made it.
     *
     * @param context the attempt
     * @param stored the data of the call as it is stored
     * @param effect the effect
     * @return whether the effect was committed by this call; false if an earlier transaction has made it
     * @throws Exception what the effect has thrown, or the failure of the transaction
     */
    boolean run(DurableContext context, byte[] stored, Effect effect) throws Exception;

    /**
     * Returns a runner that makes each effect in a transaction of its own.
     *
     * @param dataSource the database in which the calls are stored
     * @return the runner
     */
    static EffectRunner of(DataSource dataSource) {
        Objects.requireNonNull(dataSource, "dataSource");
        return (context, stored, effect) -> LocalTransaction.run(dataSource, connection -> {
            effect.run(connection);
            return true;
        });
    }
}
