package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.OwnedRecord;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Runs the work and changes its record in one transaction.
 *
 * <ol>
 *   <li>If this execution still owns the record, it is locked and its state becomes EFFECT_STARTED. While the lock is held,
 *       no other call can take the record over, however long the work takes.
 *   <li>The work runs.
 *   <li>DONE is written, unless the response is an error or was made of an exception. The transaction is committed.
 * </ol>
 *
 * <p>The EFFECT_STARTED of the first step is never visible to others, unless the work ends the transaction itself. It then
 * shows that something was committed.
 */
final class WorkTransaction implements Predicate<Connection> {

    private static final int FIRST_ERROR = 400;

    private static final String NO_TRANSACTION =
            "the TransactionRunner provides a connection with auto-commit on, which is in no transaction; the work did not run:"
                    + " use a transaction manager of the DataSource that the runner takes its connection from";

    private static final String CONTINUED_AFTER_FAILURE =
            "the work has continued after a failed statement, and the database rolls back the whole transaction:"
                    + " rethrow the failure, return an error response, or set a savepoint before the statement";

    private static final String NO_ACCESS =
            "the connection of the work cannot change the record, so the work did not run: use a user with the privileges of the"
                    + " store, in the same database: ";

    private static final String ACCESS_LOST =
            "the work has left its connection without access to the record, and was rolled back: restore the user and the role of"
                    + " the connection before the work returns: ";

    private final OwnedRecord owned;
    private final Work<? super Connection, ?> work;
    private final RecordQueries records;
    private final TransactionParts parts;
    private Optional<TransactionResult> result = Optional.empty();
    private boolean interrupted;

    WorkTransaction(OwnedRecord owned, Work<? super Connection, ?> work, TransactionParts parts) {
        this.owned = owned;
        this.work = work;
        this.records = parts.store().records();
        this.parts = parts;
    }

    /** Never throws an exception of the work, so that a {@link TransactionRunner} need not pass it on. */
    @Override
    public boolean test(Connection connection) {
        TransactionResult now = runOnce(connection);
        result = Optional.of(now);
        return TransactionResult.completed(now).isPresent();
    }

    /** Returns the result of the transaction as far as it is known before the commit; empty if the transaction was not begun. */
    Optional<TransactionResult> result() {
        return result;
    }

    /**
     * Returns whether the thread was interrupted while the work ran. The flag is cleared, so that the remaining steps are
     * not interrupted.
     */
    boolean interrupted() {
        return interrupted;
    }

    private TransactionResult runOnce(Connection connection) {
        RecordChanges transaction = new RecordChanges(connection, records);
        Optional<OwnedRecord> entered;
        try {
            if (connection.getAutoCommit()) {
                return rolledBack(new IllegalStateException(NO_TRANSACTION));
            }
            entered = owned.recordStart(new TransactionBoundStore(connection, records, transaction::enter));
        } catch (SQLException | StoreUnavailableException failure) {
            if (SqlFailures.isInaccessible(failure)) {
                return rolledBack(new IllegalStateException(NO_ACCESS + failure.getMessage(), failure));
            }
            return rolledBack(
                    SqlFailures.unavailable("the record could not be locked, and the work did not run", failure));
        }
        if (entered.isEmpty()) {
            return new TransactionResult.NotEntered();
        }
        StoredResponse response;
        try {
            response = Objects.requireNonNull(work.run(GuardedConnection.of(connection)), "the work returned null");
        } catch (Throwable failure) {
            interrupted = Thread.interrupted();
            // Of another call within the work: it has its own retries, and may wait for this call's connection.
            TransactionResult rolledBack = SqlFailures.isUnavailable(failure)
                    ? new TransactionResult.RolledBack(failure, false)
                    : rolledBack(failure);
            // A deadlock ends the transaction too, and has committed nothing.
            return !SqlFailures.isTransient(failure) && transaction.hasEnded()
                    ? new TransactionResult.EndedEarly(rolledBack)
                    : rolledBack;
        }
        interrupted = Thread.interrupted();
        if (isRolledBack(response)) {
            TransactionResult error = new TransactionResult.ErrorResponse(response);
            return transaction.hasEnded() ? new TransactionResult.EndedEarly(error) : error;
        }
        if (parts.strict().isPresent() && !parts.strict().get().keepsBodyOf(response)) {
            return rolledBack(
                    new RolledBackException(tooLong(response, parts.strict().get()), null));
        }
        return recorded(entered.get(), new TransactionBoundStore(connection, records, transaction::change), response);
    }

    private boolean isRolledBack(StoredResponse response) {
        return response.isWithoutEffect()
                || (response.status() < FIRST_ERROR && response.isOfFailure())
                || (response.status() >= FIRST_ERROR && !parts.commitOn().test(response.status()));
    }

    private TransactionResult recorded(OwnedRecord entered, IdempotencyStore transaction, StoredResponse response) {
        try {
            return entered.complete(transaction, response)
                    ? new TransactionResult.Finished(new IdempotentResult.Executed(response))
                    : rolledBack(new EndedEarlyException());
        } catch (StoreUnavailableException failure) {
            if (SqlFailures.isInaccessible(failure)) {
                return rolledBack(new RolledBackException(ACCESS_LOST + failure.getMessage(), failure));
            }
            return SqlFailures.isAfterFailure(failure)
                    ? rolledBack(new RolledBackException(CONTINUED_AFTER_FAILURE, failure))
                    : rolledBack(failure);
        } catch (Throwable failure) {
            return rolledBack(failure);
        }
    }

    private static String tooLong(StoredResponse response, IdempotencySettings settings) {
        return "the response is too long to be stored for replays, so the work was rolled back: " + response
                + ", and the limit is " + settings.maxStoredBody()
                + " bytes. Return a shorter response, for example the"
                + " address of a resource, or raise IdempotencySettings.maxStoredBody";
    }

    private TransactionResult rolledBack(Throwable reason) {
        return new TransactionResult.RolledBack(reason, !interrupted && SqlFailures.isTransient(reason));
    }

    /** Changes the record in the transaction of the work. A change in another transaction is rejected. */
    private static final class RecordChanges {

        private final Connection connection;
        private final RecordQueries records;
        private Optional<RecordQueries.Entered> entered = Optional.empty();

        RecordChanges(Connection connection, RecordQueries records) {
            this.connection = connection;
            this.records = records;
        }

        IdempotencyStore.Swap enter(Precondition expected, RecordWrite write) throws SQLException {
            entered = records.enter(connection, expected, write);
            if (entered.isEmpty()) {
                return records.rejected(connection, expected.ownerToken().key());
            }
            return new IdempotencyStore.Written(entered.get().record());
        }

        boolean hasEnded() {
            return records.hasEnded(connection, entered.orElseThrow());
        }

        IdempotencyStore.Swap change(Precondition expected, RecordWrite write) throws SQLException {
            return records.compareAndSet(connection, expected, write, entered.orElseThrow())
                    .orElseThrow(EndedEarlyException::new);
        }
    }
}
