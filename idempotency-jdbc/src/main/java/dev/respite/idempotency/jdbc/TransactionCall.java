package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Ending;
import dev.respite.idempotency.Owned;
import dev.respite.idempotency.StoreUnavailableException;
import dev.respite.idempotency.StoredResponse;
import dev.respite.idempotency.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** One call whose record is its own: tries transactions until one has a result, and gives the record back if none has. */
final class TransactionCall<X extends Exception> {

    private static final int FIRST_ERROR = 400;

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
            if (ended.ending() instanceof Ending.NotDone) {
                settle(owned::abandon);
            }
            return ended.ending();
        }
        if (tried instanceof Tried.Undone undone) {
            settle(owned::abandon);
            throw typed(undone.reason());
        }
        settle(owned::giveUp);
        throw new IllegalStateException(
                "the work has ended the transaction that it was given, so what it did may remain"
                        + " without its record, which is left unknown: let Respite commit, or use ExternalIdempotency for work"
                        + " that commits by itself");
    }

    private Tried tryOnce() {
        OneTransaction transaction =
                new OneTransaction(owned, work, parts.store().records());
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
                ? new Tried.Ended(new Ending.NotDone(response))
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
        return completed(tried)
                .map(completed -> parts.inquiry().ask(owned, completed, failure))
                .orElse(tried);
    }

    private static Optional<Ending.Completed> completed(Tried tried) {
        return tried instanceof Tried.Ended ended && ended.ending() instanceof Ending.Completed completed
                ? Optional.of(completed)
                : Optional.empty();
    }

    /** A change of the record. */
    @FunctionalInterface
    private interface Change {
        boolean in(RecordsOn records);
    }

    /** Where the database does not answer, the end of the lease does the same. */
    private void settle(Change change) {
        try {
            parts.store()
                    .askPatiently(connection ->
                            change.in(new RecordsOn(connection, parts.store().records(), Optional.empty())));
        } catch (SQLException | StoreUnavailableException unreachable) {
            return;
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
