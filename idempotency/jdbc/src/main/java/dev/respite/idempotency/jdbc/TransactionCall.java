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
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One execution of the transactional mode. It runs transactions until one is committed or no retry remains. If none was
 * committed, the record is changed on its own by {@link OwnedRecord#rolledBack}, which detects whether anything was
 * committed after all.
 */
final class TransactionCall<X extends Exception> {

    static final int FIRST_ERROR = 400;

    static final String PARTLY_COMMITTED =
            "the work has ended its transaction, so part of its effect may be committed without its record,"
                    + " which is now unknown: leave the commit to Respite, or use ExternalIdempotency for work that commits"
                    + " on its own";

    private final TransactionParts parts;
    private final OwnedRecord owned;
    private final Work<? super Connection, X> work;
    private boolean interrupted;

    TransactionCall(TransactionParts parts, OwnedRecord owned, Work<? super Connection, X> work) {
        this.parts = parts;
        this.owned = owned;
        this.work = work;
    }

    ExecutionOutcome run() throws X {
        try {
            return ended(parts.retry().call(this::attempt));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ExecutionOutcome ended(TransactionResult result) throws X {
        if (result instanceof TransactionResult.Finished ended) {
            return ended.outcome();
        }
        if (result instanceof TransactionResult.ErrorResponse refused) {
            return refused(refused.response());
        }
        if (result instanceof TransactionResult.RolledBack rolledBack) {
            throw typed(failed(rolledBack.reason()));
        }
        if (result instanceof TransactionResult.EndedEarly early) {
            return endedEarly(early.failure());
        }
        if (isPartlyCommitted()) {
            throw new IllegalStateException(PARTLY_COMMITTED);
        }
        return ExecutionOutcome.Unfinished.LOST;
    }

    /** Records an error response that is a result on its own, after the rollback: it is replayed and has left no rows. */
    private ExecutionOutcome refused(StoredResponse response) {
        boolean isResult = response.isResult();
        Optional<OwnedRecord.Rollback> recorded = rolledBack(
                response.isWithoutEffect() ? owned.withoutClaim() : owned,
                isResult ? Optional.of(response) : Optional.empty());
        if (recorded.isEmpty()) {
            return ExecutionOutcome.Unfinished.UNDECIDED;
        }
        return switch (recorded.get()) {
            case CONFIRMED ->
                isResult ? new IdempotentResult.Executed(response) : new IdempotentResult.NotDone(response);
            case PARTLY_COMMITTED -> new IdempotentResult.FailedWithUnknownEffect(response);
            case LOST -> ExecutionOutcome.Unfinished.LOST;
        };
    }

    /** A missing mark does not prove that nothing was committed: a rollback may have removed the mark first. */
    private ExecutionOutcome endedEarly(TransactionResult failure) throws X {
        Optional<Boolean> isUnknown = parts.commitCheck().markUnknown(owned);
        if (failure instanceof TransactionResult.RolledBack rolledBack) {
            rolledBack.reason().addSuppressed(new IllegalStateException(PARTLY_COMMITTED));
            throw typed(rolledBack.reason());
        }
        if (isUnknown.isEmpty()) {
            return ExecutionOutcome.Unfinished.UNDECIDED;
        }
        return isUnknown.get()
                ? new IdempotentResult.FailedWithUnknownEffect(((TransactionResult.ErrorResponse) failure).response())
                : ExecutionOutcome.Unfinished.LOST;
    }

    private Throwable failed(Throwable reason) {
        if (OutcomeUnknownException.isIn(reason)) {
            Optional<Boolean> unused = parts.commitCheck().markUnknown(owned);
        } else if (reason instanceof EndedEarlyException) {
            // As in endedEarly.
            Optional<Boolean> unused = parts.commitCheck().markUnknown(owned);
            return new IllegalStateException(PARTLY_COMMITTED, reason);
        } else if (isPartlyCommitted()) {
            return partlyCommitted(reason);
        }
        return reason;
    }

    /** Returns the failure of work that has committed before its transaction was rolled back. */
    static Throwable partlyCommitted(Throwable reason) {
        if (reason instanceof RolledBackException || reason instanceof StoreUnavailableException) {
            return new IllegalStateException(PARTLY_COMMITTED, reason);
        }
        reason.addSuppressed(new IllegalStateException(PARTLY_COMMITTED));
        return reason;
    }

    private boolean isPartlyCommitted() {
        return rolledBack(owned, Optional.empty())
                .filter(now -> now == OwnedRecord.Rollback.PARTLY_COMMITTED)
                .isPresent();
    }

    private TransactionResult attempt() {
        WorkTransaction transaction = new WorkTransaction(owned, work, parts);
        try {
            return attempt(
                    parts.transactions(),
                    transaction,
                    transaction::result,
                    failure -> new TransactionResult.RolledBack(
                            SqlFailures.unavailable(
                                    "the transaction could not be begun, and the work did not run", failure),
                            false),
                    (completed, failure) -> parts.commitCheck().check(owned, completed, failure));
        } finally {
            interrupted |= transaction.interrupted();
        }
    }

    /**
     * Runs one transaction.
     *
     * @param body the work and the change of its record
     * @param resultOf the result of the body before the commit; empty if it has not begun
     * @param notBegun the result of a failure before the body
     * @param check determines the outcome of a commit that has failed, of completed work
     */
    static TransactionResult attempt(
            TransactionRunner transactions,
            Predicate<Connection> body,
            Supplier<Optional<TransactionResult>> resultOf,
            Function<Exception, TransactionResult> notBegun,
            BiFunction<IdempotentResult.Executed, Exception, TransactionResult> check) {
        boolean committed;
        try {
            committed = transactions.runInTransaction(body);
        } catch (SQLException | RuntimeException failure) {
            return resultOf.get()
                    .map(result -> TransactionResult.completed(result)
                            .map(completed -> check.apply(completed, failure))
                            .orElseGet(() -> afterFailure(result, failure)))
                    .orElseGet(() -> notBegun.apply(failure));
        }
        TransactionResult result = resultOf.get()
                .orElseThrow(() ->
                        new IllegalStateException("the TransactionRunner " + transactions + " has not run its body"));
        Optional<IdempotentResult.Executed> completed = TransactionResult.completed(result);
        return committed || completed.isEmpty()
                ? result
                : markedForRollback(completed.get().response());
    }

    /**
     * The transaction manager has rolled back as requested by the work. An error response of the work is consistent with
     * that; any other is not.
     */
    private static TransactionResult markedForRollback(StoredResponse response) {
        return response.status() >= FIRST_ERROR
                ? new TransactionResult.ErrorResponse(response)
                : new TransactionResult.RolledBack(
                        new RolledBackException(
                                "the transaction was marked for rollback, and the work returned "
                                        + response.status()
                                        + " as if it had succeeded. Throw an exception, or return an error (400 to 599)",
                                null),
                        false);
    }

    private static TransactionResult afterFailure(TransactionResult result, Exception failure) {
        if (result instanceof TransactionResult.RolledBack rolledBack && rolledBack.reason() != failure) {
            rolledBack.reason().addSuppressed(failure);
        }
        return result;
    }

    /** Returns empty if the database does not respond: the record is then left to the end of the lease. */
    private Optional<OwnedRecord.Rollback> rolledBack(OwnedRecord record, Optional<StoredResponse> result) {
        try {
            return Optional.of(parts.store()
                    .queryWithLockTimeout(connection -> record.rolledBack(
                            TransactionBoundStore.of(connection, parts.store().records()), result)));
        } catch (SQLException | StoreUnavailableException unreachable) {
            return Optional.empty();
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
