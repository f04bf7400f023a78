package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Ending;
import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.Owned;
import dev.respite.idempotency.Storable;
import dev.respite.idempotency.StoreUnavailableException;
import dev.respite.idempotency.StoredResponse;
import dev.respite.idempotency.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * One call whose record is its own: tries transactions until one is committed, or until none is to be tried any more. Then the
 * record is changed by itself, as {@link Owned#rolledBack} says: that finds out whether anything was committed after all.
 */
final class TransactionCall<X extends Exception> {

    private static final int FIRST_ERROR = 400;

    private static final String PARTLY_COMMITTED =
            "the work has ended the transaction that it was given, so part of what it did may be committed without its record,"
                    + " whose outcome is left unknown: let Respite commit, or use ExternalIdempotency for work that commits"
                    + " by itself";

    private final TransactionParts parts;
    private final Owned owned;
    private final Work<? super Connection, X> work;
    private boolean interrupted;

    TransactionCall(TransactionParts parts, Owned owned, Work<? super Connection, X> work) {
        this.parts = parts;
        this.owned = owned;
        this.work = work;
    }

    Ending run() throws X {
        try {
            return ended(parts.retry().call(this::tryOnce));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Ending ended(Tried tried) throws X {
        if (tried instanceof Tried.Ended ended) {
            return ended.ending();
        }
        if (tried instanceof Tried.Refused refused) {
            return refused(refused.response());
        }
        if (tried instanceof Tried.Undone undone) {
            throw typed(failed(undone.reason()));
        }
        if (isPartlyCommitted()) {
            throw new IllegalStateException(PARTLY_COMMITTED);
        }
        return new Ending.Lost();
    }

    /** An error that is a result is recorded by itself, after all else was rolled back: it is replayed, and left no rows. */
    private Ending refused(StoredResponse response) {
        boolean isResult = Storable.isResult(response);
        Optional<Owned.Rollback> recorded = rolledBack(isResult ? Optional.of(response) : Optional.empty());
        if (recorded.isEmpty()) {
            return new Ending.Undecided();
        }
        return switch (recorded.get()) {
            case CONFIRMED -> isResult ? new Ending.Completed(response) : new Ending.NotDone(response);
            case PARTLY_COMMITTED -> new Ending.Unsettled(response);
            case LOST -> new Ending.Lost();
        };
    }

    private Throwable failed(Throwable reason) {
        if (OutcomeUnknownException.isIn(reason)) {
            parts.inquiry().settle(owned::giveUp);
        } else if (reason instanceof EndedEarlyException) {
            // Not even a record without its mark says that nothing was committed: a rollback may have removed the mark
            // first.
            parts.inquiry().settle(owned::giveUp);
            return new IllegalStateException(PARTLY_COMMITTED, reason);
        } else if (isPartlyCommitted()) {
            if (reason instanceof RolledBackException || reason instanceof StoreUnavailableException) {
                return new IllegalStateException(PARTLY_COMMITTED, reason);
            }
            reason.addSuppressed(new IllegalStateException(PARTLY_COMMITTED));
        }
        return reason;
    }

    private boolean isPartlyCommitted() {
        return rolledBack(Optional.empty())
                .filter(now -> now == Owned.Rollback.PARTLY_COMMITTED)
                .isPresent();
    }

    private Tried tryOnce() {
        OneTransaction transaction =
                new OneTransaction(owned, work, parts.store().records(), parts.commitOn());
        boolean committed;
        try {
            committed = parts.transactions().inTransaction(transaction);
        } catch (SQLException | RuntimeException failure) {
            return afterFailure(transaction, failure);
        } finally {
            interrupted |= transaction.interrupted();
        }
        Tried tried = transaction
                .tried()
                .orElseThrow(() -> new IllegalStateException(
                        "the TransactionRunner " + parts.transactions() + " has not run the body that it was given"));
        Optional<Ending.Completed> completed = completed(tried);
        return committed || completed.isEmpty()
                ? tried
                : markedForRollback(completed.get().response());
    }

    /** Somebody has asked for that, in the words of whoever manages transactions: the work itself, if its answer says so too. */
    private static Tried markedForRollback(StoredResponse response) {
        return response.status() >= FIRST_ERROR
                ? new Tried.Refused(response)
                : new Tried.Undone(
                        new RolledBackException(
                                "the transaction was marked to be rolled back, and the work answered "
                                        + response.status()
                                        + " as if it were done: nothing was. Throw, or answer with an error (400 to 599)",
                                null),
                        false);
    }

    private Tried afterFailure(OneTransaction transaction, Exception failure) {
        if (transaction.tried().isEmpty()) {
            return new Tried.Undone(
                    SqlFailures.unavailable("the transaction could not be begun, nothing was run", failure), false);
        }
        Tried tried = transaction.tried().get();
        Optional<Ending.Completed> completed = completed(tried);
        if (completed.isPresent()) {
            return parts.inquiry().ask(owned, completed.get(), failure);
        }
        if (tried instanceof Tried.Undone undone && undone.reason() != failure) {
            undone.reason().addSuppressed(failure);
        }
        return tried;
    }

    private static Optional<Ending.Completed> completed(Tried tried) {
        return tried instanceof Tried.Ended ended && ended.ending() instanceof Ending.Completed completed
                ? Optional.of(completed)
                : Optional.empty();
    }

    /** Empty where the database does not answer: the record is left to the end of the lease. */
    private Optional<Owned.Rollback> rolledBack(Optional<StoredResponse> result) {
        try {
            return Optional.of(parts.store()
                    .askPatiently(connection -> owned.rolledBack(
                            RecordsOn.connection(connection, parts.store().records()), result)));
        } catch (SQLException | StoreUnavailableException unreachable) {
            return Optional.empty();
        }
    }

    /** What the work has thrown is of its type, or unchecked; what Respite has made is unchecked. */
    @SuppressWarnings("unchecked")
    private X typed(Throwable reason) {
        if (reason instanceof Error error) {
            throw error;
        }
        return (X) reason;
    }
}
