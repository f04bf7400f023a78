package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Answer;
import dev.respite.idempotency.Claims;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.StoreUnavailableException;
import dev.respite.idempotency.Work;
import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;
import java.util.function.IntPredicate;
import javax.sql.DataSource;

/**
 * Runs a thing exactly once whose effect is in the database that the record is in: both are in one transaction.
 *
 * <p>A call takes three steps. The claim is a transaction of its own, whose connection is given back before the next begins. Then
 * the work gets a connection, in a transaction that has first made sure that the record is still this call's, and that ends with
 * the result written and one commit. Only then is the caller answered. If the answer to the commit is lost, the record is
 * locked and read on another connection, and tells.
 *
 * <p>The work may be run more than once, each time after all that it did before was rolled back: where it met another
 * transaction (a deadlock, a serialization failure, a lock that could not be had) or lost its connection. It must do
 * everything on the connection that it is given, on this thread, and leave its end to this class; {@code commit}, {@code
 * rollback} and {@code setAutoCommit} are refused. What it does elsewhere is not undone.
 *
 * <p>What is recorded depends on the response:
 *
 * <ul>
 *   <li>Below 400: all is committed, and replayed.
 *   <li>400 to 499 except 401, 403, 408, 425 and 429: all is rolled back; the response is recorded by itself and replayed.
 *   <li>401, 403, 408, 425, 429, 500 and above, and an exception: all is rolled back, and the key may be sent again.
 * </ul>
 *
 * <p>{@link #withCommitOn} makes exceptions. Where the database could not be reached to ask how a transaction ended, the answer
 * is {@link Answer.InProgress}: the same key, sent again, is replayed or run. {@link Answer.Unknown} is for work that has ended
 * its transaction by itself, a COMMIT among its statements for example, or has thrown {@link OutcomeUnknownException}.
 *
 * <p>How long a statement or a lock may take is the database's affair and the connection's. Immutable, and safe for use by any
 * number of threads.
 */
public final class TransactionalIdempotency implements Idempotency<Connection> {

    private final Claims claims;
    private final TransactionParts parts;

    private TransactionalIdempotency(Claims claims, TransactionParts parts) {
        this.claims = claims;
        this.parts = parts;
    }

    /**
     * Records and effects in a database, with the default settings.
     *
     * @param dataSource where connections come from, with auto-commit on
     * @return the idempotency
     * @throws IllegalArgumentException if the database is not one that records can be kept in, or lacks their tables; see
     *     {@link JdbcIdempotencyStore#in}
     */
    public static TransactionalIdempotency in(DataSource dataSource) {
        return of(Claims.in(JdbcIdempotencyStore.in(dataSource)));
    }

    /**
     * Records by claims in a {@link JdbcIdempotencyStore}, and effects on connections of the same data source.
     *
     * @param claims the claims
     * @return the idempotency, with the counts of the claims
     * @throws IllegalArgumentException if their store is another
     */
    public static TransactionalIdempotency of(Claims claims) {
        IdempotencyStore store = claims.store();
        if (!(store instanceof JdbcIdempotencyStore ours)) {
            throw new IllegalArgumentException(
                    "the claims are in a " + store.getClass().getSimpleName()
                            + ", which cannot take part in a transaction of a database: make them in a JdbcIdempotencyStore, or"
                            + " use ExternalIdempotency, which promises less");
        }
        Connections connections = ours.connections();
        return of(claims, ours, body -> connections.transaction(body::run));
    }

    /**
     * This one with transactions that somebody else manages, in the same database.
     *
     * @param transactions what begins and ends them
     * @return the idempotency
     */
    public TransactionalIdempotency withTransactions(TransactionRunner transactions) {
        return new TransactionalIdempotency(claims, parts.with(Objects.requireNonNull(transactions, "transactions")));
    }

    /**
     * This one that commits the rows of some errors too, instead of rolling them back: the number of failed attempts, say. Such
     * a response is a result, whatever its status, and is replayed.
     *
     * @param statuses the statuses; tested for 400 and above only
     * @return the idempotency
     */
    public TransactionalIdempotency withCommitOn(IntPredicate statuses) {
        return new TransactionalIdempotency(claims, parts.withCommitOn(Objects.requireNonNull(statuses, "statuses")));
    }

    private static TransactionalIdempotency of(
            Claims claims, JdbcIdempotencyStore store, TransactionRunner transactions) {
        Duration lease = claims.settings().lease();
        return new TransactionalIdempotency(claims, TransactionParts.of(store, transactions, lease, claims.time()));
    }

    /**
     * Runs the work, or tells what came of it when it was run.
     *
     * @throws IllegalStateException if this thread is in a transaction already, as far as the {@link TransactionRunner} knows:
     *     this call could not commit it; or if the work has ended the transaction by itself, when the record is left unknown
     * @throws RolledBackException if the database has refused what the work had done, after it had ended; or if code within it
     *     had marked the transaction to be rolled back, and the work answered with less than 400 as if it were done
     * @throws StoreUnavailableException if the record could not be claimed or written; nothing was done
     */
    @Override
    public <X extends Exception> Answer execute(IdempotentCall call, Work<? super Connection, X> work) throws X {
        if (parts.transactions().isInTransaction()) {
            throw new IllegalStateException("there is a transaction already, which this call would join and could not"
                    + " commit before it answers: call execute before the transaction begins, it makes its own");
        }
        return claims.run(call, owned -> new TransactionCall<X>(parts, owned, work).run());
    }

    @Override
    public IdempotencyCounts counts() {
        return claims.counts();
    }
}
