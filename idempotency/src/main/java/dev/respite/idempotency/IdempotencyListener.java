package dev.respite.idempotency;

/**
 * Hears what happens to keys.
 *
 * <p>A listener runs on the thread of the call and holds it up, so it should be quick; it must be safe for use by any number
 * of threads. One that throws changes nothing; the bug goes to the logger {@code dev.respite.idempotency}.
 */
@FunctionalInterface
public interface IdempotencyListener {

    /** Hears nothing. */
    IdempotencyListener NONE = event -> {};

    /**
     * Something has happened.
     *
     * @param event what
     */
    void on(IdempotencyEvent event);
}
