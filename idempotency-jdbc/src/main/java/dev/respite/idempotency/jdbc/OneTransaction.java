package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Ending;
import dev.respite.idempotency.Owned;
import dev.respite.idempotency.Storable;
import dev.respite.idempotency.StoreUnavailableException;
import dev.respite.idempotency.StoredResponse;
import dev.respite.idempotency.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;

/**
 * The work and its record in one transaction: the record is locked if it still is this owner's, the work is run, and DONE is
 * written, in this order. While the lock is held nobody can take over, however long it takes.
 */
final class OneTransaction implements TransactionRunner.Body {

    private static final String NO_TRANSACTION =
            "the TransactionRunner gives a connection whose auto-commit is on, so it is in no transaction and nothing was run:"
                    + " the transaction manager must be one of the DataSource that the runner takes its connection from";

    private final Owned owned;
    private final Work<? super Connection, ?> work;
    private final Records records;
    private Optional<Tried> tried = Optional.empty();
    private boolean interrupted;

    OneTransaction(Owned owned, Work<? super Connection, ?> work, Records records) {
        this.owned = owned;
        this.work = work;
        this.records = records;
    }

    /** Never throws: whoever runs it need not know how to pass on what the work has thrown. */
    @Override
    public boolean run(Connection connection) {
        Tried now = tried(connection);
        tried = Optional.of(now);
        return now instanceof Tried.Ended ended && ended.ending() instanceof Ending.Completed;
    }

    /** What came of it, as far as that can be said before it is committed; empty if it was not begun. */
    Optional<Tried> tried() {
        return tried;
    }

    /** Whether the thread was interrupted while it ran. The flag is down since: what is left to do must not be cut short. */
    boolean interrupted() {
        return interrupted;
    }

    private Tried tried(Connection connection) {
        Optional<String> transaction;
        try {
            if (connection.getAutoCommit()) {
                return undone(new IllegalStateException(NO_TRANSACTION));
            }
            transaction = records.lockOwn(connection, owned.ownership());
        } catch (SQLException failure) {
            return undone(SqlFailures.unavailable("the record could not be locked, nothing was run", failure));
        }
        if (transaction.isEmpty()) {
            return new Tried.Ended(new Ending.Lost());
        }
        StoredResponse response;
        try {
            response = Objects.requireNonNull(work.run(GuardedConnection.of(connection)), "the work returned null");
        } catch (Throwable failure) {
            return undone(failure);
        } finally {
            interrupted = Thread.interrupted();
        }
        if (!Storable.isResult(response)) {
            return new Tried.Ended(new Ending.NotDone(response));
        }
        return recorded(new RecordsOn(connection, records, transaction), response);
    }

    private Tried recorded(RecordsOn transaction, StoredResponse response) {
        try {
            return owned.complete(transaction, response)
                    ? new Tried.Ended(new Ending.Completed(response))
                    : new Tried.Escaped();
        } catch (RecordsOn.Escaped escaped) {
            return new Tried.Escaped();
        } catch (StoreUnavailableException failure) {
            return SqlFailures.isAfterFailure(failure)
                    ? undone(new RolledBackException(
                            "the work has gone on after a statement had failed, and the database rolls all of it back:"
                                    + " let the failure through, or set a savepoint before the statement",
                            failure))
                    : undone(failure);
        } catch (Throwable failure) {
            return undone(failure);
        }
    }

    private Tried undone(Throwable reason) {
        return new Tried.Undone(reason, !interrupted && SqlFailures.mayPass(reason));
    }
}
