package dev.respite.durable;

import dev.respite.jdbc.transaction.LocalTransaction;
import java.io.Serial;
import java.sql.Connection;
import java.time.Duration;
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
     * Returns whether this runner records the keys of effects. Then the handlers of calls that are given up have transactions of
     * their own: they are no effects of the key.
     *
     * @return false, unless this method is overridden
     */
    default boolean isRecordingKeys() {
        return false;
    }

    /**
     * {@return a runner that makes each effect in a transaction of its own}
     *
     * @param dataSource the database in which the calls are stored
     */
    static EffectRunner of(DataSource dataSource) {
        Objects.requireNonNull(dataSource, "dataSource");
        return (context, stored, effect) -> LocalTransaction.run(dataSource, connection -> {
            effect.run(connection);
            return true;
        });
    }

    /**
     * Thrown by a runner if another execution makes the same effect and its outcome is not known yet. The attempt is
     * made again, not before the given time has passed; it costs nothing of the retry budget.
     */
    final class PendingException extends Exception {

        @Serial
        private static final long serialVersionUID = 1L;

        /** The minimum delay before the next attempt. */
        private final Duration retryAfter;

        /**
         * Creates the exception.
         *
         * @param message which effect
         * @param retryAfter how long to wait at least, not negative
         */
        public PendingException(String message, Duration retryAfter) {
            super(message);
            this.retryAfter = retryAfter;
        }

        /**
         * Returns how long to wait at least.
         *
         * @return the duration
         */
        public Duration retryAfter() {
            return retryAfter;
        }
    }
}
