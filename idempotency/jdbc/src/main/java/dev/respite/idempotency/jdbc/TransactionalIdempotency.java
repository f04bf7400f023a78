package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;
import java.util.function.IntPredicate;
import javax.sql.DataSource;

/**
 * Runs work exactly once whose effect is in the database of its record: both are in one transaction.
 *
 * <p>A call takes three steps. First it claims the key in a transaction of its own and returns the connection. Then the work
 * gets a connection, in a transaction that has verified and locked the record, and that ends with the response written and
 * one commit. Last, the call returns. If the commit gets no reply, the record is locked and read on another connection,
 * which shows its outcome.
 *
 * <p>The work may run more than once, each time after everything it did before was rolled back. That happens if it
 * conflicted with another transaction (a deadlock, a serialization failure, a lock that was not available) or lost its
 * connection. The work must do everything on the given connection and on this thread. {@code commit}, {@code rollback} and
 * {@code setAutoCommit} throw an exception. Effects in other systems are not rolled back.
 *
 * <p>The response determines the record:
 *
 * <ul>
 *   <li>Below 400: the transaction is committed, and the response is replayed.
 *   <li>400 to 499 except 401, 403, 406, 408, 425 and 429: the transaction is rolled back; the response is recorded on its own
 *       and replayed.
 *   <li>401, 403, 406, 408, 425, 429, 500 and above, an exception, and below 400 a response {@linkplain
 *       StoredResponse#ofFailure() made of an exception}: the transaction is rolled back, and the key may be sent again.
 * </ul>
 *
 * <p>{@link #withCommitOn} makes exceptions. If the outcome of a transaction cannot be read because the database is
 * unreachable, the result is {@link IdempotentResult.InProgress}: the same key, sent again, is replayed or run. {@link
 * IdempotentResult.Unknown} is returned for work that has ended its transaction itself, for example by a COMMIT among its
 * statements, or has thrown {@link OutcomeUnknownException}.
 *
 * <p>The database and the connection determine the timeouts of statements and locks. Immutable, and safe for use by any
 * number of threads.
 */
public final class TransactionalIdempotency implements Idempotency<Connection> {

    private final IdempotencyEngine engine;
    private final TransactionParts parts;

    private TransactionalIdempotency(IdempotencyEngine engine, TransactionParts parts) {
        this.engine = engine;
        this.parts = parts;
    }

    /**
     * {@return an idempotency for records and effects in a database, with the default settings}
     *
     * @param dataSource provides connections of the database
     * @throws IllegalArgumentException if the database is not supported or lacks the tables, see {@link
     *     JdbcIdempotencyStore#of}
     */
    public static TransactionalIdempotency of(DataSource dataSource) {
        return of(IdempotencyEngine.of(JdbcIdempotencyStore.of(dataSource)));
    }

    /**
     * Creates an idempotency for an engine with a {@link JdbcIdempotencyStore}; effects use connections of the same data
     * source.
     *
     * @param engine the engine
     * @return the idempotency, with the counters of the engine
     * @throws IllegalArgumentException if the engine has another store
     */
    public static TransactionalIdempotency of(IdempotencyEngine engine) {
        IdempotencyStore store = engine.store();
        if (!(store instanceof JdbcIdempotencyStore ours)) {
            throw new IllegalArgumentException(
                    "the engine has a " + store.getClass().getSimpleName()
                            + ", which cannot join a database transaction: create the engine with a JdbcIdempotencyStore, or"
                            + " use ExternalIdempotency, which has weaker guarantees");
        }
        StoreConnections connections = ours.connections();
        return of(engine, ours, body -> connections.work(body::test));
    }

    /**
     * {@return an idempotency that uses the transactions of a transaction manager, in the same database}
     *
     * @param transactions begins and ends transactions
     */
    public TransactionalIdempotency withTransactions(TransactionRunner transactions) {
        return new TransactionalIdempotency(engine, parts.with(Objects.requireNonNull(transactions, "transactions")));
    }

    /**
     * {@return an idempotency that commits the rows of some error responses, for example a counter of failed logins} Such a
     * response is a result, whatever its status, and is replayed, also if it was made of an exception.
     *
     * @param statuses selects the statuses; tested for 400 and above only
     */
    public TransactionalIdempotency withCommitOn(IntPredicate statuses) {
        return new TransactionalIdempotency(engine, parts.withCommitOn(Objects.requireNonNull(statuses, "statuses")));
    }

    /**
     * {@return an idempotency that rolls back work whose response is longer than {@link
     * dev.respite.idempotency.IdempotencySettings#maxStoredBody()}} The call throws a {@link RolledBackException}. Otherwise the
     * work is committed, the response is returned to this caller, and replays have no body.
     *
     * <p>Error responses of work that is rolled back anyway are not affected. {@link
     * dev.respite.idempotency.ExternalIdempotency} has no such method, because it cannot undo an effect.
     */
    public TransactionalIdempotency withLongResponsesRejected() {
        return new TransactionalIdempotency(engine, parts.withLongResponsesRejected(engine.settings()));
    }

    private static TransactionalIdempotency of(
            IdempotencyEngine engine, JdbcIdempotencyStore store, TransactionRunner transactions) {
        Duration lease = engine.settings().lease();
        return new TransactionalIdempotency(engine, TransactionParts.of(store, transactions, lease, engine.time()));
    }

    /**
     * Runs the work, or returns the result of an earlier execution.
     *
     * @throws IllegalStateException if this thread is in a transaction already, according to the {@link TransactionRunner},
     *     because this call could not commit it; or if the work has ended its transaction itself, in which case the record
     *     is unknown
     * @throws RolledBackException if the database has rejected the commit of the work, or the work has succeeded and was
     *     rolled back for another reason that is named there
     * @throws StoreUnavailableException if the record could not be claimed or written; the work had no effect
     */
    @Override
    public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super Connection, X> work)
            throws X {
        requireNoTransaction();
        return engine.run(call, owned -> new TransactionCall<X>(parts, owned, work).run());
    }

    /**
     * Runs work whose response is known before it, or returns the result of an earlier execution. The key is not claimed: its
     * record is written at the start of the work's transaction, by one statement, and there is one commit. After a conflict with
     * another transaction, or if the number of records or the response needs a claim, it proceeds as {@link #execute}.
     *
     * <p>A call with the same key waits for the record at most 1 s (H2: its own limit) while the work runs; the result is then
     * {@link IdempotentResult.InProgress}. A call by {@code execute} waits longer on PostgreSQL, until the work ends.
     *
     * <p>It is for work that checks at its end that its transaction is still the one in which it began. Work that has ended its
     * transaction itself is noticed here only if it throws an exception.
     *
     * @param call the call with its key
     * @param response the response, below 400
     * @param work the work, which returns an equal response
     * @param <X> the checked exception that the work throws
     * @return the result, as of {@link #execute}
     * @throws X if the work ran and has thrown it
     * @throws IllegalArgumentException if the response is an error, of a failure, or one without an effect
     * @throws IllegalStateException as for {@link #execute}, or if the work returned another response and was rolled back
     * @throws RolledBackException as for {@link #execute}
     * @throws StoreUnavailableException as for {@link #execute}
     */
    public <X extends Exception> IdempotentResult executeWithResponse(
            IdempotentCall call, StoredResponse response, Work<? super Connection, X> work) throws X {
        if (response.status() >= TransactionCall.FIRST_ERROR || !response.isResult()) {
            throw new IllegalArgumentException("the response " + response
                    + " is not one of success, so it cannot be recorded before the work: use execute");
        }
        requireNoTransaction();
        boolean needsClaim = parts.store().isLimited()
                || parts.strict()
                        .filter(settings -> !settings.keepsBodyOf(response))
                        .isPresent();
        if (needsClaim) {
            return execute(call, work);
        }
        return engine.runUnclaimed(
                call,
                response,
                planned -> new UnclaimedTransaction<X>(parts, planned, response, work).run(),
                owned -> new TransactionCall<X>(parts, owned, work).run());
    }

    private void requireNoTransaction() {
        if (parts.transactions().isInTransaction()) {
            throw new IllegalStateException("this thread is in a transaction already, which this call could not"
                    + " commit: call execute outside a transaction, it begins its own; annotate a @Transactional test with"
                    + " @Transactional(propagation = Propagation.NOT_SUPPORTED), and delete its rows afterwards");
        }
    }

    @Override
    public IdempotencyCounts counts() {
        return engine.counts();
    }
}
