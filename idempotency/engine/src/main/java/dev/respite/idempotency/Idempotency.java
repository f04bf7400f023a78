package dev.respite.idempotency;

import dev.respite.idempotency.store.StoreUnavailableException;

/**
 * Runs work once for each key, however often a call with the key arrives.
 *
 * <p>There are two implementations, which differ in their guarantee. {@code TransactionalIdempotency} of {@code
 * respite-idempotency-jdbc} has record and effect in one database transaction and guarantees exactly once. {@link
 * ExternalIdempotency} has them apart and guarantees at most once or at least once, depending on its {@link CrashPolicy}.
 *
 * <p>Safe for use by any number of threads.
 *
 * @param <C> the context that the work receives
 */
public interface Idempotency<C> {

    /**
     * Runs the work, or returns the result of an earlier execution.
     *
     * @param call the call with its key
     * @param work the work; it runs on this thread
     * @param <X> the checked exception that the work throws
     * @return the result of the call
     * @throws X if the work ran and has thrown it
     * @throws StoreUnavailableException if the record could not be claimed; the work did not run
     */
    <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super C, X> work) throws X;

    /** {@return the number of events of each kind that have occurred} */
    IdempotencyCounts counts();
}
