package dev.respite.idempotency;

/**
 * Runs a thing once for each key, however often it is asked for.
 *
 * <p>There are two, and they differ in what they can promise. Where record and effect are in one database transaction
 * ({@code TransactionalIdempotency} of {@code respite-idempotency-jdbc}), it is exactly once there. Where they are not ({@link
 * ExternalIdempotency}), it is at most once, or at least once, as the {@link CrashPolicy} says.
 *
 * <p>Safe for use by any number of threads.
 *
 * @param <C> what the work is given to work with
 */
public interface Idempotency<C> {

    /**
     * Runs the work, or tells what came of it when it was run.
     *
     * @param call who asks for what under which key
     * @param work what to do; it is done on this thread
     * @param <X> the checked exception that the work throws
     * @return what to tell whoever asked
     * @throws X if the work was run and has thrown it
     * @throws StoreUnavailableException if the record could not be claimed; nothing was run
     */
    <X extends Exception> Answer execute(IdempotentCall call, Work<? super C, X> work) throws X;

    /**
     * What happened so far.
     *
     * @return the counts
     */
    IdempotencyCounts counts();
}
