package dev.respite.idempotency;

/**
 * Receives the events of keys.
 *
 * <p>A listener runs on the thread of the call and delays it, so it should be fast. It must be safe for use by any number of
 * threads. An exception that it throws does not affect the call and is logged by {@code dev.respite.idempotency}.
 */
@FunctionalInterface
public interface IdempotencyListener {

    /** Ignores all events. */
    IdempotencyListener NONE = event -> {};

    /**
     * Receives an event.
     *
     * @param event the event
     */
    void on(IdempotencyEvent event);
}
