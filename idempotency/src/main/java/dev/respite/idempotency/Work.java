package dev.respite.idempotency;

/**
 * The thing that is to happen once.
 *
 * @param <C> what it is given to work with: a connection whose transaction the record is in too, or an {@link Execution}
 * @param <X> the checked exception that it throws; {@link RuntimeException} where it throws none
 */
@FunctionalInterface
public interface Work<C, X extends Exception> {

    /**
     * Does it.
     *
     * @param context what it is given to work with
     * @return what whoever asks is told
     * @throws X if it fails
     */
    StoredResponse run(C context) throws X;
}
