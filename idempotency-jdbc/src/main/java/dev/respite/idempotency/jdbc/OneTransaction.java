package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Ending;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.Owned;
import dev.respite.idempotency.StoreUnavailableException;
import dev.respite.idempotency.StoredResponse;
import dev.respite.idempotency.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The work and its record in one transaction.
 *
 * <ol>
 *   <li>If the record still is this owner's, it is locked, and its state becomes EFFECT_STARTED. While the lock is held no other
 *       call can take over, however long it takes.
 *   <li>The work runs.
 *   <li>DONE is written, unless the response is an error. All is committed.
 * </ol>
 *
 * <p>The EFFECT_STARTED of the first step is never visible to others, unless the work ends the transaction by itself: then it
 * shows that something was committed.
 */
final class OneTransaction implements TransactionRunner.Body {

    private static final int FIRST_ERROR = 400;

    private static final String NO_TRANSACTION =
            "the TransactionRunner gives a connection whose auto-commit is on, so it is in no transaction and nothing was run:"
                    + " the transaction manager must be one of the DataSource that the runner takes its connection from";

    private static final String WENT_ON =
            "the work has gone on after a statement had failed, and the database rolls all of it back:"
                    + " let the failure through, answer with an error, or set a savepoint before the statement";

    private final Owned owned;
    private final Work<? super Connection, ?> work;
    private final Records records;
    private final IntPredicate commitOn;
    private Optional<Tried> tried = Optional.empty();
    private boolean interrupted;

    OneTransaction(Owned owned, Work<? super Connection, ?> work, Records records, IntPredicate commitOn) {
        this.owned = owned;
        this.work = work;
        this.records = records;
        this.commitOn = commitOn;
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
        WorkTransaction transaction = new WorkTransaction(connection, records);
        Optional<Owned> entered;
        try {
            if (connection.getAutoCommit()) {
                return undone(new IllegalStateException(NO_TRANSACTION));
            }
            entered = owned.enter(new RecordsOn(transaction::enter));
        } catch (SQLException | StoreUnavailableException failure) {
            return undone(SqlFailures.unavailable("the record could not be locked, nothing was run", failure));
        }
        if (entered.isEmpty()) {
            return new Tried.NotEntered();
        }
        StoredResponse response;
        try {
            response = Objects.requireNonNull(work.run(GuardedConnection.of(connection)), "the work returned null");
        } catch (Throwable failure) {
            return undone(failure);
        } finally {
            interrupted = Thread.interrupted();
        }
        if (response.status() >= FIRST_ERROR && !commitOn.test(response.status())) {
            return new Tried.Refused(response);
        }
        return recorded(entered.get(), new RecordsOn(transaction::change), response);
    }

    private Tried recorded(Owned entered, IdempotencyStore transaction, StoredResponse response) {
        try {
            return entered.complete(transaction, response)
                    ? new Tried.Ended(new Ending.Completed(response))
                    : undone(new EndedEarlyException());
        } catch (StoreUnavailableException failure) {
            return SqlFailures.isAfterFailure(failure)
                    ? undone(new RolledBackException(WENT_ON, failure))
                    : undone(failure);
        } catch (Throwable failure) {
            return undone(failure);
        }
    }

    private Tried undone(Throwable reason) {
        return new Tried.Undone(reason, !interrupted && SqlFailures.mayPass(reason));
    }

    /** The changes of the record in the transaction, which are all in the same one or are not made. */
    private static final class WorkTransaction {

        private final Connection connection;
        private final Records records;
        private Optional<String> id = Optional.empty();

        WorkTransaction(Connection connection, Records records) {
            this.connection = connection;
            this.records = records;
        }

        IdempotencyStore.Swap enter(Expectation expected, Draft draft) throws SQLException {
            Optional<Records.Entered> entered = records.enter(connection, expected, draft);
            if (entered.isEmpty()) {
                return records.refused(connection, expected.ownership().key());
            }
            id = entered.map(Records.Entered::transaction);
            return new IdempotencyStore.Written(entered.get().record());
        }

        IdempotencyStore.Swap change(Expectation expected, Draft draft) throws SQLException {
            return records.compareAndSet(connection, expected, draft, id.orElseThrow())
                    .orElseThrow(EndedEarlyException::new);
        }
    }
}
