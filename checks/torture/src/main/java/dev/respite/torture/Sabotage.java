package dev.respite.torture;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import java.sql.Connection;
import java.util.Locale;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * A protection of the transactional mode that can be switched off, in this module and not in published code, to check that
 * the torture finds the fault. {@code TransferWorkload.cycleFor} selects the faults that provoke it.
 */
enum Sabotage {
    /** The fence is not checked: an owner that was paused completes although another owner has taken over. */
    NO_FENCE,

    /** The effect is committed in a separate transaction, before the record. */
    NO_RECORD_IN_TX,

    /** The response is sent before the commit. */
    RESPOND_BEFORE_COMMIT,

    /**
     * After a failed commit the record is deleted, although the effect may have happened. The next request runs the work
     * again.
     */
    DELETE_ON_FAILURE,

    /** The start of the work is not recorded in its transaction. A commit by the work itself stays undetected. */
    NO_ENTRY_MARK;

    /**
     * Returns the replacement of {@link TransactionalIdempotency}.
     *
     * @param engine the engine of the worker
     * @param connections creates a data source for the replacement
     */
    Idempotency<Connection> apply(IdempotencyEngine engine, Supplier<DataSource> connections) {
        return switch (this) {
            case NO_FENCE -> new ReimplementedIdempotency(engine, connections.get(), false);
            case NO_RECORD_IN_TX ->
                new SeparateTransactionIdempotency(TransactionalIdempotency.of(engine), connections.get());
            case RESPOND_BEFORE_COMMIT -> new EarlyResponseIdempotency<>(TransactionalIdempotency.of(engine));
            case DELETE_ON_FAILURE -> new DeletingIdempotency(engine, connections.get());
            case NO_ENTRY_MARK -> new ReimplementedIdempotency(engine, connections.get(), true);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
