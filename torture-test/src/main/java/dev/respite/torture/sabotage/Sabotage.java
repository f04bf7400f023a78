package dev.respite.torture.sabotage;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import java.sql.Connection;
import java.util.Locale;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * A protection of the transactional mode that can be switched off, in this module and not in published code, to check that
 * the torture finds the fault. {@code TortureConfig.cycleFor} selects the faults that provoke it.
 */
public enum Sabotage {
    /** The fence is not checked: an owner that was paused completes although another owner has taken over. */
    NO_FENCE {
        @Override
        public Idempotency<Connection> apply(IdempotencyEngine engine, Supplier<DataSource> connections) {
            return new UnfencedIdempotency(engine, connections.get());
        }
    },

    /** The effect is committed in a separate transaction, before the record. */
    NO_RECORD_IN_TX {
        @Override
        public Idempotency<Connection> apply(IdempotencyEngine engine, Supplier<DataSource> connections) {
            return new SeparateTransactionIdempotency(TransactionalIdempotency.of(engine), connections.get());
        }
    },

    /** The response is sent before the commit. */
    RESPOND_BEFORE_COMMIT {
        @Override
        public Idempotency<Connection> apply(IdempotencyEngine engine, Supplier<DataSource> connections) {
            return new EarlyResponseIdempotency<>(TransactionalIdempotency.of(engine));
        }
    },

    /**
     * After a failed commit the record is deleted, although the effect may have happened. The next request runs the work
     * again.
     */
    DELETE_ON_FAILURE {
        @Override
        public Idempotency<Connection> apply(IdempotencyEngine engine, Supplier<DataSource> connections) {
            return new DeletingIdempotency(engine, connections.get());
        }
    },

    /** The start of the work is not recorded in its transaction. A commit by the work itself stays undetected. */
    NO_ENTRY_MARK {
        @Override
        public Idempotency<Connection> apply(IdempotencyEngine engine, Supplier<DataSource> connections) {
            return new UnmarkedIdempotency(engine, connections.get());
        }
    };

    /**
     * Returns the replacement of {@link TransactionalIdempotency}.
     *
     * @param engine the engine of the worker
     * @param connections creates a data source for the replacement
     */
    public abstract Idempotency<Connection> apply(IdempotencyEngine engine, Supplier<DataSource> connections);

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
