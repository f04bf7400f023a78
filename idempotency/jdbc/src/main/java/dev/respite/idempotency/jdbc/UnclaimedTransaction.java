package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.ExecutionOutcome;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.OwnedRecord;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One execution without a claim, in one transaction: the record is written as DONE, then the work runs.
 *
 * <p>A rollback removes the record, and with it every trace of the execution. Until the commit, another INSERT with the key
 * waits, so no other call can run the work.
 *
 * <p>If this is not possible, for whatever reason, the outcome is {@link ExecutionOutcome.Unfinished#LOST}: the claim of the key
 * shows the reason.
 */
final class UnclaimedTransaction<X extends Exception> implements Predicate<Connection> {

    private final TransactionParts parts;
    private final OwnedRecord planned;
    private final StoredResponse response;
    private final Work<? super Connection, X> work;
    private Optional<TransactionResult> result = Optional.empty();
    private boolean interrupted;

    UnclaimedTransaction(
            TransactionParts parts, OwnedRecord planned, StoredResponse response, Work<? super Connection, X> work) {
        this.parts = parts;
        this.planned = planned;
        this.response = response;
        this.work = work;
    }

    ExecutionOutcome run() throws X {
        try {
            return isFree() ? ended(attempt()) : ExecutionOutcome.Unfinished.LOST;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isFree() {
        try {
            return parts.store().isFree(planned.record().key(), planned.firstWrite());
        } catch (StoreUnavailableException unavailable) {
            // The claim repeats the query.
            return false;
        }
    }

    private TransactionResult attempt() {
        return TransactionCall.attempt(
                parts.transactions(),
                this,
                () -> result,
                failure -> new TransactionResult.NotEntered(),
                (completed, failure) -> parts.commitCheck().checkInsert(planned, completed, failure));
    }

    /** Never throws an exception of the work, so that a {@link TransactionRunner} need not pass it on. */
    @Override
    public boolean test(Connection connection) {
        TransactionResult now = runOnce(connection);
        result = Optional.of(now);
        return TransactionResult.completed(now).isPresent();
    }

    private TransactionResult runOnce(Connection connection) {
        RecordQueries records = parts.store().records();
        Optional<RecordQueries.Entered> entered;
        try {
            entered = connection.getAutoCommit()
                    ? Optional.empty()
                    : records.insert(connection, planned.record().key(), planned.firstWrite());
        } catch (SQLException failure) {
            // A claim would wait for the other transaction as long as that takes.
            return SqlFailures.isLockTimeout(failure)
                    ? new TransactionResult.Finished(ExecutionOutcome.Unfinished.UNDECIDED)
                    : new TransactionResult.NotEntered();
        }
        if (entered.isEmpty()) {
            return new TransactionResult.NotEntered();
        }
        StoredResponse returned;
        try {
            returned = Objects.requireNonNull(work.run(GuardedConnection.of(connection)), "the work returned null");
        } catch (Throwable failure) {
            interrupted = Thread.interrupted();
            return failed(failure, connection, entered.get());
        }
        interrupted = Thread.interrupted();
        return returned.equals(response)
                ? new TransactionResult.Finished(new IdempotentResult.Executed(response))
                : new TransactionResult.RolledBack(
                        new IllegalStateException("the work returned " + returned + ", and was rolled back, since "
                                + response + " is recorded: return the response that was passed, or use execute"),
                        false);
    }

    private TransactionResult failed(Throwable failure, Connection connection, RecordQueries.Entered entered) {
        boolean isTransient = SqlFailures.isTransient(failure);
        // Of another call within the work: it has its own retries, and may wait for this call's connection.
        boolean isRepeatable = isTransient && !interrupted && !SqlFailures.isUnavailable(failure);
        TransactionResult rolledBack = new TransactionResult.RolledBack(failure, isRepeatable);
        // A deadlock ends the transaction too, and has committed nothing.
        return !isTransient && parts.store().records().hasEnded(connection, entered)
                ? new TransactionResult.EndedEarly(rolledBack)
                : rolledBack;
    }

    private ExecutionOutcome ended(TransactionResult now) throws X {
        if (now instanceof TransactionResult.Finished ended) {
            return ended.outcome();
        }
        if (now instanceof TransactionResult.RolledBack rolledBack) {
            return rolledBack(rolledBack);
        }
        if (now instanceof TransactionResult.EndedEarly early
                && early.failure() instanceof TransactionResult.RolledBack rolledBack) {
            // A missing record does not prove that nothing was committed: a rollback may have removed it first.
            Optional<Boolean> unused = parts.commitCheck().withdrawUnclaimed(planned);
            rolledBack.reason().addSuppressed(new IllegalStateException(TransactionCall.PARTLY_COMMITTED));
            throw typed(rolledBack.reason());
        }
        return ExecutionOutcome.Unfinished.LOST;
    }

    private ExecutionOutcome rolledBack(TransactionResult.RolledBack failed) throws X {
        Throwable reason = failed.reason();
        if (OutcomeUnknownException.isIn(reason)) {
            Optional<Boolean> unused = parts.commitCheck().withdrawUnclaimed(planned);
            throw typed(reason);
        }
        if (isPartlyCommitted()) {
            throw typed(
                    failed.isTransient()
                            ? new IllegalStateException(TransactionCall.PARTLY_COMMITTED, reason)
                            : TransactionCall.partlyCommitted(reason));
        }
        if (failed.isTransient() && !interrupted) {
            return ExecutionOutcome.Unfinished.LOST;
        }
        throw typed(reason);
    }

    private boolean isPartlyCommitted() {
        try {
            return planned.withdraw(parts.store());
        } catch (StoreUnavailableException unreachable) {
            return false;
        }
    }

    /** The exception is of the type of the work, or unchecked. */
    @SuppressWarnings("unchecked")
    private X typed(Throwable reason) {
        if (reason instanceof Error error) {
            throw error;
        }
        return (X) reason;
    }
}
