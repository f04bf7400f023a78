package dev.respite;

/**
 * Hears what happens in calls.
 *
 * <p>A listener runs on the thread of the call and holds it up, so it should be quick; it must be safe for use by any
 * number of threads. One that throws changes nothing in the call; the bug goes to the logger {@code dev.respite}.
 */
@FunctionalInterface
public interface RetryListener {

    /** Hears nothing. A call that succeeds at once makes no event for it. */
    RetryListener NONE = event -> {};

    /**
     * Something has happened.
     *
     * @param event what
     */
    void on(RetryEvent event);
}
